"""Webhooks switched off and on: by people, and by the console when a receiver is gone."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit.clock import database_time
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.errors import Conflict
from console.organizations.models import Organization
from console.outbound import Destination
from console.webhooks import tasks
from console.webhooks.actions.loading import locked, webhook_now
from console.webhooks.allowance import allowance
from console.webhooks.models import Webhook
from console.webhooks.telling import tell_switched_off

OFF = ["disabled_at", "disabled_because", "failing_since", "failures"]


@verb("webhook.disabled")
def disable_webhook(webhook: Webhook, *, actor: Actor) -> Webhook:
    """Send nothing to it from now on. What happens meanwhile is kept for it, a call that is under way ends."""
    current = webhook_now(webhook, actor)
    _switch_off(current, Webhook.Reason.PERSON)
    record("webhook.disabled", current.audit_target(), actor=actor, data={"reason": current.disabled_because})
    return current


@verb("webhook.disabled")
def switch_off(webhook: Webhook, *, actor: Actor, reason: str) -> Webhook:
    """Switch a webhook off for the console itself, and tell everybody who looks after webhooks (G27)."""
    organization = Organization.objects.steady(webhook.organization)
    current = locked(webhook, organization)
    _switch_off(current, reason)
    tell_switched_off(current)
    record("webhook.disabled", current.audit_target(), actor=actor, data={"reason": reason})
    return current


@verb("webhook.enabled")
def enable_webhook(webhook: Webhook, *, actor: Actor, destination: Destination) -> Webhook:
    """Send again, first what was kept meanwhile. `destination` is what its address leads to now (T30)."""
    current = webhook_now(webhook, actor)
    if current.disabled_at is None:
        raise Conflict(_("This webhook is on already. Nothing was changed."))
    if destination.url != current.url:
        raise Conflict(_("The address was changed meanwhile. Nothing was changed. Look again."))
    destination.require_allowed(allowance())
    current.disabled_at, current.disabled_because, current.failing_since, current.failures = None, "", None, 0
    current.save(update_fields=OFF)
    waiting = current.deliveries.filter(state="pending")
    number = waiting.update(next_at=database_time(), tries=0)
    record("webhook.enabled", current.audit_target(), actor=actor, data={"waiting": number})
    transaction.on_commit(lambda: tasks.wake(current.pk))
    return current


def _switch_off(webhook: Webhook, reason: str) -> None:
    if webhook.disabled_at is not None:
        raise Conflict(_("This webhook is off already. Nothing was changed."))
    webhook.disabled_at, webhook.disabled_because = database_time(), reason
    webhook.save(update_fields=OFF)
