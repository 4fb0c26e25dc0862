"""What a comparison says: items, rows and lines per part; counts, a sentence, what will disappear."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.diff import Hunk, Line, TextDiff
from audit.side_by_side import marked_lines

PartChange = Literal["added", "removed", "changed"]
Change = Literal["added", "removed", "changed", "moved", "rewired"]
CHANGES: tuple[Change, ...] = ("added", "removed", "changed", "moved", "rewired")


@dataclass(frozen=True, slots=True)
class Row:
    """One difference inside a structure. Values as shown; `text` when a string is better read as lines."""

    change: Change
    pointer: str
    name: str
    old: str | None = None
    new: str | None = None
    note: str = ""
    text: TextDiff | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that counts as one change: a tool, a flow node, an edge, a variable, a setting, a text.

    `rows`: how many of its part's rows are its own; they stand in the order of the items.
    """

    name: str
    change: Change
    pointer: str = ""
    rows: int = 0


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One part that differs. `text` is its main text, `source` its whole content as indented JSON.

    `problem` says why the content could not be read; the other parts are compared all the same.
    `before` and `after` are the digests of the part, empty where a side does not have it.
    """

    section: str
    path: str
    change: PartChange
    title: str
    items: tuple[Item, ...]
    rows: tuple[Row, ...] = ()
    text: TextDiff | None = None
    source: TextDiff | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""
    before: str = ""
    after: str = ""

    @property
    def name(self) -> str:
        """A word that can stand in an address or an id."""
        return re.sub(r"[^A-Za-z0-9_-]+", "-", self.path)

    @property
    def is_whole(self) -> bool:
        """Whether everything that differs is shown."""
        return not self.lines.truncated and not self.notes

    @property
    def lines(self) -> TextDiff:
        """The line diff that stands for this part where only lines can be shown."""
        return self.text or self.source or TextDiff(0, 0, ())

    @property
    def hunks(self) -> tuple[Hunk, ...]:
        return self.lines.hunks

    @property
    def added(self) -> int:
        return self.lines.added

    @property
    def removed(self) -> int:
        return self.lines.removed


@dataclass(frozen=True, slots=True)
class SectionSummary:
    """What changed in one section, in few words: "+12 -3" or "1 added 1 changed"."""

    section: str
    title: str
    words: str
    changes: int
    added: int = 0
    removed: int = 0
    changed: int = 0

    @property
    def counts(self) -> list[tuple[str, int, str]]:
        """What there is to count: sign, how many, of what. "+12 −3 ~2"."""
        found = [("+", self.added, "added"), ("−", self.removed, "removed"), ("~", self.changed, "changed")]
        return [count for count in found if count[1]]

    def __str__(self) -> str:
        return f"{self.title} {self.words}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The right side against the left one. `identical` is said by the digests alone.

    `layout`: what differs in positions and server fields, which no digest knows. `address`: the page on which
    this comparison can be read on its own, where there is one.
    """

    left: str
    right: str
    identical: bool
    sections: tuple[SectionChange, ...]
    sections_in_all: int
    left_ref: Mapping[str, Any] = field(default_factory=dict)
    right_ref: Mapping[str, Any] = field(default_factory=dict)
    left_digest: str = ""
    right_digest: str = ""
    layout: tuple[Row, ...] = ()
    address: str = ""

    @property
    def changes(self) -> int:
        return sum(len(part.items) for part in self.sections)

    @property
    def groups(self) -> list[tuple[SectionSummary, list[SectionChange]]]:
        """The changed parts by section, for the page."""
        grouped = [list(parts) for _, parts in groupby(self.sections, key=lambda part: part.section)]
        return [(_summary(parts), parts) for parts in grouped]

    @property
    def summary(self) -> list[SectionSummary]:
        return [summary for summary, _ in self.groups]

    @property
    def sentence(self) -> str:
        """The one sentence above every comparison."""
        if self.identical:
            return self._identical
        changed = ngettext("%(count)s change", "%(count)s changes", self.changes) % {"count": self.changes}
        sections = ngettext(
            "%(touched)s of %(count)s section", "%(touched)s of %(count)s sections", self.sections_in_all
        ) % {"touched": len(self.groups), "count": self.sections_in_all}
        sides = {"right": self.right, "left": self.left, "changed": changed, "sections": sections}
        return _("%(right)s against %(left)s: %(changed)s in %(sections)s.") % sides

    @property
    def _identical(self) -> str:
        said = _("%(right)s and %(left)s are identical.") % {"right": self.right, "left": self.left}
        if self.left_digest:
            said = _("Identical: same digest %(digest)s.") % {"digest": self.left_digest[:7]}
        return f"{said} {_('Only the layout differs.')}" if self.layout else said


@dataclass(frozen=True, slots=True)
class Disappearing:
    """Something that only the left side has. `name` is for people: "tool refund", "node ask", "2 lines"."""

    section: str
    title: str
    name: str
    pointer: str


def disappearing(comparison: Comparison) -> list[Disappearing]:
    """What exists only on the left and is gone once the right side takes its place, by name.

    Removed things, and lines of a text that nothing replaces (of those that are shown). A thing that was
    reworded is not listed: it is in the comparison itself.
    """
    found: list[Disappearing] = []
    for part in comparison.sections:
        title = _title(part.section)
        found += [
            Disappearing(part.section, title, item.name, item.pointer)
            for item in part.items
            if item.change == "removed"
        ]
        if part.change == "changed" and part.text and (lines := _lines_without_successor(part.text.hunks)):
            gone = ngettext("%(count)s line", "%(count)s lines", lines) % {"count": lines}
            found.append(Disappearing(part.section, title, f"{part.title}: {gone}", f"/{part.path}"))
    return found


def to_json(comparison: Comparison) -> dict[str, Any]:
    """The shape of `GET /agents/{agent}/compare` (contract.md), with `rows` beside the lines."""
    return {
        "from": dict(comparison.left_ref) or {"label": comparison.left},
        "to": dict(comparison.right_ref) or {"label": comparison.right},
        "identical": comparison.identical,
        "summary": comparison.sentence,
        "sections": [_section_json(part) for part in comparison.sections],
    }


def _section_json(part: SectionChange) -> dict[str, Any]:
    result: dict[str, Any] = {
        "section": part.section,
        "path": part.path,
        "change": part.change,
        "added": part.added,
        "removed": part.removed,
        "hunks": _hunks_json(part.hunks),
        "rows": [_row_json(row) for row in part.rows],
        "truncated": part.lines.truncated,
        "notes": [*part.notes, *part.lines.notes],
    }
    return result | ({"problem": part.problem} if part.problem else {})


def _row_json(row: Row) -> dict[str, Any]:
    result: dict[str, Any] = {"change": row.change, "pointer": row.pointer, "old": row.old, "new": row.new}
    if row.note:
        result["note"] = row.note
    if row.text:
        result["hunks"] = _hunks_json(row.text.hunks)
    return result


def _hunks_json(hunks: Sequence[Hunk]) -> list[dict[str, Any]]:
    words = marked_lines([line for hunk in hunks for line in hunk.lines])
    return [
        {
            "from_line": hunk.from_line,
            "to_line": hunk.to_line,
            "lines": [_line_json(line, words) for line in hunk.lines],
        }
        for hunk in hunks
    ]


def _line_json(line: Line, words: Mapping[Line, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {"op": line.op, "text": line.text}
    if not line.ended:
        result["no_newline"] = True
    if line in words:
        result["words"] = [{"text": piece.text, "changed": piece.changed} for piece in words[line]]
    return result


def _summary(parts: list[SectionChange]) -> SectionSummary:
    first = parts[0]
    changes = sum(len(part.items) for part in parts)
    if first.path == "prompt" and first.text:
        words = f"+{first.added} -{first.removed}"
        return SectionSummary(first.section, _title(first.section), words, changes, first.added, first.removed)
    counts = Counter(item.change for part in parts for item in part.items)
    words = " ".join(f"{counts[change]} {change}" for change in CHANGES if counts[change])
    others = changes - counts["added"] - counts["removed"]
    return SectionSummary(
        first.section, _title(first.section), words, changes, counts["added"], counts["removed"], others
    )


def _title(section: str) -> str:
    return section.capitalize()


def _lines_without_successor(hunks: Sequence[Hunk]) -> int:
    total = 0
    for hunk in hunks:
        for equal, run in groupby(hunk.lines, key=lambda line: line.op == "equal"):
            ops = [line.op for line in run]
            if not equal and "insert" not in ops:
                total += len(ops)
    return total
