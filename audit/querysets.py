"""Which events a person may see, and the filters of the audit page."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from audit.filters import EventFilter
from audit.verbs import FAMILIES, names_in

if TYPE_CHECKING:
    from audit.models import Event  # noqa: F401  # named in a string below
    from console.organizations.models import Organization, User

BIRTHS = ("agent.created", "agent.imported")  # their data says the slug
SEARCHED = ("target_label", "actor_label", "reason")


class EventQuerySet(models.QuerySet["Event"]):
    """Audit events, newest first."""

    def newest_first(self) -> Self:
        """In the order in which the chain grew, backwards."""
        return self.order_by("-sequence")

    def visible_to(self, user: "User", organization: "Organization", permissions: frozenset[str]) -> Self:
        """All events for who may see all; otherwise one's own, and with the right also what releases did.

        Refused attempts of others stay hidden there: they may name an agent that has not left Development.
        """
        events = self.filter(organization=organization)
        if user.key and user.key.environments:  # such a key knows nothing of other places
            events = events.filter(environment__in=user.key.environments)
        if "view_all_events" in permissions:
            return events
        seen = Q(pk__in=[])
        if "view_own_events" in permissions:
            seen |= Q(actor=user)
        if "view_release_events" in permissions:
            seen |= Q(verb__in=names_in("release"), outcome="done")
        return events.filter(seen)

    def matching(self, wanted: EventFilter) -> Self:
        """The events of one organization that the filter asks for, each condition on an index of its own.

        Asks at most four small questions first: they turn times and names into ranges and ids.
        """
        events = self._in_period(wanted)
        if wanted.actor:
            events = events.filter(_actor(wanted.actor))
        if wanted.action:
            verbs = names_in(wanted.action) if wanted.action in FAMILIES else [wanted.action]
            events = events.filter(verb__in=verbs)
        if wanted.object:
            events = events.filter(self._object(wanted.object))
        for name in ("environment", "outcome", "request_id"):
            if value := getattr(wanted, name):
                events = events.filter(**{name: value})
        if wanted.q:
            found = [Q(**{f"{column}__icontains": wanted.q}) for column in SEARCHED]
            events = events.filter(found[0] | found[1] | found[2])
        return events

    def _in_period(self, wanted: EventFilter) -> Self:
        """Times become sequences: both grow together, so one index serves the period and the order."""
        events = self
        if wanted.since:
            after = self.filter(at__gte=wanted.since).order_by("at", "sequence")
            first = after.values_list("sequence", flat=True).first()
            events = events.none() if first is None else events.filter(sequence__gte=first)
        if wanted.until:
            before = self.filter(at__lt=wanted.until).order_by("-at", "-sequence")
            last = before.values_list("sequence", flat=True).first()
            events = events.none() if last is None else events.filter(sequence__lte=last)
        return events

    def _object(self, text: str) -> Q:
        if agent_or_target := _uuid(text):
            is_agent = self.filter(agent_id=agent_or_target).exists()
            return Q(agent_id=agent_or_target) if is_agent else Q(target_id=str(agent_or_target))
        # Each has an index of its own, so that a name nobody has costs nothing.
        named = self.filter(target_label=text, agent_id__isnull=False).order_by("target_label", "-sequence")
        born = self.filter(verb__in=BIRTHS, data__slug=text).order_by("-at")
        for events in (named, born):
            if agent := events.values_list("agent_id", flat=True).first():
                return Q(agent_id=agent)
        return Q(target_label=text)


def _actor(text: str) -> Q:
    if text == "system":
        return Q(actor=None)
    person = _uuid(text)
    return Q(actor_id=person) if person else Q(actor_label=text)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
