"""What docs/webhooks.md promises: its receiver runs as it stands, its tables are those of the code."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from console.organizations.models import Organization
from console.outbound import look_up
from console.webhooks.actions import redeliver, rotate_secret, send_test
from console.webhooks.kinds import KIND_NAMES, TEST
from console.webhooks.models import Attempt
from console.webhooks.pacing import WAITS
from tests.cast import Person
from tests.throwaway import free_port
from tests.webhooks.hooking import a_webhook, one_round, only_delivery
from tests.webhooks.receiving import Receiver

PAGE = (Path(__file__).resolve().parents[2] / "docs/webhooks.md").read_text(encoding="utf-8")
(SAMPLE,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def started(secret: str, port: int) -> subprocess.Popen[str]:
    """The sample of the page as a program of its own."""
    env = {**os.environ, "SLIPWAY_WEBHOOK_SECRET": secret, "PORT": str(port)}
    return subprocess.Popen([sys.executable, "-c", SAMPLE], env=env, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def port(settings: Settings) -> int:
    """Where the sample listens; the operator allowed it."""
    port = free_port()
    settings.WEBHOOK_ALLOW_HOSTS = [f"127.0.0.1:{port}"]
    return port


@pytest.fixture
def stopped() -> Iterator[list[subprocess.Popen[str]]]:
    """Programs that are ended when the test is over."""
    programs: list[subprocess.Popen[str]] = []
    yield programs
    for program in programs:
        program.kill()
        program.wait()


@pytest.mark.django_db
def test_sample__run_as_it_stands__takes_our_messages_once_and_refuses_others(
    organization: Organization, mara: Person, port: int, stopped: list[subprocess.Popen[str]]
) -> None:
    made = a_webhook(organization, mara, Receiver(port))
    program = started(made.secret, port)
    stopped.append(program)
    wait_for(port)

    send_test(made.webhook, actor=mara.actor())
    assert one_round() == 1
    redeliver(made.webhook, actor=mara.actor(), delivery=only_delivery(made.webhook))
    assert one_round() == 1
    rotate_secret(made.webhook, actor=mara.actor(), overlap_hours=1)
    send_test(made.webhook, actor=mara.actor())
    assert one_round() == 1
    rotate_secret(made.webhook, actor=mara.actor(), overlap_hours=0)
    send_test(made.webhook, actor=mara.actor())
    assert one_round() == 0

    assert Attempt.objects.latest("pk").status == 401
    program.kill()
    lines = program.communicate()[0].splitlines()
    assert len(lines) == 2  # the replay was recognised by its id
    assert all(line.startswith("webhook.test http") for line in lines)


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail("the sample does not listen")


def test_page__names__every_kind_and_every_wait() -> None:
    named = set(re.findall(r"`((?:version|hold|approval|job|agent|webhook)\.[a-z_]+)`", PAGE))
    row = next(line for line in PAGE.splitlines() if line.startswith("| after the one before"))
    units = {"s": 1, "min": 60, "h": 3600}
    waits = [int(number) * units[unit] for number, unit in re.findall(r"(\d+) (s|min|h)\b", row)]

    assert named == {*KIND_NAMES, TEST}
    assert tuple(waits) == WAITS
    assert look_up("http://127.0.0.1:8099/").wrong == ""
