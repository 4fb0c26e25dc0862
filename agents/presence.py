"""Who else has a draft open, and in which part: told by a light ping of their windows, forgotten soon after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent, Presence
from agents.summaries import title_of
from audit.clock import database_time
from console.organizations.models import User

GONE_AFTER = timedelta(seconds=80)  # windows ping every 30 s; browsers may delay the timers of one in the background
IDLE_AFTER = timedelta(minutes=2)
FORGOTTEN_AFTER = timedelta(days=1)
WINDOWS_KEPT = 20  # of one person on one agent


@dataclass(frozen=True)
class Other:
    """A colleague in one part of the draft."""

    name: str
    path: str
    state: str
    idle_minutes: int | None

    def words(self, path: str) -> str:
        """What they do, for somebody who has the part `path` open."""
        values = {"name": self.name, "part": title_of(self.path), "mine": title_of(path), "minutes": self.idle_minutes}
        if self.state == Presence.State.UNSAVED and self.idle_minutes:
            return _("%(name)s has unsaved changes in %(part)s, idle for %(minutes)s min.") % values
        if self.state == Presence.State.VIEWING or self.idle_minutes:
            return _("%(name)s is viewing %(part)s.") % values
        if self.path == path:
            return _("%(name)s is editing %(part)s too.") % values
        return _("%(name)s is editing %(part)s (you are in %(mine)s).") % values


def note(agent: Agent, user: User, *, window: UUID, path: str, state: str) -> None:
    """A window of this person shows a part. Rows of a day ago go, and the oldest of too many windows."""
    now = database_time()
    edited = {} if state == Presence.State.VIEWING else {"edited_at": now}
    with transaction.atomic():
        Presence.objects.update_or_create(
            agent=agent, user=user, window=window, defaults={"path": path, "state": state, "seen_at": now, **edited}
        )
        mine = Presence.objects.filter(agent=agent, user=user).order_by("-seen_at")
        Presence.objects.filter(pk__in=mine.values("pk")[WINDOWS_KEPT:]).delete()
        Presence.objects.filter(agent=agent, seen_at__lt=now - FORGOTTEN_AFTER).delete()


def others(agent: Agent, user: User) -> list[Other]:
    """The colleagues who have the draft open now, by name; one entry per person and part. One query."""
    now = database_time()
    rows = Presence.objects.filter(agent=agent, seen_at__gte=now - GONE_AFTER).exclude(user=user)
    return [_other(found, now) for found in _strongest(rows.select_related("user").order_by("user__name", "path"))]


def _strongest(rows: Iterable[Presence]) -> list[Presence]:
    """Of several windows of one person in one part, the one in which most happens."""
    order = [Presence.State.VIEWING, Presence.State.UNSAVED, Presence.State.EDITING]
    found: dict[tuple[object, str], Presence] = {}
    for row in rows:
        key = (row.user_id, row.path)
        if key not in found or order.index(Presence.State(row.state)) > order.index(Presence.State(found[key].state)):
            found[key] = row
    return list(found.values())


def _other(row: Presence, now: datetime) -> Other:
    idle = now - row.edited_at if row.edited_at else None
    minutes = int(idle.total_seconds() // 60) if idle and idle > IDLE_AFTER else None
    return Other(row.user.name, row.path, row.state, minutes)
