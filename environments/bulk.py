"""Carrying out a job: each agent is one transaction through the verb that every other door calls.

The rows are the truth. A worker holds a lease and renews it; when it dies, the sweep wakes another one, which goes
on with the items that are still waiting. An item whose move was committed before its row could say so is found by
the deployment, which names the job: no agent is moved twice (reliability.md G5, G6, T10, T11, T20).
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _

from agents.models import Agent
from audit.checkpoints import written_together
from audit.clock import DATABASE_NOW, database_time
from audit.log import record
from console.organizations.actor import SYSTEM, Actor
from console.organizations.errors import Holder, PermissionMissing, Refusal
from console.organizations.models import ApiKey, User
from environments.actions import promote, push_to_production, rollback
from environments.errors import NothingPinned, Unchanged
from environments.models import Deployment, Job, JobItem
from environments.second_process import SecondProcess, second_process

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
BATCH = 60  # items between two looks at cancelling and at the lease
HANDS = 2  # agents under way at once in a process; each has a connection of its own
LARGE = 200  # items from which on it pays to start a second process
KEY_ENDED = "The API key that started this job was revoked or has expired. Nothing was changed."
State = JobItem.State
_OF_A_JOB = ("organization", "source", "target")


def run(job_id: UUID) -> bool:
    """Carry a job out as far as it is not done; False when somebody else is at it or it is over.

    Safe to call twice, late, or after a crash.
    """
    holder = uuid4().hex
    if not _claim(job_id, holder):
        return False
    waiting = JobItem.objects.filter(job=job_id, state=State.PENDING).order_by("position").values_list("pk", flat=True)
    with second_process(wanted=waiting.count() >= LARGE) as second:
        while _may_go_on(job_id, holder):
            batch = list(waiting[:BATCH])
            if not batch:
                break
            if second is not None and second.is_ready():
                _carry_out_with(second, batch)
            else:
                carry_out_together(batch)
    return _finish(job_id, holder)


def unattended() -> list[UUID]:
    """The jobs that are not over and that nobody holds."""
    waiting = Job.objects.filter(finished_at=None).exclude(lease_until__gt=database_time())
    return list(waiting.values_list("pk", flat=True))


def _claim(job_id: UUID, holder: str) -> bool:
    with transaction.atomic():
        job = Job.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=job_id, finished_at=None).first()
        now = database_time()
        if job is None or (job.lease_until and job.lease_until > now):
            return False
        job.state, job.holder = Job.State.RUNNING, holder
        job.started_at = job.started_at or now
        job.heartbeat_at, job.lease_until = now, now + LEASE
        job.save(update_fields=["state", "holder", "started_at", "heartbeat_at", "lease_until"])
    return True


def _may_go_on(job_id: UUID, holder: str) -> bool:
    """Renew the lease; False when it was lost, or when somebody asked to cancel."""
    now = database_time()
    mine = Job.objects.filter(pk=job_id, holder=holder, finished_at=None)
    if not mine.update(heartbeat_at=now, lease_until=now + LEASE):
        return False
    return not mine.filter(cancel_asked_at__isnull=False).exists()


def _finish(job_id: UUID, holder: str) -> bool:
    with transaction.atomic():
        found = Job.objects.select_for_update(of=("self",), no_key=True).select_related("organization", "target")
        job = found.filter(pk=job_id, holder=holder, finished_at=None).first()
        if job is None:
            return False
        now = database_time()
        waiting = JobItem.objects.filter(job=job, state=State.PENDING)
        if job.cancel_asked_at is not None:
            waiting.update(
                state=State.SKIPPED, code="cancelled", message=_("The job was cancelled before."), ended_at=now
            )
            job.state = Job.State.CANCELLED
        elif waiting.exists():
            return False
        else:
            job.state = Job.State.FINISHED
        job.finished_at, job.lease_until = now, None
        job.save(update_fields=["state", "finished_at", "lease_until"])
        data = {"state": job.state, "counts": job.counts()}
        record("bulk.finished", job.audit_target(), actor=SYSTEM, environment=job.target.slug, data=data)
    return True


def carry_out_together(item_ids: list[int]) -> None:
    """These items, by several hands of this process; returns when all have ended."""
    with ThreadPoolExecutor(max_workers=HANDS, thread_name_prefix="bulk") as hands:
        list(hands.map(_carry_out, [item_ids[hand::HANDS] for hand in range(HANDS)]))


def _carry_out_with(second: SecondProcess, item_ids: list[int]) -> None:
    """Half of them here and half in the second process; all here when it is gone."""
    own, given = item_ids[::2], item_ids[1::2]
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="bulk-second") as waiter:
        done = waiter.submit(second.carry_out, given)
        carry_out_together(own)
        if not done.result():
            logger.warning("The second process of a bulk job has gone; %s items are looked at again.", len(given))
            carry_out_together(given)


def _carry_out(item_ids: list[int]) -> None:
    """The items of one hand, on a connection of its own."""
    try:
        with written_together():
            now = database_time()  # within a second or so of every agent's turn: for the proof of who started it
            for item in _items(item_ids):
                _do(item, now)
    finally:
        connection.close()


def _items(item_ids: list[int]) -> list[JobItem]:
    """What a hand carries out, in order; nothing of it ever changes but how an item ended."""
    found = JobItem.objects.filter(pk__in=item_ids).select_related("agent", "version").order_by("position")
    jobs = {job.pk: job for job in Job.objects.filter(items__in=item_ids).select_related(*_OF_A_JOB).distinct()}
    items = list(found)
    for item in items:
        item.job = jobs[item.job_id]
        item.agent.organization = item.job.organization
    return items


def _do(item: JobItem, now: datetime) -> None:
    """One agent; whatever happens stands in its row afterwards, and the next agent is not touched by it."""
    try:
        deployment = _move(item, now)
    except Refusal as refusal:
        _end_refused(item, refusal)
    except Exception:
        logger.exception("Item %s of job %s failed.", item.pk, item.job_id)
        _end(item, State.FAILED, "internal_error", _("The console made a mistake here; the agent was not changed."))
    else:
        _end(item, State.PROMOTED, "", "", deployment)


def _move(item: JobItem, now: datetime) -> Deployment:
    job, actor = item.job, _actor_of(item.job, now)
    if item.version is None:
        raise NothingPinned(_nothing_of(item.agent, job))
    if job.kind == Job.Kind.ROLLBACK:
        return rollback(
            item.agent,
            actor=actor,
            environment=job.target.slug,
            number=item.version.number,
            reason=job.note,
            expected_live=item.live,
        )
    act = push_to_production if job.target.is_production else promote
    more = {"ticket": job.ticket} if job.target.is_production else {}
    return act(
        item.agent,
        actor=actor,
        number=item.version.number,
        environment=job.target.slug,
        note=job.note,
        expected_digest=item.digest,
        expected_live=item.live,
        **more,
    )


def _nothing_of(agent: Agent, job: Job) -> str:
    if job.source is None:
        return _("%(target)s served nothing of %(agent)s before, so nothing can come back. Nothing was changed.") % {
            "target": job.target.name,
            "agent": agent.name,
        }
    return _("Nothing of %(agent)s is there to move from %(source)s. Nothing was changed.") % {
        "agent": agent.name,
        "source": job.source.name,
    }


def _actor_of(job: Job, now: datetime) -> Actor:
    """The person as they are now: a right that was taken away is gone for the rest of the job (T20)."""
    user = User.objects.get(pk=job.by_id)
    if job.key_id:
        user.key = ApiKey.objects.usable().select_related("organization").filter(pk=job.key_id).first()
        if user.key is None:
            raise PermissionMissing(KEY_ENDED, Holder(KEY_ENDED))
    # The proof belongs to the act of starting the job, not to the moment when an agent's turn comes.
    proven = now if job.proven_at and job.created_at - job.proven_at <= timedelta(minutes=15) else None
    return Actor(user=user, door="job", request_id=job.pk.hex, proven_at=proven, job=job.pk)


def _end_refused(item: JobItem, refusal: Refusal) -> None:
    """A refusal in the words of the verb; a move that this job made before a crash is what it was."""
    made = Deployment.objects.filter(job=item.job_id, agent=item.agent_id).first()
    if made is not None:
        _end(item, State.PROMOTED, "", "", made)
    elif isinstance(refusal, Unchanged):
        _end(item, State.UNCHANGED, refusal.code, refusal.detail)
    elif isinstance(refusal, NothingPinned):
        _end(item, State.SKIPPED, refusal.code, refusal.detail)
    else:
        _end(item, State.FAILED, refusal.code, refusal.detail)


def _end(item: JobItem, state: str, code: str, message: str, deployment: Deployment | None = None) -> None:
    JobItem.objects.filter(pk=item.pk, state=State.PENDING).update(
        state=state, code=code, message=message, deployment=deployment, ended_at=DATABASE_NOW
    )
