"""The releases of a whole organization: the filters of the list turned into what the log is asked."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone

from agents.models import Agent
from audit.filters import EventFilter
from audit.querysets import EventQuerySet
from audit.verbs import VERBS
from console.organizations.models import Organization, User
from environments.chronicle import releases_of
from environments.forms import ReleaseFilter

OFFERED = 200  # names that the fields offer while one types; any other can be typed


@dataclass(frozen=True)
class Chip:
    """An active filter; the address leads to the list without it."""

    label: str
    value: str
    remove_url: str


def filtered(person: User, organization: Organization, form: ReleaseFilter) -> EventQuerySet:
    """The releases that the person may list and that pass the filters of a valid form."""
    wanted, events = form.cleaned_data, releases_of(person, organization)
    if name := wanted["agent"]:
        named = Agent.objects.filter(Q(slug=name) | Q(name__iexact=name), organization=organization)
        events = events.filter(agent_id__in=list(named.values_list("pk", flat=True)))
    asked = EventFilter(
        actor=wanted["person"],
        action=wanted["action"],
        environment=wanted["environment"],
        since=_begin(wanted["since"]),
        until=_begin(wanted["until"], days_later=1),
    )
    found: EventQuerySet = events.matching(asked)
    return found


def binding_of(form: ReleaseFilter) -> str:
    """What a page mark of the list is bound to."""
    return f"releases:{urlencode(sorted(form.active().items()))}"


def chips_of(form: ReleaseFilter, path: str) -> list[Chip]:
    """The active filters, each with the way to take it away."""
    active = form.active()
    return [
        Chip(str(form.fields[name].label), _spoken(form, name, value), address_of(path, _without(active, name)))
        for name, value in active.items()
    ]


def address_of(path: str, active: dict[str, str], **more: str) -> str:
    """The list with these filters."""
    query = active | {key: value for key, value in more.items() if value}
    return f"{path}?{urlencode(query)}" if query else path


def offered_names(person: User, organization: Organization, permissions: frozenset[str]) -> dict[str, list[str]]:
    """The agents, and for who may see members the people, that the fields offer."""
    agents = Agent.objects.visible_to(person, organization).order_by("slug").values_list("slug", flat=True)
    people: Any = organization.memberships.order_by("user__name").values_list("user__name", flat=True)
    return {
        "agents": list(agents[:OFFERED]),
        "people": list(people[:OFFERED]) if "view_members" in permissions else [],
    }


def _begin(day: date | None, *, days_later: int = 0) -> datetime | None:
    """The first moment of a day where the reader lives."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days_later), time.min))


def _without(active: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in active.items() if key != name}


def _spoken(form: ReleaseFilter, name: str, value: str) -> str:
    if name == "action" and value in VERBS:
        return VERBS[value].label
    if name == "environment":
        return next((place.name for place in form.pipeline if place.slug == value), value)
    return value
