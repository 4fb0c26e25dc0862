"""Three-way merge of sequences by what changed against their common base (as diff3 does)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from audit.diff import split_lines
from audit.matching import gaps, match

Winner = Literal["theirs", "mine"]
Side = Literal["same", "theirs", "mine", "conflict"]
Pick = Literal["base", "theirs", "mine", "both"]


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged items; in `conflicts` many regions the winner's items were taken."""

    items: tuple[str, ...]
    conflicts: int


@dataclass(frozen=True, slots=True)
class _Edit:
    """Base items [low, high) became items [new_low, new_high) of one side."""

    low: int
    high: int
    new_low: int
    new_high: int


def merge_text(base: str, theirs: str, mine: str, winner: Winner) -> tuple[str, int]:
    """The merged text and how many regions both sides changed differently; the winner decides those.

    Changes that overlap or touch are one region. Every line that a side added is in the result, unless the
    region was decided for the other side.
    """
    merged = merge_items(split_lines(base), split_lines(theirs), split_lines(mine), winner)
    return "".join(merged.items), merged.conflicts


def merge_items(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str], winner: Winner) -> Merged:
    """The same for any items that end with a newline and hold no other."""
    items: list[str] = []
    conflicts = at = 0
    for group, new_group in _regions(_edits(base, theirs), _edits(base, mine)):
        low = min(edit.low for edit in chain(group, new_group))
        high = max(edit.high for edit in chain(group, new_group))
        items += base[at:low]
        their_items = _side(base, theirs, group, low, high)
        my_items = _side(base, mine, new_group, low, high)
        if not new_group or their_items == my_items:
            items += their_items
        elif not group:
            items += my_items
        else:
            conflicts += 1
            items += their_items if winner == "theirs" else my_items
        at = high
    items += base[at:]
    return Merged(tuple(items), conflicts)


@dataclass(frozen=True, slots=True)
class Region:
    """Neighbouring lines of three texts. `side` says who changed them: "same" is nobody, or both in one way.

    `line` is the first line in the base, counted from 1.
    """

    side: Side
    line: int
    base: tuple[str, ...]
    theirs: tuple[str, ...]
    mine: tuple[str, ...]

    def picked(self, pick: Pick) -> tuple[str, ...]:
        """The lines of a choice; "both" is theirs and then mine, each ending in a line of its own."""
        if pick == "both":
            return (*(line if line.endswith("\n") else f"{line}\n" for line in self.theirs), *self.mine)
        return {"base": self.base, "theirs": self.theirs, "mine": self.mine}[pick]


def regions(base: str, theirs: str, mine: str) -> list[Region]:
    """The three texts side by side from beginning to end, cut where somebody changed something."""
    old, left, right = split_lines(base), split_lines(theirs), split_lines(mine)
    found: list[Region] = []
    at = 0
    for group, new_group in _regions(_edits(old, left), _edits(old, right)):
        low = min(edit.low for edit in chain(group, new_group))
        high = max(edit.high for edit in chain(group, new_group))
        found += _untouched(old, at, low)
        their_lines, my_lines = _side(old, left, group, low, high), _side(old, right, new_group, low, high)
        side: Side = "theirs" if not new_group else "mine" if not group else "conflict"
        side = "same" if their_lines == my_lines else side
        found.append(Region(side, low + 1, tuple(old[low:high]), tuple(their_lines), tuple(my_lines)))
        at = high
    return found + _untouched(old, at, len(old))


def _untouched(base: Sequence[str], low: int, high: int) -> list[Region]:
    lines = tuple(base[low:high])
    return [Region("same", low + 1, lines, lines, lines)] if lines else []


def _edits(base: Sequence[str], side: Sequence[str]) -> list[_Edit]:
    blocks = match(base, side).blocks
    return [_Edit(*gap) for gap in gaps(blocks, len(base), len(side))]


def _regions(theirs: list[_Edit], mine: list[_Edit]) -> Iterator[tuple[list[_Edit], list[_Edit]]]:
    """Edits of both sides grouped by where they meet in the base."""
    tagged = [(edit, 0) for edit in theirs] + [(edit, 1) for edit in mine]
    region: tuple[list[_Edit], list[_Edit]] = ([], [])
    end = -1
    for edit, side in sorted(tagged, key=lambda each: (each[0].low, each[0].high, each[1])):
        if edit.low > end and (region[0] or region[1]):
            yield region
            region = ([], [])
        region[side].append(edit)
        end = max(end, edit.high)
    if region[0] or region[1]:
        yield region


def _side(base: Sequence[str], side: Sequence[str], edits: list[_Edit], low: int, high: int) -> list[str]:
    """What base items [low, high) are on one side."""
    items: list[str] = []
    at = low
    for edit in edits:
        items += base[at : edit.low]
        items += side[edit.new_low : edit.new_high]
        at = edit.high
    return items + list(base[at:high])
