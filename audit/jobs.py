"""Scheduled work of the audit log; Celery finds it by the name of this file."""

import logging

from celery import shared_task
from django.db import DatabaseError

from audit.checkpoints import ChainBroken, organizations_to_write, write_checkpoint

logger = logging.getLogger(__name__)


@shared_task
def write_checkpoints() -> None:
    """A checkpoint for every organization whose chain has moved; one that fails does not stop the others."""
    for organization_id in organizations_to_write():
        try:
            write_checkpoint(organization_id)
        except (OSError, DatabaseError, ChainBroken):
            logger.exception("The checkpoint of organization %s is not written.", organization_id)
