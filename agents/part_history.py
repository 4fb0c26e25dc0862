"""The saves of one part of a draft: who changed it when, and what it was before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models.fields.json import KeyTextTransform

from agents.models import Draft

_LOOKED_AT = 500  # saves of the whole draft; of older ones the history page tells


@dataclass(frozen=True)
class PartSave:
    """One save that changed the part. `digest` is what it became, None when it was taken out.

    `pk` and `previous` are the saves of the whole draft with and before the change; `previous` is None at the start.
    """

    pk: int
    at: datetime
    by: str
    by_id: Any
    digest: str | None
    previous: int | None


def part_saves(draft: Draft, path: str, *, most: int) -> list[PartSave]:
    """The last saves that changed the part, newest first. One query; only digests are read."""
    history = Draft.history.filter(agent=draft.agent_id).annotate(part=KeyTextTransform(path, "manifest__entries"))
    rows = list(
        history.order_by("-pk").values_list("pk", "history_date", "history_user__name", "history_user_id", "part")[
            :_LOOKED_AT
        ]
    )
    found: list[PartSave] = []
    for row, older in zip(rows, [*rows[1:], None], strict=True):
        if (older is None and len(rows) < _LOOKED_AT and row[4]) or (older is not None and row[4] != older[4]):
            found.append(_save(row, older))
        if len(found) == most:
            break
    return found


def last_change(draft: Draft, path: str) -> PartSave | None:
    """Who brought the part to what it is now."""
    return next(iter(part_saves(draft, path, most=1)), None)


def last_with(draft: Draft, path: str) -> int | None:
    """The newest save in which the part was there, to bring it back from; None when none of the last 500 has it."""
    history = Draft.history.filter(agent=draft.agent_id).annotate(part=KeyTextTransform(path, "manifest__entries"))
    rows = history.order_by("-pk").values_list("pk", "part")[:_LOOKED_AT]
    return next((pk for pk, part in rows if part), None)


def _save(row: Any, older: Any) -> PartSave:
    pk, at, by, by_id, digest = row
    return PartSave(pk, at, by or "Slipway", by_id, digest, older[0] if older else None)
