"""Which events a person may see, and the filters of the audit page."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from audit.verbs import names_in

if TYPE_CHECKING:
    from audit.models import Event  # noqa: F401  # named in a string below
    from console.organizations.models import Organization, User


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
        if "view_all_events" in permissions:
            return events
        if "view_own_events" not in permissions:
            return events.none()
        seen = Q(actor=user)
        if "view_release_events" in permissions:
            seen |= Q(verb__in=names_in("release"), outcome="done")
        return events.filter(seen)
