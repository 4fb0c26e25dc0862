"""Text differences: lines with context, side by side with word marks. Pure; no Django, no configuration.

What it guarantees: the counts are exact, what is shown is bounded, and what was left out is said in `notes`.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.matching import Budget, Matching, gaps, match
from audit.moved import moved_lines
from audit.trimming import Window, window

CONTEXT = 3
CONTEXT_ALL = 1_000_000  # every line is shown
CHANGED_LINES_SHOWN = 2_000  # ux.md S18: first 2,000 changed lines
LINES_ALIGNED = 300_000  # of both texts together, between their common ends; above, one block replaces the other

COARSE = gettext_lazy("Parts of this text repeat so much that they are shown as replaced as a whole, not line by line.")
TOO_MANY = gettext_lazy("This text has too many lines to align: what differs is shown as replaced as a whole.")

Op = Literal["equal", "delete", "insert"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its newline. Numbers start at 1; None on the side where the line does not exist.

    `moved`: the number that a removed line has on the right now, an added one had on the left.
    """

    op: Op
    text: str
    old_no: int | None
    new_no: int | None
    ended: bool = True  # False: the text stops here without a line end
    moved: int | None = None


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


@dataclass(frozen=True, slots=True)
class _Sides:
    """The lines between the common ends, and how many equal ones were cut off before and after."""

    left: Sequence[str]
    right: Sequence[str]
    before: int = 0
    after: int = 0
    moved: dict[int, int] = field(default_factory=dict)
    came: dict[int, int] = field(default_factory=dict)


def diff_text(
    old: str,
    new: str,
    *,
    context: int = CONTEXT,
    most: int = CHANGED_LINES_SHOWN,
    budget: Budget | None = None,
    ignore_space: bool = False,
) -> TextDiff:
    """The difference of two texts. No hunks only if they are equal. Shows at most `most` changed lines.

    With `ignore_space`, lines that differ in white space alone count as equal (shown as on the right), and a
    note says how many; then there may be no hunks although the texts differ.
    """
    if old == new:
        return TextDiff(0, 0, ())
    middle = window(old, new, context)
    if middle.old.count("\n") + middle.new.count("\n") > LINES_ALIGNED:
        return _replaced(middle, context, most)
    left, right = split_lines(middle.old), split_lines(middle.new)
    matching = _match(left, right, budget, ignore_space=ignore_space)
    changes = [_Gap(*gap) for gap in gaps(matching.blocks, len(left), len(right))]
    shown, truncated = _first(changes, most)
    moved = moved_lines(left, right, [(gap.old, gap.old_end, gap.new, gap.new_end) for gap in changes])
    sides = _Sides(left, right, middle.before, middle.after, moved, {new: old for old, new in moved.items()})
    hunks = tuple(_hunks(sides, shown, context, cut=truncated))
    total = sum(gap.size for gap in changes)
    notes = [_first_of(most, total)] if truncated else []
    if matching.coarse:
        notes.append(str(COARSE))
    notes += _about_space(left, right, matching) if ignore_space else _about_line_ends(old, new)
    return TextDiff(
        added=sum(gap.new_end - gap.new for gap in changes),
        removed=sum(gap.old_end - gap.old for gap in changes),
        hunks=hunks,
        folded=0 if truncated or not hunks else _rest(hunks[-1], middle.before + len(left) + middle.after),
        truncated=truncated,
        coarse=matching.coarse,
        notes=tuple(notes),
    )


def _match(left: list[str], right: list[str], budget: Budget | None, *, ignore_space: bool) -> Matching:
    if not ignore_space:
        return match(left, right, budget)
    return match([_bare(line) for line in left], [_bare(line) for line in right], budget)


def _bare(line: str) -> str:
    """A line without what is only white space: runs of it are one space, none at the ends."""
    return " ".join(line.split()) + "\n"


def _replaced(middle: Window, context: int, most: int) -> TextDiff:
    """Where there are too many lines to align: exact counts, and the first lines of both."""
    removed, added = (_count(text) for text in (middle.old, middle.new))
    head = min(context, middle.old.count("\n"), middle.new.count("\n")) if middle.old[:1] == middle.new[:1] else 0
    left, right = (list(islice(io.StringIO(text, newline="\n"), context + most)) for text in (middle.old, middle.new))
    while head and left[:head] != right[:head]:
        head -= 1
    gap = _Gap(head, max(head, len(left)), head, max(head, len(right))).cut(most)
    hunks = tuple(_hunks(_Sides(left, right, middle.before), [gap], context, cut=True)) if most else ()
    return TextDiff(
        added=added - head,
        removed=removed - head,
        hunks=hunks,
        truncated=True,
        coarse=True,
        notes=(_first_of(most, removed + added - 2 * head), str(TOO_MANY)),
    )


def _first_of(most: int, total: int) -> str:
    return _("Showing the first %(most)s of %(total)s changed lines.") % {"most": f"{most:,}", "total": f"{total:,}"}


def _count(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n") and text != "")


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


def _hunks(sides: _Sides, changes: Sequence[_Gap], context: int, *, cut: bool) -> Iterator[Hunk]:
    """With `cut` the last change goes on behind what is shown, so nothing equal follows it."""
    shown_to, left, right = 0, sides.left, sides.right
    groups = list(_near(changes, context))
    for group in groups:
        start, last = max(shown_to, group[0].old - context), group[-1]
        shift = group[0].new - group[0].old
        end = min(len(left), last.old_end + context, last.old_end + len(right) - last.new_end)
        if cut and group is groups[-1]:
            end = last.old_end
        lines = tuple(_lines(sides, group, start, end))
        folded = start - shown_to + (0 if shown_to else sides.before)
        yield Hunk(sides.before + start + 1, sides.before + start + shift + 1, folded, lines)
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


def _lines(sides: _Sides, group: list[_Gap], start: int, end: int) -> Iterator[Line]:
    at, first = start, sides.before + 1
    new_at = group[0].new - (group[0].old - start)
    for gap in group:
        yield from _equal(sides, at, gap.old, new_at)
        for i in range(gap.old, gap.old_end):
            to = sides.moved.get(i)
            yield _line("delete", sides.left[i], first + i, None, None if to is None else first + to)
        for j in range(gap.new, gap.new_end):
            origin = sides.came.get(j)
            yield _line("insert", sides.right[j], None, first + j, None if origin is None else first + origin)
        at, new_at = gap.old_end, gap.new_end
    yield from _equal(sides, at, end, new_at)


def _equal(sides: _Sides, start: int, end: int, new_start: int) -> Iterator[Line]:
    first = sides.before + 1
    for index in range(start, end):
        new_index = new_start + index - start
        yield _line("equal", sides.right[new_index], first + index, first + new_index)


def _line(op: Op, text: str, old_no: int | None, new_no: int | None, moved: int | None = None) -> Line:
    return Line(op, text.removesuffix("\n"), old_no, new_no, text.endswith("\n"), moved)


def _rest(last: Hunk, size: int) -> int:
    """Equal lines after the last hunk."""
    return size - (last.from_line - 1) - sum(1 for line in last.lines if line.op != "insert")


def _about_space(left: list[str], right: list[str], matching: Matching) -> list[str]:
    """How many lines were taken for equal although their white space differs."""
    different = sum(
        left[run.old + step] != right[run.new + step] for run in matching.blocks for step in range(run.size)
    )
    if not different:
        return []
    is_all = len(matching.blocks) == 1 and matching.blocks[0].size == len(left) == len(right)
    count = ngettext("%(count)s line", "%(count)s lines", different) % {"count": f"{different:,}"}
    only = _("Only white space differs, in %(count)s. It is left out here.")
    some = _("White space alone differs in %(count)s more. It is left out here.")
    return [(only if is_all else some) % {"count": count}]


def _about_line_ends(old: str, new: str) -> list[str]:
    if "\r\n" not in old and "\r\n" not in new:
        return []
    if old.replace("\r\n", "\n") != new.replace("\r\n", "\n"):
        return []
    said = _("Only the line ends differ: %(old)s before, %(new)s now.")
    return [said % {"old": _kind(old), "new": _kind(new)}]


def _kind(text: str) -> str:
    windows = text.count("\r\n")
    if not windows:
        return "LF"
    return "CRLF" if windows == text.count("\n") else _("CRLF and LF mixed")
