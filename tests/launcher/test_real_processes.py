"""The processes that other tests may ask for: worker, web server, both on the test database."""

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from console.jobs import clear_expired_sessions
from console.launcher.health import is_healthy
from console.launcher.processes import POLL_SECONDS, Program

pytestmark = pytest.mark.services

PATIENCE_SECONDS = 15.0


def test_send_task__real_worker__works_on_the_test_database(celery_worker_process: Program) -> None:
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))
    Session.objects.create(session_key="new", session_data="", expire_date=timezone.now() + timedelta(days=1))
    clear_expired_sessions.delay()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Session.objects.count() > 1 and time.monotonic() < deadline:
        assert celery_worker_process.is_running()
        time.sleep(POLL_SECONDS)

    assert [session.session_key for session in Session.objects.all()] == ["new"]


def test_get__real_web_server__is_healthy_on_the_test_database(web_server_process: str) -> None:
    assert is_healthy(int(web_server_process.rpartition(":")[2]))
