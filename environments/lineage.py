"""Is the draft behind? Nobody's publish silently undoes somebody's rollback or fix (issue, D 10)."""

from django.utils.translation import gettext as _

from agents.models import Agent, Draft, Version
from environments.errors import StaleBase
from environments.facts import LIVE, Facts
from environments.models import Deployment


def moved_past(agent: Agent, draft: Draft, facts: Facts = LIVE) -> Deployment | None:
    """The latest move that the draft does not know of, or None when a publish undoes nobody's work.

    A move counts when it came after the draft's base was set, still stands, and either brought in a
    version that the draft does not descend from or took its environment back to an older one.
    """
    moves = facts.moves_since(agent, draft.based_at)
    if not moves:
        return None
    known = facts.ancestry(agent, draft)
    unknown = [move for move in moves if move.version_id not in known or _went_back(move)]
    return max(unknown, key=lambda move: move.at, default=None)


def behind(move: Deployment) -> StaleBase:
    """The refusal of a publish that would silently undo somebody's move; it offers the merge."""
    number, place = move.version.number, move.environment.name
    did = (
        _("rolled %(place)s back to") % {"place": place}
        if move.action == Deployment.Action.ROLLBACK
        else _("brought %(place)s to") % {"place": place}
    )
    return StaleBase(
        _(
            "%(by)s %(did)s v%(number)s at %(at)s UTC, and the draft does not know of it. "
            "Nothing was published. Merge v%(number)s into the draft first."
        )
        % {"by": move.by.name, "did": did, "number": number, "at": f"{move.at:%Y-%m-%d %H:%M}"},
        version=number,
        environment=move.environment.slug,
        by=move.by.name,
    )


def version_of_content(digest: str, served: Version | None, latest: Version | None) -> Version | None:
    """The version that a publish of this content promotes; None when it cuts a new one.

    What the entry environment serves already (then it is *unchanged*), or the latest version.
    """
    return next((version for version in (served, latest) if version and version.digest == digest), None)


def _went_back(move: Deployment) -> bool:
    return move.from_version is not None and move.from_version.number > move.version.number
