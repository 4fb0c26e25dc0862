"""Scheduled work that calls verbs."""

from celery import shared_task

from console.organizations.actor import SYSTEM
from console.organizations.errors import Refusal
from environments.actions import revoke_stale_approval
from environments.models import Release


@shared_task
def revoke_stale_approvals() -> int:
    """Take back every approval that does not hold any more; each agent is its own transaction.

    Returns how many were taken back. Safe to run twice: the verb looks again under the lock.
    """
    ready = Release.objects.filter(state=Release.State.READY).select_related("version__agent__organization")
    taken_back = 0
    for release in ready.iterator():
        version = release.version
        try:
            taken_back += revoke_stale_approval(version.agent, actor=SYSTEM, number=version.number) is not None
        except Refusal:  # decided meanwhile by a person
            continue
    return taken_back
