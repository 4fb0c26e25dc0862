"""Refusals of the environments room; the codes are those of contract.md."""

from django.utils.translation import gettext_noop as noop

from console.organizations.errors import Conflict, PermissionMissing, Refusal


class IllegalTransition(Conflict):
    """The verb does not start from the version's state; `state` and `allowed` say what does."""

    code = "illegal_transition"
    title = noop("Not from this state")


class Unchanged(Conflict):
    """The environment serves that version already; no deployment was made."""

    code = "unchanged"
    title = noop("Nothing to do")


class StaleBase(Conflict):
    """The draft's base is behind a change made meanwhile; a three-way merge is offered."""

    code = "stale_base"
    title = noop("The draft is behind")


class ApprovalStale(Conflict):
    """The approval does not hold any more: other content, other rules, other people, or too old."""

    code = "approval_stale"
    title = noop("Approval is stale")


class OnHold(Conflict):
    """The version was rolled back and nobody has lifted the hold."""

    code = "on_hold"
    title = noop("This version is on hold")


class GateFailed(Conflict):
    """A gate of the environment is not met; `gates` lists each with who can fix it."""

    code = "gate_failed"
    title = noop("A gate is not met")


class EnvironmentUnpinned(Conflict):
    """The agent has nothing in that environment; no other version is served instead (R4)."""

    code = "environment_unpinned"
    title = noop("Nothing is pinned there")


class NothingPinned(Conflict):
    """An agent of a bulk act has nothing there that could be moved."""

    code = "nothing_pinned"
    title = noop("Nothing to move")


class ContradictingParameters(Refusal):
    """Two parameters that exclude each other; answering one of them would be a guess."""

    code = "contradicting_parameters"
    title = noop("The parameters contradict each other")


class StillServed(Conflict):
    """Something is pinned there: an agent that cannot be archived, or an environment that cannot be deleted."""

    code = "still_served"
    title = noop("Still served")


class SelfApproval(PermissionMissing):
    """Four eyes: the author or a contributor neither approves nor pushes their own version (G4)."""

    code = "self_approval"
    title = noop("Four eyes are needed")


class Contradiction(Refusal):
    """Two parameters that exclude each other (contract.md: 400)."""

    code = "contradicting_parameters"
    title = noop("These parameters exclude each other")
