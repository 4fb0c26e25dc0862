"""The API of the audit log: the same rows, filters and rights as the page."""

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from audit.actions import export_events
from audit.chain import plain_columns
from audit.cursors import LARGEST, LIMIT, Moment, Text, read_cursor, write_cursor
from audit.errors import InvalidFilter
from audit.export import TYPES, stream
from audit.filters import EventFilter
from audit.models import Event
from audit.policies import require_reading
from audit.verbs import FAMILIES, VERBS
from audit.verify import verify
from console.organizations.doors import actor_of, person_of
from console.organizations.models import Organization
from console.organizations.policies import require

router = Router(tags=["Audit"])


class Wanted(Schema):
    """Which events; an empty value asks for nothing. `until` is exclusive."""

    model_config = ConfigDict(extra="forbid")

    actor: Text = ""
    action: Text = Field(default="", max_length=60)
    agent: Text = ""
    environment: Text = Field(default="", max_length=63)
    since: Moment | None = None
    until: Moment | None = None


class Paged(Wanted):
    """Which events, and which page of them."""

    limit: int = Field(default=LIMIT, ge=1, le=LARGEST)
    cursor: str = Field(default="", max_length=2000)


class Exported(Wanted):
    """Which events, in which form."""

    format: str = Field(default="jsonl", max_length=10)


class EventsOut(Schema):
    """A page of events, newest first; each with the columns of the chain (docs/audit.md)."""

    items: list[dict[str, Any]]
    next_cursor: str | None


class FindingOut(Schema):
    """The first row of a chain that is not as it was written."""

    sequence: int
    what: str


class VerifiedOut(Schema):
    """What a verification of the whole chain found."""

    ok: bool
    checked: int
    first_bad: FindingOut | None


@router.get("/audit", response=EventsOut, summary="Events, newest first")
def events(request: HttpRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """What this caller may see: everything, releases, or their own acts."""
    tenant, person = _tenant(request), person_of(request)
    permissions, asked = require_reading(person, tenant), _filter(wanted)
    found = Event.objects.visible_to(person, tenant, permissions).matching(asked)
    binding = f"audit:{tenant.pk}:{asked.fingerprint()}"
    if wanted.cursor:
        found = found.filter(sequence__lt=read_cursor(wanted.cursor, binding))
    rows = list(found.order_by("-sequence")[: wanted.limit + 1])
    shown = rows[: wanted.limit]
    more = write_cursor(shown[-1].sequence, binding) if len(rows) > wanted.limit else None
    return {"items": [event_out(event) for event in shown], "next_cursor": more}


@router.get("/audit/export", response=str, summary="Export with the chain", url_name="audit-export")
def export(request: HttpRequest, wanted: Query[Exported]) -> StreamingHttpResponse:
    """The filtered events as JSON Lines or CSV, streamed; the export itself is an event."""
    made = export_events(_tenant(request), actor=actor_of(request), wanted=_filter(wanted), format=wanted.format)
    response = StreamingHttpResponse(stream(made), content_type=TYPES[made.format])
    response.headers["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return response


@router.get("/audit/verify", response=VerifiedOut, summary="Verify the chain")
def verified(request: HttpRequest) -> dict[str, Any]:
    """Recompute the whole chain and hold it against every checkpoint."""
    tenant = _tenant(request)
    require(actor_of(request), "view_all_events", tenant)
    result = verify(tenant.pk)
    worst = result.first_bad
    return {
        "ok": result.ok,
        "checked": result.checked,
        "first_bad": {"sequence": worst.sequence, "what": worst.what} if worst else None,
    }


def event_out(event: Event) -> dict[str, Any]:
    """An event with its chain columns and the words of its verb."""
    label = VERBS[event.verb].label if event.verb in VERBS else event.verb
    columns: dict[str, Any] = plain_columns(event)
    return columns | {"hash": event.hash, "label": label}


def _filter(wanted: Wanted) -> EventFilter:
    if wanted.action and wanted.action not in VERBS and wanted.action not in FAMILIES:
        raise InvalidFilter(f"There is no action {wanted.action!r}. Families: {', '.join(FAMILIES)}.")
    return EventFilter(
        actor=wanted.actor,
        action=wanted.action,
        object=wanted.agent,
        environment=wanted.environment,
        since=wanted.since,
        until=wanted.until,
    )


def _tenant(request: HttpRequest) -> Organization:
    found: Organization = request.organization  # type: ignore[attr-defined]  # set with the caller
    return found
