"""What verbs start after their commit: a message with an id, which may be lost or come twice."""

import logging
from uuid import UUID

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def wake(job_id: UUID) -> None:
    """Wake a worker for a job. Without a broker nothing is lost: the sweep finds the row (reliability.md G32)."""
    try:
        current_app.send_task("environments.jobs.run_job", args=[str(job_id)])
    except OperationalError:
        logger.warning("The broker cannot be reached; job %s waits for the sweep.", job_id)
