"""What verbs start after their commit: a message with an id, which may be lost or come twice."""

import logging
from uuid import UUID

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
EXPIRES_SECONDS = 30  # the sweep sends another one; a worker that was away is not met by a heap of them


def wake(webhook_id: UUID) -> None:
    """Let a worker look at a webhook now. Without a broker nothing is lost: the sweep finds the rows (G32)."""
    try:
        current_app.send_task("console.webhooks.jobs.deliver_webhook", args=[str(webhook_id)], expires=EXPIRES_SECONDS)
    except OperationalError:
        logger.warning("The broker cannot be reached; webhook %s waits for the sweep.", webhook_id)
