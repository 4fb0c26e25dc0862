"""What an environment served from when to when, the latest first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import Agent, Version
from environments.available import address
from environments.models import Deployment, Environment
from environments.timeline import moves_of, outcome

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class Span:
    """One version's stay: `until` is None while it is served, `lasted` says for how long in words."""

    version: Version
    version_url: str
    since: datetime
    until: datetime | None
    lasted: str
    did: str
    note: str
    record_url: str


def spans_of(agent: Agent, place: Environment, *, now: datetime, most: int) -> list[Span]:
    """The last stays in one environment; one query."""
    return [_span(agent, move, now) for move in moves_of(agent).filter(environment=place)[:most]]


def in_words(length: timedelta) -> str:
    """A length of time in its largest unit."""
    seconds = int(length.total_seconds())
    if seconds < HOUR:
        minutes = max(1, seconds // MINUTE)
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if seconds < 2 * DAY:
        hours = seconds // HOUR
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = seconds // DAY
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _span(agent: Agent, move: Deployment, now: datetime) -> Span:
    until: datetime | None = getattr(move, "until", None)
    lasted = in_words((until or now) - move.at)
    return Span(
        version=move.version,
        version_url=address(agent, "version", move.version.number),
        since=move.at,
        until=until,
        lasted=lasted if until else _("%s until now") % lasted,
        did=outcome(move),
        note=move.note,
        record_url=address(agent, "release", move.pk),
    )
