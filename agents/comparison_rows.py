"""How the rows of a structured part stand on the page: by item, or as a tree of what they are in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from agents.comparison import Item, Row, SectionChange
from agents.parts import ITEM_SECTIONS
from audit.words import Piece, Pieces, WordMarks

BY_ITEM = frozenset({"flow", "policies", "variables"})
DEPTH_SHOWN = 6
_STEP = " › "

Steps = tuple[str, ...]
Kind = Literal["item", "branch", "row"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the table: the heading of an item or a branch, or a difference with its values cut into pieces."""

    kind: Kind
    name: str
    depth: int = 0
    change: str = ""
    row: Row | None = None
    old: Pieces = ()
    new: Pieces = ()


def shown_rows(part: SectionChange) -> list[Shown]:
    """The rows of a part in their order: flow, policies and variables by item, the repeated parts as trees."""
    marks = WordMarks()
    if part.section in BY_ITEM and part.path == part.section:
        return list(_by_item(part, marks))
    if part.section in ITEM_SECTIONS:
        return list(_tree([(_steps(row)[1:] or ("value",), row) for row in part.rows], 0, marks))
    return [_line(row.name, row, 0, marks) for row in part.rows]


def _by_item(part: SectionChange, marks: WordMarks) -> Iterator[Shown]:
    start = 0
    for item in part.items:
        rows = part.rows[start : start + item.rows]
        start += item.rows
        yield from _of_item(item, rows, marks)
    yield from (_line(row.name, row, 0, marks) for row in part.rows[start:])


def _of_item(item: Item, rows: Sequence[Row], marks: WordMarks) -> Iterator[Shown]:
    inside = [(_inside(row), row) for row in rows]
    if len(inside) == 1:
        steps, row = inside[0]
        own = not steps or row.name == item.name
        yield _line(item.name if own else _STEP.join((item.name, *steps)), row, 0, marks)
        return
    if inside:
        yield Shown("item", item.name, 0, item.change)
        yield from (_line(_STEP.join(steps) or item.name, row, 1, marks) for steps, row in inside)


def _inside(row: Row) -> Steps:
    """The steps to a row below its item: a node and an edge are two steps deep, everything else one."""
    steps = _steps(row)
    return steps[2:] if steps[0] in {"nodes", "edges"} else steps[1:]


def _tree(rows: Sequence[tuple[Steps, Row]], depth: int, marks: WordMarks) -> Iterator[Shown]:
    """What shares its first step stands under it; what stands alone is one line."""
    for first, run in groupby(rows, key=lambda pair: pair[0][0]):
        inside = list(run)
        if len(inside) == 1 or depth == DEPTH_SHOWN:
            yield from (_line(_STEP.join(steps), row, depth, marks) for steps, row in inside)
        else:
            shared = _shared([steps[:-1] for steps, _row in inside]) or (first,)
            yield Shown("branch", _STEP.join(shared), depth)
            rest = [(steps[len(shared) :] or ("value",), row) for steps, row in inside]
            yield from _tree(rest, depth + 1, marks)


def _shared(paths: Sequence[Steps]) -> Steps:
    """The steps with which all of them begin."""
    low, high = min(paths), max(paths)
    same = next((place for place, step in enumerate(low) if step != high[place]), len(low))
    return low[:same]


def _line(name: str, row: Row, depth: int, marks: WordMarks) -> Shown:
    old, new = row.old, row.new
    left: Pieces = () if old is None else (Piece(old, True),)
    right: Pieces = () if new is None else (Piece(new, True),)
    if old and new and old != new:
        left, right = marks.mark(old, new)
    return Shown("row", name, depth, row.change, row, left, right)


def _steps(row: Row) -> Steps:
    return tuple(row.name.split(_STEP))
