"""Refusals of the agents room."""

from django.utils.translation import gettext_noop as noop

from console.organizations.errors import Conflict, Refusal


class MergeConflict(Conflict):
    """Both sides changed the same place differently; `conflicts` holds both texts per path."""

    code = "merge_conflict"
    title = noop("Both sides changed the same place")


class DraftUnchanged(Conflict):
    """There is nothing to discard, restore or merge: the draft is that already."""

    code = "unchanged"
    title = noop("Nothing to do")


class AgentArchived(Conflict):
    """An archived agent is read only until it is brought back."""

    code = "archived"
    title = noop("This agent is archived")


class PreconditionMissing(Refusal):
    """A change of the draft by program must say which draft it saw (contract.md: 428)."""

    code = "precondition_required"
    title = noop("If-Match is missing")
