"""Refusals of the agents room."""

from console.organizations.errors import Conflict, Refusal


class MergeConflict(Conflict):
    """Both sides changed the same place differently; `conflicts` holds both texts per path."""

    code = "merge_conflict"
    title = "Both sides changed the same place"


class DraftUnchanged(Conflict):
    """There is nothing to discard, restore or merge: the draft is that already."""

    code = "unchanged"
    title = "Nothing to do"


class AgentArchived(Conflict):
    """An archived agent is read only until it is brought back."""

    code = "archived"
    title = "This agent is archived"


class PreconditionMissing(Refusal):
    """A change of the draft by program must say which draft it saw (contract.md: 428)."""

    code = "precondition_required"
    title = "If-Match is missing"
