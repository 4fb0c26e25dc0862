"""Deliveries asked for by people: a test, one more time, and all dead letters. A replay keeps id and body (G27)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audit.clock import database_time
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.errors import Conflict, NotFound
from console.webhooks import tasks
from console.webhooks.actions.loading import webhook_now
from console.webhooks.kinds import TEST
from console.webhooks.models import Delivery, Message, Webhook
from console.webhooks.payloads import test_body

TESTS_WAITING = 10  # so that nobody makes the console call an address as fast as forms are sent
AGAIN = ["state", "tries", "next_at", "ended_at"]


@verb("webhook.tested")
def send_test(webhook: Webhook, *, actor: Actor) -> Delivery:
    """Send a message that says it is a test, also to a webhook that is switched off; a worker sends it at once."""
    current = webhook_now(webhook, actor)
    if current.deliveries.filter(state=Delivery.State.PENDING, message__kind=TEST).count() >= TESTS_WAITING:
        raise Conflict(
            _("%(limit)s tests are waiting already. Nothing was changed. See how the receiver answers.")
            % {"limit": TESTS_WAITING}
        )
    now, organization = database_time(), current.organization
    message = Message.objects.create(
        organization=organization, kind=TEST, body=test_body(organization, now, actor.label), at=now
    )
    delivery = Delivery.objects.create(organization=organization, webhook=current, message=message, next_at=now)
    record("webhook.tested", current.audit_target(), actor=actor, data=delivery.audit_data())
    transaction.on_commit(lambda: tasks.wake(current.pk))
    return delivery


@verb("webhook.redelivered")
def redeliver(webhook: Webhook, *, actor: Actor, delivery: Delivery) -> Delivery:
    """Send a message once more, whatever became of it: the same id, the same bytes, all tries anew."""
    current = webhook_now(webhook, actor)
    deliveries = current.deliveries.select_for_update(of=("self",), no_key=True).select_related("message")
    found = deliveries.filter(pk=delivery.pk).first()
    if found is None:
        raise NotFound(_("There is no such delivery."))
    now = database_time()
    if found.lease_until is not None and found.lease_until > now:
        raise Conflict(_("This delivery is under way at this moment. Nothing was changed. Look again in some seconds."))
    if current.disabled_at is not None and found.message.kind != TEST:
        raise Conflict(_("This webhook is switched off. Nothing was changed. Enable it first."))
    _again(found, now)
    record("webhook.redelivered", current.audit_target(), actor=actor, data=found.audit_data())
    transaction.on_commit(lambda: tasks.wake(current.pk))
    return found


@verb("webhook.replayed")
def replay_dead(webhook: Webhook, *, actor: Actor) -> int:
    """Send every dead letter of the webhook once more; how many there were."""
    current = webhook_now(webhook, actor)
    if current.disabled_at is not None:
        raise Conflict(_("This webhook is switched off. Nothing was changed. Enable it first."))
    dead = current.deliveries.filter(state=Delivery.State.DEAD)
    number = dead.update(state=Delivery.State.PENDING, tries=0, next_at=database_time(), ended_at=None)
    if not number:
        raise Conflict(_("This webhook has no dead letters. Nothing was changed."))
    record("webhook.replayed", current.audit_target(), actor=actor, data={"deliveries": number})
    transaction.on_commit(lambda: tasks.wake(current.pk))
    return number


def _again(delivery: Delivery, now: datetime) -> None:
    delivery.state, delivery.tries, delivery.next_at, delivery.ended_at = Delivery.State.PENDING, 0, now, None
    delivery.save(update_fields=AGAIN)
