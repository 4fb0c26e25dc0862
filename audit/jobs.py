"""Scheduled work of the audit log; Celery finds it by the name of this file."""

import logging

from celery import shared_task
from django.db import DatabaseError

from audit.checkpoints import ChainBroken, organizations_to_write, write_checkpoint
from audit.standing import remember
from audit.verify import missing_guards, organizations_to_verify, verify

logger = logging.getLogger(__name__)


@shared_task
def write_checkpoints() -> None:
    """A checkpoint for every organization whose chain has moved; one that fails does not stop the others."""
    for organization_id in organizations_to_write():
        try:
            write_checkpoint(organization_id)
        except (OSError, DatabaseError, ChainBroken):
            logger.exception("The checkpoint of organization %s is not written.", organization_id)


@shared_task
def verify_chains() -> None:
    """Verify every chain, keep the results for the banner of the audit page, and log what is red."""
    for organization_id in organizations_to_verify():
        result = verify(organization_id)
        remember(result)
        if result.first_bad:
            bad = result.first_bad
            logger.error("Audit chain %s is broken, first bad row %s: %s", organization_id, bad.sequence, bad.what)
    if guards := missing_guards():
        logger.error("Triggers that keep audit rows are gone or switched off: %s", ", ".join(guards))
