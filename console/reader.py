"""How the person who reads this answer wants times: their zone, and a clock of 12 or 24 hours."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, tzinfo
from urllib.parse import unquote

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from console.organizations.models import User
from console.organizations.preferences import zone_named

ZONE_COOKIE = "slipway-zone"  # the browser's zone, noted by static/js/console.js
clock: ContextVar[str] = ContextVar("clock", default="24")


def zone_of(person: User | AnonymousUser, browser: str) -> tzinfo:
    """UTC when the person asked for it; else their zone, the browser's, the installation's."""
    if isinstance(person, User):
        if person.times_in_utc:
            return UTC
        chosen = zone_named(person.time_zone)
        if chosen:
            return chosen
    return zone_named(unquote(browser)) or timezone.get_default_timezone()


@contextmanager
def reading_as(person: User | AnonymousUser, browser: str) -> Iterator[None]:
    """While this lasts, templates show times as the person wants them."""
    former = clock.set(person.clock if isinstance(person, User) else "24")
    try:
        with timezone.override(zone_of(person, browser)):
            yield
    finally:
        clock.reset(former)
