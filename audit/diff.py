"""Text differences: lines with context, side by side with word marks. Pure; no Django, no configuration.

What it guarantees: the counts are exact, what is shown is bounded, and what was left out is said in `notes`.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from audit.matching import Budget, gaps, match

CONTEXT = 3
CHANGED_LINES_SHOWN = 2_000  # ux.md S18: first 2,000 changed lines

COARSE = "Parts of this text repeat so much that they are shown as replaced as a whole, not line by line."
LINE_ENDS = "Only the line ends differ: {old} before, {new} now."

Op = Literal["equal", "delete", "insert"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its newline. Numbers start at 1; None on the side where the line does not exist."""

    op: Op
    text: str
    old_no: int | None
    new_no: int | None
    ended: bool = True  # False: the text stops here without a line end


@dataclass(frozen=True, slots=True)
class Hunk:
    """Changed lines that stand near each other, with context. `folded`: equal lines left out before it."""

    from_line: int
    to_line: int
    folded: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Counts are of all lines, also those behind `truncated`; `folded` equal lines follow the end."""

    added: int
    removed: int
    hunks: tuple[Hunk, ...]
    folded: int = 0
    truncated: bool = False
    coarse: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Gap:
    """Lines [old, old_end) were replaced by [new, new_end)."""

    old: int
    old_end: int
    new: int
    new_end: int

    @property
    def size(self) -> int:
        return self.old_end - self.old + self.new_end - self.new

    def cut(self, most: int) -> "_Gap":
        """At most so many lines, fairly from both sides."""
        removed, added = self.old_end - self.old, self.new_end - self.new
        keep = min(removed, max(most // 2, most - added))
        return _Gap(self.old, self.old + keep, self.new, self.new + min(added, most - keep))


def split_lines(text: str) -> list[str]:
    """Lines with their newline; only LF ends a line, a CR before it stays in and so shows as a change."""
    return list(io.StringIO(text, newline="\n"))


def diff_text(
    old: str, new: str, *, context: int = CONTEXT, most: int = CHANGED_LINES_SHOWN, budget: Budget | None = None
) -> TextDiff:
    """The difference of two texts. No hunks only if they are equal. Shows at most `most` changed lines."""
    if old == new:
        return TextDiff(0, 0, ())
    left, right = split_lines(old), split_lines(new)
    matching = match(left, right, budget)
    changes = [_Gap(*gap) for gap in gaps(matching.blocks, len(left), len(right))]
    shown, truncated = _first(changes, most)
    hunks = tuple(_hunks(left, right, shown, context))
    total = sum(gap.size for gap in changes)
    notes = []
    if truncated:
        notes.append(f"Showing the first {most:,} of {total:,} changed lines.")
    if matching.coarse:
        notes.append(COARSE)
    if line_ends := _line_ends(old, new):
        notes.append(line_ends)
    return TextDiff(
        added=sum(gap.new_end - gap.new for gap in changes),
        removed=sum(gap.old_end - gap.old for gap in changes),
        hunks=hunks,
        folded=0 if truncated else _rest(hunks[-1], len(left)),
        truncated=truncated,
        coarse=matching.coarse,
        notes=tuple(notes),
    )


def whole_text(text: str, op: Literal["delete", "insert"], *, most: int = CHANGED_LINES_SHOWN) -> TextDiff:
    """A text that exists on one side only, shown as removed or added."""
    return diff_text(text, "", most=most) if op == "delete" else diff_text("", text, most=most)


def _first(changes: Sequence[_Gap], most: int) -> tuple[list[_Gap], bool]:
    shown: list[_Gap] = []
    for gap in changes:
        if gap.size > most:
            if most:
                shown.append(gap.cut(most))
            return shown, True
        shown.append(gap)
        most -= gap.size
    return shown, False


def _hunks(left: list[str], right: list[str], changes: Sequence[_Gap], context: int) -> Iterator[Hunk]:
    shown_to = 0
    for group in _near(changes, context):
        start, last = max(shown_to, group[0].old - context), group[-1]
        shift = group[0].new - group[0].old
        end = min(len(left), last.old_end + context, last.old_end + len(right) - last.new_end)
        lines = tuple(_lines(left, right, group, start, end))
        yield Hunk(start + 1, start + shift + 1, start - shown_to, lines)
        shown_to = end


def _near(changes: Iterable[_Gap], context: int) -> Iterator[list[_Gap]]:
    group: list[_Gap] = []
    for gap in changes:
        if group and gap.old - group[-1].old_end > 2 * context:
            yield group
            group = []
        group.append(gap)
    if group:
        yield group


def _lines(left: list[str], right: list[str], group: list[_Gap], start: int, end: int) -> Iterator[Line]:
    at = start
    new_at = group[0].new - (group[0].old - start)
    for gap in group:
        yield from _equal(left, at, gap.old, new_at)
        yield from (_line("delete", left[i], i + 1, None) for i in range(gap.old, gap.old_end))
        yield from (_line("insert", right[j], None, j + 1) for j in range(gap.new, gap.new_end))
        at, new_at = gap.old_end, gap.new_end
    yield from _equal(left, at, end, new_at)


def _equal(left: list[str], start: int, end: int, new_start: int) -> Iterator[Line]:
    return (_line("equal", left[i], i + 1, new_start + i - start + 1) for i in range(start, end))


def _line(op: Op, text: str, old_no: int | None, new_no: int | None) -> Line:
    return Line(op, text.removesuffix("\n"), old_no, new_no, text.endswith("\n"))


def _rest(last: Hunk, size: int) -> int:
    """Equal lines after the last hunk."""
    return size - (last.from_line - 1) - sum(1 for line in last.lines if line.op != "insert")


def _line_ends(old: str, new: str) -> str:
    if "\r\n" not in old and "\r\n" not in new:
        return ""
    if old.replace("\r\n", "\n") != new.replace("\r\n", "\n"):
        return ""
    return LINE_ENDS.format(old=_kind(old), new=_kind(new))


def _kind(text: str) -> str:
    windows = text.count("\r\n")
    if not windows:
        return "LF"
    return "CRLF" if windows == text.count("\n") else "CRLF and LF mixed"
