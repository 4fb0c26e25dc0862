"""10,000 events, a receiver that fails three calls of ten, workers killed twenty times: everything arrives (G27).

Not part of the suite (tests/webhooks/test_worker.py is the small story), because it takes minutes:

    python -m pytest -s tests/webhooks/kill_run.py

Events happen while real workers with beat send them on a real Valkey; nothing is done by hand, the lease of a killed
worker ends by time. The day of the retry table is shortened in the workers of this program alone
(tests/webhooks/hurried.py). SLIPWAY_WEBHOOK_SEED repeats the dice of a run, _EVENTS, _KILLS and _HURRY change its size.
"""

import os
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from pytest_django import Settings

from agents.actions import create_agent, unarchive_agent
from agents.models import Agent
from audit.models import Event
from console.benchmarks.people import Crew, found_crew
from console.launcher.processes import Program
from console.outbound import look_up
from console.webhooks.actions import MadeWebhook, add_webhook
from console.webhooks.kinds import OF_VERB
from console.webhooks.models import Attempt, Delivery
from console.webhooks.pacing import WAITS
from environments.actions import archive_agent
from tests.services import running_services, start_worker
from tests.webhooks.moody import Moody, is_poison, is_signed
from tests.webhooks.receiving import Got, receiving

if TYPE_CHECKING:
    from celery import Celery

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

EVENTS = int(os.environ.get("SLIPWAY_WEBHOOK_EVENTS", "10000"))
KILLS = int(os.environ.get("SLIPWAY_WEBHOOK_KILLS", "20"))
HURRY = int(os.environ.get("SLIPWAY_WEBHOOK_HURRY", "1500"))  # 25 h of waits are one minute
SEED = int(os.environ.get("SLIPWAY_WEBHOOK_SEED", "20261127"))
WEBHOOKS = 10  # each of an organization of its own
PATIENCE_SECONDS = 1_200.0
LEAST_TRIES = 8  # G27
UNDER_WAY = 2  # calls to one webhook at once
LONGEST_CALL = 15.0  # seconds


@dataclass(frozen=True)
class Line:
    """One organization with its webhook."""

    crew: Crew
    made: MadeWebhook
    path: str


def test_webhooks__workers_killed_and_three_calls_of_ten_failing__everything_arrives_or_is_truly_dead(
    celery_on_valkey: "Celery", settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments, moody, began = random.Random(SEED), Moody(random.Random(SEED)), time.monotonic()
    with receiving() as receiver:
        receiver.always = moody
        settings.WEBHOOK_ALLOW_HOSTS = [receiver.address]
        monkeypatch.setenv("SLIPWAY_WEBHOOK_ALLOW_HOSTS", receiver.address)  # of the workers
        monkeypatch.setenv("SLIPWAY_TEST_HURRY", str(HURRY))
        lines = [_line(receiver.url(f"/{number}"), f"/{number}") for number in range(WEBHOOKS)]
        with _happening(lines):
            for number in range(KILLS):
                with _worker(celery_on_valkey) as doomed:
                    _until_taken(moody, (number + moments.random()) * EVENTS / (KILLS + 1))
                    time.sleep(moments.random() * 0.05)  # anywhere in a delivery
                    os.kill(doomed.pid, signal.SIGKILL)
                    doomed.wait(5.0)
        taken_under_kills = moody.count()
        with _worker(celery_on_valkey):
            _until_nothing_waits()
        dead = [_assert_told(line, moody, receiver.got) for line in lines]
    assert moody.most_at_once <= UNDER_WAY
    assert moody.oldest < LONGEST_CALL
    _say(moody, len(receiver.got), sum(dead), taken_under_kills, time.monotonic() - began)


def _line(url: str, path: str) -> Line:
    crew = found_crew(f"line-{path.strip('/')}")
    kinds = ["agent.archived", "agent.unarchived"]
    return Line(crew, add_webhook(crew.organization, actor=crew.admin, kinds=kinds, destination=look_up(url)), path)


def _agent_of(line: Line) -> Agent:
    return create_agent(line.crew.organization, actor=line.crew.developer, slug="agent", name="Agent")


@contextmanager
def _happening(lines: list[Line]) -> Iterator[None]:
    """Events in all organizations while the block lasts; it ends after them."""

    def happen() -> None:
        try:
            agents = [_agent_of(line) for line in lines]
            for number in range(EVENTS):
                line, agent = lines[number % len(lines)], agents[number % len(lines)]
                act = unarchive_agent if number // len(lines) % 2 else archive_agent
                act(agent, actor=line.crew.admin)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as thread:
        happening = thread.submit(happen)
        yield
        happening.result()


@contextmanager
def _worker(app: "Celery") -> Iterator[Program]:
    """A worker as an installation runs one, in a hurry; killed at the end."""
    beat = ["--beat", "--schedule", str(running_services().folder / "beat")]
    worker = start_worker(app, "--concurrency", "4", *beat, application="tests.webhooks.hurried:app")
    try:
        yield worker
    finally:
        worker.stop(((signal.SIGKILL, 3.0),))


def _until_taken(moody: Moody, number: float) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while moody.count() < number:
        assert time.monotonic() < deadline, f"{moody.count()} of {number:.0f} messages have arrived"
        time.sleep(0.005)


def _until_nothing_waits() -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Delivery.objects.exclude(state="pending").count() < EVENTS:
        assert time.monotonic() < deadline, f"{Delivery.objects.filter(state='pending').count()} messages wait"
        time.sleep(0.2)


def _assert_told(line: Line, moody: Moody, came: list[Got]) -> int:
    """Every event of the log arrived under one id with one body, or is a dead letter after all its tries; how many."""
    verbs = [verb for verb, kind in OF_VERB.items() if kind in line.made.webhook.kinds]
    happened = Event.objects.filter(organization=line.crew.organization, verb__in=verbs, outcome="done")
    calls: dict[str, list[Got]] = defaultdict(list)
    for got in (got for got in came if got.path == line.path):
        calls[got.told["data"]["event"]].append(got)
        assert is_signed(got, line.made.secret)
    assert calls.keys() == {str(pk) for pk in happened.values_list("pk", flat=True)}
    assert all(len({(got.id, got.body) for got in tries}) == 1 for tries in calls.values())

    deliveries = {
        one.message.name: one for one in Delivery.objects.filter(webhook=line.made.webhook).select_related("message")
    }
    assert {tries[0].id for tries in calls.values()} == deliveries.keys()
    arrived, dead = set(moody.taken[line.path]), {name for name, one in deliveries.items() if one.state == "dead"}
    assert arrived | dead == deliveries.keys()
    assert {name for name, one in deliveries.items() if one.state == "delivered"} <= arrived
    assert {name for name in deliveries if is_poison(name)} <= dead
    made = {tries[0].id: len(tries) for tries in calls.values()}
    for name in dead:
        assert (deliveries[name].tries, made[name] >= LEAST_TRIES) == (len(WAITS) + 1, True), made[name]
    _assert_waited(line)
    line.made.webhook.refresh_from_db()
    assert line.made.webhook.disabled_at is None
    return len(dead)


def _assert_waited(line: Line) -> None:
    """Between two tries at least the wait of the table, as far as it was shortened."""
    tries = defaultdict(list)
    for one in Attempt.objects.filter(delivery__webhook=line.made.webhook).order_by("delivery_id", "number"):
        tries[one.delivery_id].append(one)
    for log in tries.values():
        for before, after in pairwise(log):
            if after.number == before.number + 1:
                assert after.at - before.at >= timedelta(seconds=WAITS[before.number - 1] / HURRY)


def _say(moody: Moody, calls: int, dead: int, under_kills: int, seconds: float) -> None:
    poisoned = sum(is_poison(one.message.name) for one in Delivery.objects.select_related("message"))
    twice = sum(times > 1 for names in moody.taken.values() for times in names.values())
    lost = sum(Delivery.objects.values_list("attempts", flat=True)) - Attempt.objects.count()
    sys.stdout.write(
        f"\n{EVENTS:,} events, {WEBHOOKS} webhooks, {KILLS} kills, seed {SEED}, waits / {HURRY:,}, {seconds:.0f} s:\n"
        f"{moody.count():,} arrived ({under_kills:,} before the last kill), {twice:,} of them more than once;"
        f" {dead} dead letters, {poisoned} of them messages that the receiver never takes;\n"
        f"{calls:,} calls, {moody.failed:,} failed, at most {moody.most_at_once} at once to a webhook;"
        f" {lost} tries begun by workers that were killed and never written down\n"
    )
