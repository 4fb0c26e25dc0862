"""Mail leaves through an outbox: promised with the act, sent by the worker, tried again, never twice."""

import pytest
from django.core import mail
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from console.organizations.jobs import WAITS, send_outgoing_mail
from console.organizations.models import OutgoingMail
from tests.settings import EMAIL_BACKEND as LOCMEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: Settings) -> None:
    """The backend of the product; the worker's transport keeps what it is given."""
    settings.EMAIL_BACKEND = "console.organizations.outbox.OutboxBackend"
    settings.MAIL_TRANSPORT = LOCMEM


def promise() -> None:
    """One mail."""
    send_mail("Ready\nfor you", "v7 waits for you.", "slipway@example.com", ["quinn@example.com"])


def test_mail__sent_in_a_transaction__leaves_after_it_and_once() -> None:
    promise()
    assert mail.outbox == []

    assert send_outgoing_mail() == 1

    assert [(one.subject, one.body, one.to) for one in mail.outbox] == [
        ("Ready for you", "v7 waits for you.", ["quinn@example.com"])
    ]
    assert send_outgoing_mail() == 0
    assert OutgoingMail.objects.count() == 0


def test_mail__of_an_act_that_was_undone__is_never_sent() -> None:
    with transaction.atomic():
        promise()
        transaction.set_rollback(True)

    assert send_outgoing_mail() == 0


def test_mail__server_away__waits_longer_each_time_and_is_given_up_at_last(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens
    promise()

    waits = []
    for _ in WAITS:
        assert send_outgoing_mail() == 0
        waiting = OutgoingMail.objects.get()
        waits.append(round((waiting.next_attempt_at - timezone.now()).total_seconds() / 60))
        assert send_outgoing_mail() == 0
        assert OutgoingMail.objects.get().attempts == waiting.attempts
        OutgoingMail.objects.update(next_attempt_at=timezone.now())
    assert waits == list(WAITS)

    send_outgoing_mail()

    assert OutgoingMail.objects.count() == 0
    assert "given up" in caplog.text
