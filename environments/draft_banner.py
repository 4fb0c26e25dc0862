"""What waits in the draft, on every page of its agent: how much, whose work, and what can be done with it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.authorship import authors_by_part, shares
from agents.models import Draft
from environments.available import address
from environments.standing import Standing

NAMES_SHOWN = 3


def changes_in_words(draft: Draft, changes: int) -> str:
    """How far the draft is from the version it started from: "3 parts changed since v18"."""
    if draft.base is None:
        return _("not published yet")
    noun = "part" if changes == 1 else "parts"
    return _("%(changes)s %(noun)s changed since v%(base)s") % {
        "changes": changes,
        "noun": noun,
        "base": draft.base.number,
    }


def draft_banner(request: HttpRequest, standing: Standing, rights: frozenset[str]) -> dict[str, Any] | None:
    """The banner for who may read the draft; None when nothing is unpublished. One query."""
    draft, changes = standing.draft, standing.draft_changes
    if "view_draft" not in rights or (draft.base is not None and not changes):
        return None
    busiest = shares(authors_by_part(draft))
    return {
        "facts": _("Draft: %(words)s") % {"words": changes_in_words(draft, changes)},
        "shares": busiest[:NAMES_SHOWN],
        "further": max(0, len(busiest) - NAMES_SHOWN),
        "at": draft.updated_at,
        "today": timezone.localdate(draft.updated_at) == timezone.localdate(),
        "actions": [] if standing.agent.archived_at else _actions(request, standing, rights),
    }


def _actions(request: HttpRequest, standing: Standing, rights: frozenset[str]) -> list[dict[str, str]]:
    """What this person may do with the draft; not what the page at hand is for."""
    agent, base = standing.agent, standing.draft.base
    discard = reverse("agents:draft-discard", args=[agent.organization.slug, agent.slug])
    found = []
    if base is not None:
        compared = address(agent, "compare", **{"from": base.number, "to": "draft"})
        found.append({"label": _("See changes"), "url": compared, "rank": ""})
    if "promote_to_staging" in rights and standing.places:
        found.append({"label": _("Publish"), "url": address(agent, "promote"), "rank": "ink"})
    if "edit_draft" in rights and base is not None:
        found.append({"label": _("Delete draft"), "url": discard, "rank": "danger"})
    return [one for one in found if one["url"].partition("?")[0] != request.path]
