"""Marks the words that differ inside two versions of one line, in bounded time."""

import re
from dataclasses import dataclass, field

from audit.matching import Block, match
from audit.trimming import common_end, common_start

LINE_CHARACTERS = 4_000  # longer lines are marked from the first to the last difference
TOTAL_CHARACTERS = 600_000  # of one text; what comes after is marked as a whole line
ALIKE = 0.3  # below this share of equal characters the marks would be confetti

# A word stands between spaces and punctuation, keeps its combining marks; Chinese and Japanese by character.
_WORDS = re.compile(
    r"\s+|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
    r"|[^\s!-/:-@\[-^`{-~\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff65]+|."
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of one line, `changed` or equal on both sides."""

    text: str
    changed: bool


Pieces = tuple[Piece, ...]


@dataclass(slots=True)
class WordMarks:
    """Marks line pairs one after the other until the budget of the whole text is used up."""

    characters: int = field(default=TOTAL_CHARACTERS)

    def mark(self, old: str, new: str) -> tuple[Pieces, Pieces]:
        """Both lines cut into equal and changed pieces; joined, each gives back its line."""
        size = len(old) + len(new)
        if size > self.characters:
            return (Piece(old, True),), (Piece(new, True),)
        if size > LINE_CHARACTERS:
            return _mark_middle(old, new)
        self.characters -= size
        return _mark_words(old, new)


def similarity(old: frozenset[str], new: frozenset[str]) -> float:
    """Share of common words, from 0 to 1."""
    return 2 * len(old & new) / (len(old) + len(new)) if old or new else 1.0


def words(line: str) -> frozenset[str]:
    """The different words of a line (of its first 2,000 characters), without spaces."""
    return frozenset(word for word in _WORDS.findall(line[:2_000]) if not word.isspace())


def _mark_words(old: str, new: str) -> tuple[Pieces, Pieces]:
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    blocks = match([word + "\n" for word in left], [word + "\n" for word in right]).blocks
    blocks = _without_lone_spaces(blocks, left, len(right))
    equal = sum(len(word) for run in blocks for word in left[run.old : run.old + run.size] if not word.isspace())
    if equal < ALIKE * max(len(old), len(new)):
        return _mark_whole(old), _mark_whole(new)
    return (
        _pieces(left, [(run.old, run.size) for run in blocks]),
        _pieces(right, [(run.new, run.size) for run in blocks]),
    )


def _without_lone_spaces(blocks: tuple[Block, ...], left: list[str], right_size: int) -> tuple[Block, ...]:
    """A space between two changed words belongs to the change: one mark reads better than two."""
    return tuple(
        run
        for run in blocks
        if any(not word.isspace() for word in left[run.old : run.old + run.size])
        or (run.old == 0 and run.new == 0)
        or (run.old + run.size == len(left) and run.new + run.size == right_size)
    )


def _mark_whole(line: str) -> Pieces:
    return (Piece(line, True),) if line else ()


def _mark_middle(old: str, new: str) -> tuple[Pieces, Pieces]:
    head = common_start(old, new)
    tail = common_end(old, new, min(len(old), len(new)) - head)

    def pieces(line: str) -> Pieces:
        cut = len(line) - tail
        parts = (Piece(line[:head], False), Piece(line[head:cut], True), Piece(line[cut:], False))
        return tuple(part for part in parts if part.text)

    return pieces(old), pieces(new)


def _pieces(tokens: list[str], equal: list[tuple[int, int]]) -> Pieces:
    pieces: list[Piece] = []
    at = 0
    for start, size in [*equal, (len(tokens), 0)]:
        if start > at:
            pieces.append(Piece("".join(tokens[at:start]), True))
        if size:
            pieces.append(Piece("".join(tokens[start : start + size]), False))
        at = start + size
    return tuple(pieces)
