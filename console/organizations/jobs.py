"""Scheduled work of people and organizations."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone

from console.organizations.models import Notification, OutgoingMail

logger = logging.getLogger(__name__)

BATCH = 50
KEPT_DAYS = 180
# Minutes until the next attempt; after one more the mail is given up and the log says so.
WAITS = (1, 5, 15, 60, 180, 360, 720)


@shared_task
def forget_old_notifications() -> int:
    """Forget what people were told half a year ago; the releases and the audit log keep what happened.

    Returns how many. Safe to run twice.
    """
    forgotten, _ = Notification.objects.filter(at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
    return forgotten


@shared_task
def send_outgoing_mail() -> int:
    """Send the mails that are due and forget them; a failure is tried again over a day. Returns how many went.

    Safe to run twice at the same time: a run claims its mails first, and talks to the mail server outside
    of any transaction (T51). A killed run's mails are due again after the wait that the claim set.
    """
    return sum(_send(mail) for mail in _claim())


def _claim() -> list[OutgoingMail]:
    now = timezone.now()
    with transaction.atomic():
        due = OutgoingMail.objects.filter(next_attempt_at__lte=now).order_by("next_attempt_at")
        claimed = list(due.select_for_update(skip_locked=True, no_key=True)[:BATCH])
        for mail in claimed:
            mail.next_attempt_at = now + timedelta(minutes=WAITS[min(mail.attempts, len(WAITS) - 1)])
            mail.attempts += 1
            mail.save(update_fields=["attempts", "next_attempt_at"])
    return claimed


def _send(mail: OutgoingMail) -> bool:
    message = EmailMultiAlternatives(
        mail.subject, mail.body, to=mail.to, connection=get_connection(settings.MAIL_TRANSPORT)
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    try:
        message.send()
    except OSError:  # every SMTP error is one
        if mail.attempts > len(WAITS):
            logger.exception("A mail was given up after %s attempts: %s", mail.attempts, mail.subject)
            mail.delete()
        else:
            logger.warning("A mail could not be sent and is tried again: %s", mail.subject)
        return False
    mail.delete()
    return True
