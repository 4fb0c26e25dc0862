"""The history of a draft: every save with who, why, and which sections it changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agents.models import Agent, Draft
from agents.reading import changed_paths
from agents.summaries import title_of

PAGE = 50
PAUSE = timedelta(minutes=10)
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


@dataclass(frozen=True)
class Sitting:
    """What one person saved in one part in one go: the last save stands for it, the earlier ones are folded away."""

    last: Save
    earlier: list[Save]

    @property
    def first(self) -> Save:
        """The save with which it began."""
        return self.earlier[-1] if self.earlier else self.last


def sittings(saves: Iterable[Save]) -> list[Sitting]:
    """Saves, newest first, with those of one person in one part and with short pauses folded together.

    Only the display folds: every save is kept, and each can be looked at and restored.
    """
    found: list[Sitting] = []
    for save in saves:
        if found and _goes_on(found[-1].first, save):
            found[-1].earlier.append(save)
        else:
            found.append(Sitting(save, []))
    return found


def _goes_on(later: Save, save: Save) -> bool:
    is_typing = len(save.paths) == 1 and save.reason == later.reason == f"Saved {save.paths[0]}"
    return is_typing and save.paths == later.paths and save.by == later.by and later.at - save.at <= PAUSE


def saves_of(agent: Agent, *, before: int | None = None, size: int = PAGE) -> list[Save]:
    """Up to one more than a page of saves, newest first; constant number of queries."""
    entries = Draft.history.filter(agent=agent).select_related("manifest", "base", "history_user")
    if before is not None:
        entries = entries.filter(pk__lt=before)
    found = list(entries.order_by("-pk")[: size + 2])
    older: list[Any] = [*found[1:], None][: len(found)]
    return [_save(entry, previous) for entry, previous in zip(found, older, strict=True)][: size + 1]


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
