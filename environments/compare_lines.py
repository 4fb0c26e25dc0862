"""The unchanged lines that a comparison leaves out, shown where they belong when somebody asks for them."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from agents.compare import Side
from agents.contents import PartLoader
from agents.models import Agent
from agents.names import steps_of
from audit.diff import split_lines
from audit.side_by_side import Row, unchanged_rows
from console.organizations.errors import NotFound, Stale

STEP = 20  # lines that are shown at one end
LINES_AT_ONCE = 20_000


def unfolded(agent: Agent, side: Side, asked: dict[str, Any]) -> list[Row]:
    """The lines of the right side that a fold row stands for, with a fold row for what stays hidden.

    `asked`: part, digest (of the part as the page shows it), at (pointer of the text inside the part), old, new,
    count, show (all, top, bottom). Refuses with `NotFound`, and with `Stale` when the part is another one now.
    """
    digest = side.manifest.get(asked["part"], "")
    if not digest.startswith(asked["digest"]):
        raise Stale(_("This part was changed meanwhile. Reload the page to see it as it is now."), etag=digest)
    lines = split_lines(_text(agent, digest, asked["part"], asked["at"]))
    old, new = asked["old"], asked["new"]
    count = max(0, min(asked["count"], len(lines) - new + 1))
    shown = min(count, LINES_AT_ONCE if asked["show"] == "all" else STEP)
    hidden = count - shown
    first = hidden if asked["show"] == "bottom" else 0
    rows = unchanged_rows(lines[new - 1 + first : new - 1 + first + shown], old + first, new + first)
    rows[:1] = [replace(row, unfolded=True) for row in rows[:1]]
    if not hidden:
        return rows
    rest = 0 if first else shown
    fold = Row("fold", old + rest, right_no=new + rest, hidden=hidden)
    return [fold, *rows] if first else [*rows, fold]


def _text(agent: Agent, digest: str, path: str, pointer: str) -> str:
    if not digest:
        raise NotFound(_("There is no such part on the right side."))
    value = PartLoader(agent.organization, {path: digest}, {})(digest)
    if not pointer:
        value = value.get("content") if isinstance(value, dict) else value
    for step in steps_of(pointer)[len(path.split("/", 1)) :]:
        value = _member(value, step)
    if not isinstance(value, str):
        raise NotFound(_("There is no such text in this part."))
    return value


def _member(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return None
