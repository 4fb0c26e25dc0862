"""The dashboard: agents x environments, tiles, filters; a constant number of queries for any number of agents."""

from collections.abc import Mapping
from time import monotonic
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from console.organizations.doors import actor_of, person_of, rights_in
from console.organizations.models import Organization
from console.organizations.saved_views import saved_views
from environments.boards.live import head_of
from environments.boards.matrix import columns_of, row_of
from environments.boards.tiles import condition_of, tiles_of
from environments.boards.waiting import Waiting
from environments.doors import pipeline_in
from environments.gathering import gather
from environments.listing import PAGE, listed, page_address, page_of

REFRESH_SECONDS = 10
KEPT_COUNTS = 2_000
_counts: dict[tuple[UUID, UUID, str], tuple[float, int, bool]] = {}


def waiting_for(request: HttpRequest, organization: Organization) -> Waiting:
    """What waits for the person of this request, as rights and pipeline were when it first asked."""
    known: Waiting | None = getattr(request, "waiting", None)
    if known is None or known.organization.pk != organization.pk:
        person, rights = person_of(request), rights_in(request, organization)
        known = Waiting(person, organization, pipeline_in(request, organization), rights)
        request.waiting = known  # type: ignore[attr-defined]  # the frame counts what the page lists
    return known


def waiting_count(request: HttpRequest, organization: Organization) -> tuple[int, bool]:
    """How much waits for the person of this request, and whether they can act here by their role.

    Every page shows it, so it is kept in this process until something happens, at most a minute: approvals
    run out and windows open without an act.
    """
    key = (person_of(request).pk, organization.pk, head_of(organization))
    kept, now = _counts.get(key), monotonic()
    if kept is None or now - kept[0] >= settings.QUEUE_COUNT_SECONDS or hasattr(request, "waiting"):
        waiting = waiting_for(request, organization)
        kept = (now, waiting.count(), waiting.acts)
        if len(_counts) >= KEPT_COUNTS:
            _counts.clear()
        _counts[key] = kept
    return kept[1], kept[2]


def dashboard_of(request: HttpRequest, organization: Organization, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the page shows, for this person and these filters."""
    waiting = waiting_for(request, organization)
    person, rights = waiting.person, waiting.rights
    found = listed(person, organization, wanted)
    kept = {name: wanted[name] for name in ("q", "label") if wanted[name]}
    page = page_of(
        found.filter(condition_of(wanted["tile"], waiting)),
        after=wanted["after"],
        before=wanted["before"],
        size=int(wanted["size"] or PAGE),
    )
    standings = gather(page.agents, organization, waiting.pipeline)
    behind = {draft.agent_id for draft, _ in waiting.behind_drafts}
    held = {agent.pk: rights | standings[agent.pk].facts.granted(person, agent) for agent in page.agents}
    columns = columns_of(waiting.pipeline, rights.union(*held.values()))
    actor = actor_of(request)
    return {
        "organization": organization,
        "columns": columns,
        "rows": [row_of(standings[agent.pk], columns, actor, held[agent.pk], behind) for agent in page.agents],
        "tiles": tiles_of(found, waiting, path=request.path, kept=kept, current=wanted["tile"]),
        "filtered": bool(kept or wanted["tile"]),
        "views": saved_views(request, organization, "dashboard"),
        "as_of": timezone.now(),
        "refresh": REFRESH_SECONDS,
        "may_create": "create_agent" in rights,
        "sees_drafts": "view_development" in rights,
        "create_url": reverse("agents:agent-create", args=[organization.slug]),
        "import_url": reverse("agents:agent-import", args=[organization.slug]),
        "newer_url": page_address(request.path, wanted, before=page.before) if page.before else "",
        "older_url": page_address(request.path, wanted, after=page.after) if page.after else "",
    }
