"""Real workers on Valkey: one is killed while it sends, a receiver hangs; everything arrives and nobody else waits."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pytest_django import Settings

from console.launcher.processes import Program
from console.organizations.models import Organization
from console.webhooks.actions import send_test
from console.webhooks.jobs import sweep_webhooks
from console.webhooks.models import Attempt, Delivery, Webhook
from tests.builders import a_small_agent
from tests.cast import Person
from tests.services import start_worker
from tests.webhooks.hooking import a_webhook
from tests.webhooks.receiving import receiving, silent

if TYPE_CHECKING:
    from celery import Celery

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
PATIENCE_SECONDS = 40.0


def until(true: Callable[[], Any]) -> None:
    """Do the schedule's part until something comes true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        sweep_webhooks()
        time.sleep(0.05)


@contextmanager
def a_worker(app: "Celery") -> Iterator[Program]:
    """A worker as an installation runs one for webhooks alone; killed at the end."""
    worker = start_worker(app, "--queues", "webhooks", "--concurrency", "4")
    try:
        yield worker
    finally:
        worker.stop(((signal.SIGKILL, 3.0),))


def test_worker__receiver_hangs_and_the_worker_is_killed__others_do_not_wait_and_everything_arrives(
    celery_on_valkey: "Celery",
    organization: Organization,
    mara: Person,
    dana: Person,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with receiving() as hanging, receiving() as quick:
        allowed = f"{hanging.address},{quick.address}"
        settings.WEBHOOK_ALLOW_HOSTS = allowed.split(",")
        monkeypatch.setenv("SLIPWAY_WEBHOOK_ALLOW_HOSTS", allowed)  # of the workers
        slow, fast = (a_webhook(organization, mara, receiver).webhook for receiver in (hanging, quick))
        hanging.always = silent
        with a_worker(celery_on_valkey) as doomed:
            send_test(fast, actor=mara.actor())
            until(lambda: quick.got)  # the worker is up
            for number in range(12):
                a_small_agent(organization, dana, slug=f"agent-{number}")
                sweep_webhooks()
            until(lambda: len(quick.got) >= 13 and hanging.got)
            doomed.stop(((signal.SIGKILL, 3.0),))
        waits = [one.at - one.delivery.message.at for one in tries_of(fast) if one.delivery.message.sequence]
        assert max(waits) < timedelta(seconds=5)

        # The leases of the dead worker end by time; the test moves them instead of waiting.
        assert set(Delivery.objects.filter(webhook=slow).values_list("state", flat=True)) == {"pending"}
        Delivery.objects.filter(state="pending").update(lease_until=None, next_at=slow.created_at)
        hanging.always = None
        with a_worker(celery_on_valkey):
            until(lambda: not Delivery.objects.filter(state="pending").exists())

        names = {delivery.message.name for delivery in Delivery.objects.filter(webhook=slow).select_related("message")}
        assert {got.id for got in hanging.got} == names
        assert len(hanging.got) > len(names) == 12
        assert len({(got.id, got.body) for got in hanging.got}) == 12
        assert len({got.id for got in quick.got}) == 13


def tries_of(webhook: Webhook) -> list[Attempt]:
    """Every try that was written down."""
    return list(Attempt.objects.filter(delivery__webhook=webhook).select_related("delivery__message"))
