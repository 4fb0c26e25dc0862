"""Scheduled work of webhooks."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from audit.clock import database_time
from console.webhooks import sending
from console.webhooks.models import Message
from console.webhooks.outbox import read_logs
from console.webhooks.tasks import wake

KEPT_DAYS = 30
BATCH = 1_000  # deleted in one transaction


@shared_task
def sweep_webhooks() -> int:
    """Turn new events into messages, and wake a worker for every webhook that has something due; how many.

    Safe to run twice, late, or not at all for a while: marks and leases are rows.
    """
    read_logs()
    waiting = sending.due_webhooks()
    for webhook_id in waiting:
        wake(webhook_id)
    return len(waiting)


@shared_task
def deliver_webhook(webhook_id: str) -> None:
    """Send what is due to one webhook, as far as not enough calls to it are under way."""
    sending.run(UUID(webhook_id))


@shared_task
def forget_old_messages() -> int:
    """Forget messages of more than 30 days ago with their deliveries; how many. The audit log keeps what happened."""
    old = Message.objects.filter(at__lt=database_time() - timedelta(days=KEPT_DAYS))
    forgotten = 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        Message.objects.filter(pk__in=batch).delete()
        forgotten += len(batch)
    return forgotten
