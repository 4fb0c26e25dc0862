"""Refusals of the environments room; the codes are those of contract.md."""

from console.organizations.errors import Conflict, PermissionMissing, Refusal


class IllegalTransition(Conflict):
    """The verb does not start from the version's state; `state` and `allowed` say what does."""

    code = "illegal_transition"
    title = "Not from this state"


class Unchanged(Conflict):
    """The environment serves that version already; no deployment was made."""

    code = "unchanged"
    title = "Nothing to do"


class StaleBase(Conflict):
    """The draft's base is behind a change made meanwhile; a three-way merge is offered."""

    code = "stale_base"
    title = "The draft is behind"


class ApprovalStale(Conflict):
    """The approval does not hold any more: other content, other rules, other people, or too old."""

    code = "approval_stale"
    title = "Approval is stale"


class OnHold(Conflict):
    """The version was rolled back and nobody has lifted the hold."""

    code = "on_hold"
    title = "This version is on hold"


class GateFailed(Conflict):
    """A gate of the environment is not met; `gates` lists each with who can fix it."""

    code = "gate_failed"
    title = "A gate is not met"


class EnvironmentUnpinned(Conflict):
    """The agent has nothing in that environment; no other version is served instead (R4)."""

    code = "environment_unpinned"
    title = "Nothing is pinned there"


class NothingPinned(Conflict):
    """An agent of a bulk act has nothing there that could be moved."""

    code = "nothing_pinned"
    title = "Nothing to move"


class ContradictingParameters(Refusal):
    """Two parameters that exclude each other; answering one of them would be a guess."""

    code = "contradicting_parameters"
    title = "The parameters contradict each other"


class StillServed(Conflict):
    """The agent is pinned in a production environment and cannot be archived."""

    code = "still_served"
    title = "Still in Production"


class SelfApproval(PermissionMissing):
    """Four eyes: the author or a contributor neither approves nor pushes their own version (G4)."""

    code = "self_approval"
    title = "Four eyes are needed"


class Contradiction(Refusal):
    """Two parameters that exclude each other (contract.md: 400)."""

    code = "contradicting_parameters"
    title = "These parameters exclude each other"
