"""Scheduled work that calls verbs."""

from uuid import UUID

from celery import shared_task

from console.organizations.actor import SYSTEM
from console.organizations.errors import Refusal
from environments import bulk
from environments.actions import revoke_stale_approval
from environments.models import Release
from environments.tasks import wake


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


@shared_task
def run_job(job_id: str) -> None:
    """Carry a bulk job out, as far as nobody else is at it; safe to deliver twice, late or not at all."""
    bulk.run(UUID(job_id))


@shared_task
def sweep_jobs() -> int:
    """Wake a worker for every job that is not over and that nobody holds: its worker died, or its message was lost."""
    waiting = bulk.unattended()
    for job_id in waiting:
        wake(job_id)
    return len(waiting)
