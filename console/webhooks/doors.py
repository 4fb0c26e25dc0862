"""What every door of webhooks does first: may the caller look at webhooks, and is the one that is named theirs."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from console.organizations.doors import actor_of, person_of
from console.organizations.errors import NotFound
from console.organizations.models import Organization
from console.organizations.policies import beyond_key, environments_open_to, permissions_on, require
from console.webhooks.models import Delivery, Webhook


def rights_for(request: HttpRequest, organization: Organization) -> frozenset[str]:
    """What the caller may do here; refused for who may not see the settings, and for a key limited to environments."""
    person = person_of(request)
    held = permissions_on(person, organization)
    if not held & {"view_settings", "manage_webhooks"}:
        require(actor_of(request), "view_settings", organization)
    if limit := environments_open_to(person):
        raise beyond_key(limit)
    return held


def webhook_called(organization: Organization, pk: UUID | None) -> Webhook:
    """The organization's webhook; unknown and foreign are the same (T15)."""
    found = Webhook.objects.of(organization).select_related("created_by").filter(pk=pk).first() if pk else None
    if found is None:
        raise NotFound(_("There is no such webhook."))
    found.organization = organization
    return found


def delivery_called(webhook: Webhook, pk: UUID | None) -> Delivery:
    """A delivery of this webhook."""
    found = webhook.deliveries.select_related("message").filter(pk=pk).first() if pk else None
    if found is None:
        raise NotFound(_("There is no such delivery."))
    found.webhook = webhook
    return found


def shown_url(webhook: Webhook, held: frozenset[str]) -> str:
    """The address; who may not manage webhooks sees the host alone, for the rest is often a secret of the receiver."""
    if "manage_webhooks" in held:
        return webhook.url
    return f"{webhook.url.partition('://')[0]}://{webhook.host}/…"
