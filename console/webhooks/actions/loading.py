"""What every verb of webhooks does first: the right, then the row as it is, locked until the transaction ends."""

from django.utils.translation import gettext as _

from console.organizations import policies
from console.organizations.actor import Actor
from console.organizations.errors import NotFound
from console.organizations.models import Organization, User
from console.webhooks.models import Webhook


def keeper(actor: Actor, organization: Organization) -> User:
    """The person who looks after webhooks; a key that is limited to environments hears of all of them by no detour."""
    person = policies.require(actor, "manage_webhooks", organization)
    if limit := policies.environments_open_to(actor.user):
        raise policies.beyond_key(limit)
    return person


def webhook_now(webhook: Webhook, actor: Actor) -> Webhook:
    """The webhook as it is, for an actor who looks after webhooks; `NotFound` when it was deleted meanwhile."""
    organization = Organization.objects.steady(webhook.organization)
    keeper(actor, organization)
    return locked(webhook, organization)


def locked(webhook: Webhook, organization: Organization) -> Webhook:
    """The row, locked; `NotFound` when it is gone."""
    found = Webhook.objects.of(organization).select_for_update(no_key=True).filter(pk=webhook.pk).first()
    if found is None:
        raise NotFound(_("There is no such webhook."))
    found.organization = organization
    return found
