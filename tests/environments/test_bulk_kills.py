"""Bulk work under kill -9, with its messages lost and delivered twice: each agent moves once or not at all (G5, G6).

In the suite: a few agents, two children that carry the job out and are killed, their leases ended by our hand, and a
real worker on a real Valkey that finds what they left, with the daily cleaning to do besides. The large run has real
workers for victims, and nothing is done by hand: beat finds the abandoned job as in production (SLIPWAY_BULK_SEED
repeats a run):

    SLIPWAY_BULK_AGENTS=1000 SLIPWAY_BULK_KILLS=10 python -m pytest -s tests/environments/test_bulk_kills.py
"""

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone
from kombu import Connection

from audit.clock import database_time
from audit.models import Event
from audit.verify import verify
from console.benchmarks.bulk import make_ready
from console.benchmarks.people import Crew, found_crew
from console.jobs import clear_expired_sessions
from console.launcher.processes import Program
from environments import bulk
from environments.actions import revoke_ready, start_promotion
from environments.jobs import sweep_jobs
from environments.models import Deployment, Job, JobItem, Pin
from environments.tasks import wake
from tests.services import running_services, start_worker

if TYPE_CHECKING:
    from celery import Celery

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

AGENTS = int(os.environ.get("SLIPWAY_BULK_AGENTS", "14"))
KILLS = int(os.environ.get("SLIPWAY_BULK_KILLS", "2"))
SEED = int(os.environ.get("SLIPWAY_BULK_SEED", "20261126"))
IS_LARGE = "SLIPWAY_BULK_AGENTS" in os.environ
PATIENCE_SECONDS = 300.0


def test_bulk_promotion__killed_flushed_and_delivered_twice__moves_every_agent_once_or_not_at_all(
    celery_on_valkey: "Celery",
) -> None:
    crew, moments = found_crew(), random.Random(SEED)
    slugs = make_ready(crew, AGENTS)
    job = _started(crew, slugs)
    _flush(celery_on_valkey)

    told, began = [], time.monotonic()
    for number in range(KILLS):
        with _victim(celery_on_valkey, job) as kill:
            done = _done_of(job)
            _wait_until_done(job, done + moments.randrange(1, max(2, (AGENTS - done) // (KILLS - number + 1))))
            time.sleep(moments.random() * 0.05)  # anywhere between two statements of an agent
            kill()
        _assert_each_agent_moved_once_or_not_at_all(job)
        told.append(f"kill {number + 1}: {_done_of(job)} agents had ended, {time.monotonic() - began:.0f} s")
        if not IS_LARGE:
            Job.objects.filter(pk=job.pk, finished_at=None).update(lease_until=database_time())
    _leave_sessions(old=-1, new=1)
    with _worker(celery_on_valkey):
        clear_expired_sessions.delay()
        if not IS_LARGE:
            assert [sweep_jobs(), sweep_jobs()] == [1, 1]
        _wait_until_over(job)
        _deliver_twice(job)  # long over
        _wait_until(lambda: set(Session.objects.values_list("session_key", flat=True)) == {"new"}, "sessions stayed")

    _assert_ended_with_true_counts(job, crew)
    job.refresh_from_db()
    told.append(f"end: {job.state} {job.counts()}, {time.monotonic() - began:.0f} s, seed {SEED}")
    sys.stdout.write("\n".join(["", *told, ""]))


def _started(crew: Crew, slugs: list[str]) -> Job:
    """The job, whose list also holds an agent that is not ready any more."""
    admin = replace(crew.admin, proven_at=timezone.now())
    job = start_promotion(crew.organization, actor=admin, source="staging", target="production", ticket="OPS-1")
    spoiled = JobItem.objects.select_related("agent__organization").get(job=job, agent__slug=slugs[-1])
    revoke_ready(spoiled.agent, actor=crew.tester, number=1, reason="Wrong pier")
    return job


def _flush(app: "Celery") -> None:
    """Lose every message that waits."""
    with Connection(app.conf["broker_url"]) as broker:
        broker.default_channel.client.flushall()  # type: ignore[attr-defined]  # kombu of Redis


@contextmanager
def _victim(app: "Celery", job: Job) -> Iterator[Callable[[], None]]:
    """Something that carries the job out; call it for its end by SIGKILL."""
    if IS_LARGE:
        with _worker(app) as worker:
            _deliver_twice(job)
            yield lambda: _kill(worker)
        return
    child = _child(job)
    try:
        yield lambda: os.kill(child, signal.SIGKILL)
    finally:
        _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the job ended before the kill"


@contextmanager
def _worker(app: "Celery") -> Iterator[Program]:
    beat = ["--beat", "--schedule", str(running_services().folder / "beat")] if IS_LARGE else []
    worker = start_worker(app, *beat)
    try:
        yield worker
    finally:
        worker.stop(((signal.SIGTERM if IS_LARGE else signal.SIGKILL, 5.0),))


def _deliver_twice(job: Job) -> None:
    """The message of the job comes twice at once."""
    for _ in range(2):
        wake(job.pk)


def _kill(worker: Program) -> None:
    os.kill(worker.pid, signal.SIGKILL)
    if worker.child is not None:
        worker.child.wait()


def _child(job: Job) -> int:
    """A process of our own that carries the job out, for as long as it lives."""
    child = os.fork()
    if child:
        return child
    try:
        connections["default"].connection = None  # the parent's connection must not be ended by the child
        bulk.run(job.pk)
    except BaseException:  # noqa: BLE001 - the child must never return into pytest
        os._exit(1)
    os._exit(0)


def _done_of(job: Job) -> int:
    return JobItem.objects.filter(job=job).exclude(state=JobItem.State.PENDING).count()


def _wait_until_done(job: Job, number: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _done_of(job) < number:
        assert time.monotonic() < deadline, f"{_done_of(job)} of {number} agents have ended"
        time.sleep(0.002)  # leaves the processor to who does the work


def _wait_until_over(job: Job) -> None:
    _wait_until(lambda: Job.objects.filter(pk=job.pk).exclude(finished_at=None).exists(), "the job has not ended")


def _wait_until(true: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


def _leave_sessions(**days: int) -> None:
    """Sessions that end in so many days."""
    for name, left in days.items():
        Session.objects.create(session_key=name, session_data="", expire_date=timezone.now() + timedelta(days=left))


def _assert_each_agent_moved_once_or_not_at_all(job: Job) -> None:
    """Move, pin, state and event of an agent are there together or not at all, and once."""
    items = JobItem.objects.filter(job=job)
    moved = Counter(Deployment.objects.filter(job=job.pk).values_list("agent_id", flat=True))
    pinned = Counter(Pin.objects.filter(environment=job.target).values_list("agent_id", flat=True))
    live = Counter(items.filter(version__release__state="production").values_list("agent_id", flat=True))
    pushes = Event.objects.filter(organization=job.organization, verb="release.pushed_to_production", outcome="done")
    assert moved == pinned == live == Counter(pushes.values_list("agent_id", flat=True))
    assert set(moved.values()) <= {1}
    ended = set(items.filter(state=JobItem.State.PROMOTED).values_list("agent_id", flat=True))
    assert ended <= set(moved)


def _assert_ended_with_true_counts(job: Job, crew: Crew) -> None:
    _assert_each_agent_moved_once_or_not_at_all(job)
    found = Job.objects.get(pk=job.pk)
    moved = set(Deployment.objects.filter(job=job.pk).values_list("agent_id", flat=True))
    promoted = JobItem.objects.filter(job=job, state=JobItem.State.PROMOTED).values_list("agent_id", flat=True)
    assert (found.state, set(promoted), len(moved)) == (Job.State.FINISHED, moved, AGENTS - 1)
    assert found.counts() == {"promoted": AGENTS - 1, "failed": 1, "pending": 0, "unchanged": 0, "skipped": 0}
    assert JobItem.objects.filter(job=job, state=JobItem.State.PROMOTED, deployment=None).count() == 0
    events = list(Event.objects.filter(organization=crew.organization).order_by("sequence"))
    assert all(after.sequence == before.sequence + 1 for before, after in pairwise(events))
    assert verify(crew.organization.pk).ok
