"""Who changed which part between two sides, as far as the history of the draft knows it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from django.db.models import F
from django.db.models.fields.json import KeyTextTransform

from agents.compare import Side
from agents.models import Agent, Draft

PARTS_ASKED = 60  # parts of one comparison whose authors are looked up
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
SAVES_READ = 2_000  # of the time between the two sides; of a longer time the newest ones


def authors_between(agent: Agent, left: Side, right: Side, paths: Iterable[str]) -> dict[str, list[str]]:
    """Part -> names of those who saved a change of it between the two sides, first one first; one query.

    What somebody did before the earlier side is not theirs here, and a save that put a part back counts too.
    """
    wanted = list(paths)[:PARTS_ASKED]
    earlier, later = sorted((left, right), key=_moment)
    if not wanted or _moment(earlier) == _moment(later):
        return {}
    saves = Draft.history.filter(agent=agent, history_date__gt=_moment(earlier), history_date__lte=_moment(later))
    held = {f"part_{number}": KeyTextTransform(path, "manifest__entries") for number, path in enumerate(wanted)}
    newest = saves.annotate(by=F("history_user__name"), **held).order_by("-history_date", "-history_id")
    rows = reversed(newest.values("by", *held)[:SAVES_READ])
    return _credited(rows, dict(zip(held, wanted, strict=True)), earlier.manifest)


def _credited(
    rows: Iterable[Mapping[str, str | None]], names: Mapping[str, str], manifest: Mapping[str, str]
) -> dict[str, list[str]]:
    last = {column: manifest.get(path) for column, path in names.items()}
    found: dict[str, list[str]] = {}
    for row in rows:
        for column, path in names.items():
            if row[column] != last[column] and row["by"] and row["by"] not in found.get(path, ()):
                found.setdefault(path, []).append(row["by"])
            last[column] = row[column]
    return found


def _moment(side: Side) -> datetime:
    """When the side was made: the beginning of time for nothing, its end for what still changes."""
    if side.at is None:
        return LAST if side.manifest else FIRST
    return side.at
