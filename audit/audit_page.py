"""What the audit pages show: rows, chips, neighbours, the state of the chain around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import orjson
from django.urls import reverse

from audit.filters import EventFilter
from audit.forms import FilterForm
from audit.models import GENESIS, ChainHead, Event
from audit.narrowing import Narrowest, narrowest
from audit.paging import TEXT_WINDOW, counted, page_of
from audit.policies import scope_in_words
from audit.querysets import EventQuerySet
from audit.standing import known_break
from audit.verbs import FAMILIES, VERBS
from console.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter; the address leads to the page without it."""

    label: str
    value: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Row:
    """An event on the page. `is_sound` is what can be seen here: its own hash, and its link to the next row."""

    event: Event
    url: str
    object_url: str
    is_sound: bool


def list_context(
    organization: Organization,
    events: EventQuerySet,
    permissions: frozenset[str],
    form: FilterForm,
    wanted: EventFilter,
    *,
    cursor: str,
) -> dict[str, Any]:
    """Everything that the list page shows; the number of queries does not depend on the rows."""
    address = reverse("audit", args=[organization.slug])
    head = ChainHead.objects.filter(organization=organization).values_list("sequence", flat=True).first() or 0
    matching = events.matching(wanted)
    window = TEXT_WINDOW if wanted.q else 0
    binding = f"{organization.pk}:{wanted.fingerprint()}"
    page = page_of(matching, binding, cursor, head=head, window=window)
    rows = _rows(organization, address, page.events)
    active = _active(form)
    return {
        "organization": organization,
        "form": form,
        "chips": _chips(address, form, active),
        "clear_url": address,
        "rows": rows,
        "broken": [row for row in rows if not row.is_sound],
        "count": counted(matching, head, window) if cursor or page.older else str(len(rows)),
        "newer_url": _address(address, active, cursor=page.newer) if page.newer else "",
        "older_url": _address(address, active, cursor=page.older) if page.older else "",
        "searched_to": page.searched_to,
        "narrowest": _narrowest(form, narrowest(events, wanted, head=head)) if active and not rows else None,
        "export_url": _address(reverse("audit_export", args=[organization.slug]), active),
        "scope": scope_in_words(permissions),
        "known_break": known_break(organization.pk) if "view_all_events" in permissions else None,
        "people": _people(organization) if "view_all_events" in permissions else [],
    }


def _narrowest(form: FilterForm, found: Narrowest | None) -> dict[str, str] | None:
    return {"label": str(form.fields[found.name].label), "without": found.without} if found else None


def event_context(organization: Organization, events: EventQuerySet, event: Event) -> dict[str, Any]:
    """One event, the visible ones beside it, and whether the links to its neighbours hold."""
    around = Event.objects.filter(organization=organization)
    beside = {found.sequence: found for found in around.filter(sequence__in=[event.sequence - 1, event.sequence + 1])}
    visible = set(events.filter(sequence__in=list(beside)).values_list("sequence", flat=True))
    before, after = beside.get(event.sequence - 1), beside.get(event.sequence + 1)
    return {
        "organization": organization,
        "event": event,
        "data": orjson.dumps(event.data, option=orjson.OPT_INDENT_2).decode() if event.data else "",
        "list_url": reverse("audit", args=[organization.slug]),
        "older": _beside(organization, before, visible),
        "newer": _beside(organization, after, visible),
        "follows": event.previous_hash == (before.hash if before else GENESIS if event.sequence == 1 else ""),
        "is_followed": after is None or after.previous_hash == event.hash,
    }


def _rows(organization: Organization, address: str, events: Sequence[Event]) -> list[Row]:
    torn = {
        newer.sequence
        for newer, older in pairwise(events)
        if newer.sequence == older.sequence + 1 and newer.previous_hash != older.hash
    }
    return [
        Row(
            event,
            reverse("audit_event", args=[organization.slug, event.sequence]),
            _address(address, {"object": str(event.agent_id or event.target_id)}),
            event.is_intact and event.sequence not in torn,
        )
        for event in events
    ]


def _beside(organization: Organization, event: Event | None, visible: set[int]) -> dict[str, str] | None:
    if event is None or event.sequence not in visible:
        return None
    return {"label": event.label, "url": reverse("audit_event", args=[organization.slug, event.sequence])}


def _active(form: FilterForm) -> dict[str, str]:
    return {name: form.data[name] for name in form.fields if form.data.get(name)}


def _chips(address: str, form: FilterForm, active: dict[str, str]) -> list[Chip]:
    return [
        Chip(
            str(form.fields[name].label),
            _spoken(name, value),
            _address(address, {other: text for other, text in active.items() if other != name}),
        )
        for name, value in active.items()
    ]


def _spoken(name: str, value: str) -> str:
    if name == "action":
        return str(FAMILIES[value]) if value in FAMILIES else VERBS[value].label
    return Event.Outcome(value).label if name == "outcome" else value


def _address(address: str, active: dict[str, str], *, cursor: str = "") -> str:
    query = active | ({"cursor": cursor} if cursor else {})
    return f"{address}?{urlencode(query)}" if query else address


def _people(organization: Organization) -> list[str]:
    return list(organization.memberships.order_by("user__name").values_list("user__name", flat=True)[:200])
