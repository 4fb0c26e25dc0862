"""Which webhooks an organization has, and which deliveries are due."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from console.webhooks.kinds import TEST

if TYPE_CHECKING:
    from console.organizations.models import Organization
    from console.webhooks.models import Delivery, Webhook  # noqa: F401  # named in strings below


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Webhooks."""

    def of(self, organization: "Organization") -> Self:
        """The organization's own; no other one is ever asked for."""
        return self.filter(organization=organization)

    def enabled(self) -> Self:
        """Not switched off."""
        return self.filter(disabled_at=None)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries."""

    def due(self, now: datetime) -> Self:
        """Waiting, their time has come, and nobody is at them. A webhook that is switched off is sent tests only."""
        free = Q(lease_until=None) | Q(lease_until__lte=now)
        is_on = Q(webhook__disabled_at=None) | Q(message__kind=TEST)
        return self.filter(free, is_on, state="pending", next_at__lte=now)

    def under_way(self, now: datetime) -> Self:
        """Somebody is at them."""
        return self.filter(state="pending", lease_until__gt=now)

    def newest_first(self) -> Self:
        """In the order in which they were made, backwards: ids are sorted by time."""
        return self.order_by("-id")
