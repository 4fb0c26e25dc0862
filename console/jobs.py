"""Housekeeping of the console itself."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def clear_expired_sessions() -> None:
    """Remove sessions that ended; safe to run at any time and twice."""
    call_command("clearsessions")
