"""The page of what a person was told: one page of it, each entry only as far as its agent may still be seen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agents.models import Agent
from console.organizations.models import Notification, Organization, User
from environments.marks import id_in
from environments.sentences import sentence_of

PAGE = 50
ICONS = {
    "promoted": "flask-conical",
    "ready": "badge-check",
    "changes_requested": "message-square-warning",
    "pushed": "rocket",
    "glass_broken": "triangle-alert",
    "rolled_back": "undo-2",
    "approval_stale": "hourglass",
    "webhook_disabled": "unlink",
}


@dataclass(frozen=True)
class Notice:
    """One entry; without a sentence its agent is no longer there for this person."""

    pk: Any
    at: datetime
    is_new: bool
    icon: str
    sentence: str = ""
    said: str = ""


@dataclass(frozen=True)
class Notices:
    """The entries, newest first, and the mark of the older ones (empty at the end)."""

    entries: list[Notice]
    older: str


def notices_of(person: User, organization: Organization, *, cursor: str = "") -> Notices:
    """The page that begins below the entry of the cursor."""
    found = Notification.objects.of(person, organization).newest_first()
    found = found.filter(pk__lt=id_in(cursor)) if cursor else found
    rows = list(found[: PAGE + 1])
    shown = rows[:PAGE]
    visible = Agent.objects.visible_to(person, organization).filter(pk__in={row.agent_id for row in shown})
    seen = set(visible.values_list("pk", flat=True))
    entries = [_notice(row, is_visible=row.agent_id is None or row.agent_id in seen) for row in shown]
    return Notices(entries, str(shown[-1].pk) if len(rows) > PAGE else "")


def _notice(row: Notification, *, is_visible: bool) -> Notice:
    notice = Notice(pk=row.pk, at=row.at, is_new=row.read_at is None, icon=ICONS.get(row.event, "info"))
    if not is_visible:
        return notice
    return Notice(notice.pk, notice.at, notice.is_new, notice.icon, sentence_of(row), row.said)
