"""Lays hunks out for the page: two columns or one, with tokens that the template escapes like any text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Literal

from django.utils.translation import gettext as _

from audit.diff import Hunk, Line
from audit.words import ALIKE, Piece, Pieces, WordMarks, similarity, words

PIECE_CHARACTERS = 4_000  # of a longer piece the page shows its start and end
PAIRINGS = 2_500  # removed x added lines of one block that are paired by likeness; above, in order

Mark = Literal["", "add", "del", "note"]
Kind = Literal["equal", "changed", "added", "removed", "fold"]

# White space as characters that can be seen; the text keeps its width, and a tab its jump.
_SEEN = str.maketrans({" ": "·", "\t": "→\t", "\u00a0": "⍽"})

# Direction overrides, zero-width and control characters could hide words from the person who approves.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Token:
    """Text of a cell. `mark` is "add" or "del" for a changed word, "note" for a remark of ours."""

    text: str
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One table row; a side without a line has no number. `fold` rows stand for `hidden` equal lines.

    The numbers of a fold row are those of the first line it hides. `begins`: the first row of a change.
    `moved`: the line on the other side where a removed or added line stands too. `unfolded`: the first of lines
    that were shown on request.
    """

    kind: Kind
    left_no: int | None = None
    left: tuple[Token, ...] = ()
    right_no: int | None = None
    right: tuple[Token, ...] = ()
    hidden: int = 0
    begins: bool = False
    moved: int | None = None
    unfolded: bool = False


def side_by_side(hunks: Iterable[Hunk], folded: int = 0, *, spaces: bool = False) -> list[Row]:
    """Rows of both sides, changed lines paired; `folded` is what follows the last hunk.

    With `spaces`, white space in changed lines is made visible.
    """
    marks, rows = WordMarks(), []
    old_no = new_no = 1
    for hunk in hunks:
        if hunk.folded:
            rows.append(Row("fold", old_no, right_no=new_no, hidden=hunk.folded))
        for equal, run in groupby(hunk.lines, key=lambda line: line.op == "equal"):
            lines = list(run)
            changed = [] if equal else list(_changed_rows(lines, marks, spaces=spaces))
            rows += [_equal_row(line) for line in lines] if equal else [replace(changed[0], begins=True), *changed[1:]]
        old_no = hunk.from_line + sum(1 for line in hunk.lines if line.op != "insert")
        new_no = hunk.to_line + sum(1 for line in hunk.lines if line.op != "delete")
    if folded:
        rows.append(Row("fold", old_no, right_no=new_no, hidden=folded))
    return rows


def unified(hunks: Iterable[Hunk], folded: int = 0, *, spaces: bool = False) -> list[Row]:
    """The same as one column, removed lines before added ones; each row has one side."""
    rows: list[Row] = []
    pending: list[Row] = []
    for row in side_by_side(hunks, folded, spaces=spaces):
        if row.kind in {"equal", "fold"}:
            rows += pending
            rows.append(row)
            pending = []
            continue
        if row.left_no:
            rows.append(replace(row, right_no=None, right=()))
        if row.right_no:
            begins = row.begins and not row.left_no
            pending.append(replace(row, left_no=None, left=(), begins=begins))
    return rows + pending


def unchanged_rows(lines: Sequence[str], old_no: int, new_no: int) -> list[Row]:
    """Rows of lines that both sides have, from these numbers on."""
    return [
        _equal_row(Line("equal", line.removesuffix("\n"), old_no + step, new_no + step))
        for step, line in enumerate(lines)
    ]


def marked_lines(lines: Sequence[Line]) -> dict[Line, Pieces]:
    """Word pieces of the changed lines that have a partner on the other side."""
    marks, found = WordMarks(), {}
    for equal, run in groupby(lines, key=lambda line: line.op == "equal"):
        for old, new in () if equal else _pairs(list(run)):
            if old and new:
                found[old], found[new] = marks.mark(old.text, new.text)
    return found


def _equal_row(line: Line) -> Row:
    tokens = _tokens((Piece(line.text.removesuffix("\r"), False),), "")
    return Row("equal", line.old_no, tokens, line.new_no, tokens)


def _changed_rows(lines: list[Line], marks: WordMarks, *, spaces: bool) -> Iterator[Row]:
    for old, new in _pairs(lines):
        if old and new:
            marked = marks.mark(old.text, new.text)
            left, right = (_seen(pieces) for pieces in marked) if spaces else marked
            yield Row("changed", old.old_no, _side(old, left, "del", new), new.new_no, _side(new, right, "add", old))
        elif old:
            yield Row("removed", left_no=old.old_no, left=_whole(old, "del", spaces=spaces), moved=old.moved)
        elif new:
            yield Row("added", right_no=new.new_no, right=_whole(new, "add", spaces=spaces), moved=new.moved)


def _whole(line: Line, mark: Mark, *, spaces: bool) -> tuple[Token, ...]:
    pieces = (Piece(line.text, False),)
    return _side(line, _seen(pieces) if spaces else pieces, mark, None)


def _seen(pieces: Pieces) -> Pieces:
    return tuple(Piece(piece.text.translate(_SEEN), piece.changed) for piece in pieces)


def _side(line: Line, pieces: Pieces, mark: Mark, other: Line | None) -> tuple[Token, ...]:
    tokens = _tokens(pieces, mark)
    if not line.ended and (other is None or other.ended):
        tokens += (Token(f" [{_('no line end')}]", "note"),)
    return tokens


def _tokens(pieces: Pieces, mark: Mark) -> tuple[Token, ...]:
    tokens: list[Token] = []
    for piece in pieces:
        kind: Mark = mark if piece.changed else ""
        if len(piece.text) <= PIECE_CHARACTERS:
            tokens.append(Token(_visible(piece.text), kind))
            continue
        half = PIECE_CHARACTERS // 2
        hidden = _("%(count)s characters not shown") % {"count": f"{len(piece.text) - 2 * half:,}"}
        tokens += [
            Token(_visible(piece.text[:half]), kind),
            Token(f" [{hidden}] ", "note"),
            Token(_visible(piece.text[-half:]), kind),
        ]
    return tuple(tokens)


def _visible(text: str) -> str:
    return _INVISIBLE.sub(lambda found: "␍" if found[0] == "\r" else f"⟨U+{ord(found[0]):04X}⟩", text)


def _pairs(lines: list[Line]) -> Iterator[tuple[Line | None, Line | None]]:
    """Each removed line with the added line that replaces it, if there is one; order is kept.

    A line that moved is replaced by nothing: it stands alone.
    """
    if not any(line.moved for line in lines):
        yield from _pairs_of(lines)
        return
    for line in lines:
        yield (line, None) if line.op == "delete" else (None, line)


def _pairs_of(lines: list[Line]) -> Iterator[tuple[Line | None, Line | None]]:
    old = [line for line in lines if line.op == "delete"]
    new = [line for line in lines if line.op == "insert"]
    if not old or not new or len(old) == len(new) or len(old) * len(new) > PAIRINGS:
        for index in range(max(len(old), len(new))):
            yield (
                old[index] if index < len(old) else None,
                new[index] if index < len(new) else None,
            )
        return
    at = new_at = 0
    for i, j in [*_alike(old, new), (len(old), len(new))]:
        yield from ((line, None) for line in old[at:i])
        yield from ((None, line) for line in new[new_at:j])
        if i < len(old):
            yield old[i], new[j]
        at, new_at = i + 1, j + 1


def _alike(old: list[Line], new: list[Line]) -> list[tuple[int, int]]:
    """The pairs, in order on both sides, that have the most in common together."""
    left, right = [words(line.text) for line in old], [words(line.text) for line in new]

    @cache
    def score(i: int, j: int) -> float:
        value = similarity(left[i], right[j])
        return value if value >= ALIKE else 0.0

    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + score(i, j))
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if score(i, j) and best[i][j] == best[i + 1][j + 1] + score(i, j):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
