"""The history of a draft: every save with who, why, and which sections it changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agents.models import Agent, Draft
from agents.reading import changed_paths
from agents.summaries import title_of

PAGE = 50
_TITLES = 6


@dataclass(frozen=True)
class Save:
    """One save of a draft; `previous` is the save before it, None for the first."""

    pk: int
    at: datetime
    by: str
    reason: str
    digest: str
    base: int | None
    previous: int | None
    paths: list[str]

    @property
    def changed(self) -> list[str]:
        """The first parts it changed, in words."""
        return [title_of(path) for path in self.paths[:_TITLES]]

    @property
    def further(self) -> int:
        """How many more parts it changed."""
        return max(0, len(self.paths) - _TITLES)


def saves_of(agent: Agent, *, before: int | None = None) -> list[Save]:
    """Up to one more than a page of saves, newest first; constant number of queries."""
    entries = Draft.history.filter(agent=agent).select_related("manifest", "base", "history_user")
    if before is not None:
        entries = entries.filter(pk__lt=before)
    found = list(entries.order_by("-pk")[: PAGE + 2])
    older: list[Any] = [*found[1:], None][: len(found)]
    return [_save(entry, previous) for entry, previous in zip(found, older, strict=True)][: PAGE + 1]


def _save(entry: Any, previous: Any) -> Save:
    held = previous.manifest.entries if previous else {}
    return Save(
        pk=entry.pk,
        at=entry.history_date,
        by=entry.history_user.name if entry.history_user else "Slipway",
        reason=entry.history_change_reason or "Saved",
        digest=entry.manifest.digest,
        base=entry.base.number if entry.base else None,
        previous=previous.pk if previous else None,
        paths=changed_paths(held, entry.manifest.entries) if previous else [],
    )
