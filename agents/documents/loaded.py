"""What every loader agrees on: a value with the places of its parts, and refusals that say line and column."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from agents.names import pointer
from console.organizations.errors import ContentError, InvalidContent

Path = tuple[str | int, ...]
Place = tuple[int, int]

# Large enough to be quick, small enough that a text of 16 MiB is never held a second time.
_PIECE = 64 * 1024
_CONTINUATION = bytes(range(0x80, 0xC0))
_INDEX = re.compile(r"[0-9]{1,9}\Z")


@dataclass
class Loaded:
    """A value read from text, and for each path in it the line and column (from 1) where it stands."""

    value: Any
    places: dict[Path, Place] = field(default_factory=dict)

    def located(self, errors: list[ContentError], *, below: Path = ()) -> list[ContentError]:
        """The same errors with line and column: of the place itself, else of what is around it.

        `below` is the path at which this text stands in the document that the pointers speak of.
        """
        return [self._located(error, pointer(*below)) for error in errors]

    def _located(self, error: ContentError, prefix: str) -> ContentError:
        if error.pointer != prefix and not error.pointer.startswith(prefix + "/"):
            return error
        found = self.places.get(())
        for path in _paths(self.value, error.pointer[len(prefix) :]):
            found = self.places.get(path, found)
        if found is None:
            return error
        return ContentError(error.pointer, error.message, *found)


def _paths(value: Any, steps: str) -> Iterator[Path]:
    """The paths along a pointer, as far as the value has them."""
    path: Path = ()
    for step in steps.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and _INDEX.match(key) and int(key) < len(value):
            path, value = (*path, int(key)), value[int(key)]
        elif isinstance(value, dict) and key in value:
            path, value = (*path, key), value[key]
        else:
            return
        yield path


def refuse_text(message: str, line: int | None = None, column: int | None = None, at: Path = ()) -> NoReturn:
    """Raise `InvalidContent` for one place in a text; line and column count from 1."""
    where = f"Line {line}, column {column}: " if line else ""
    raise InvalidContent(
        _("%(where)s%(message)s Nothing was changed.") % {"where": where, "message": message},
        [ContentError(pointer(*at), message, line, column)],
    )


def line_and_column(raw: bytes, offset: int) -> Place:
    """Line and column (from 1, in characters) of a byte in a UTF-8 text."""
    start = raw.rfind(b"\n", 0, offset) + 1
    column = sum(characters(piece) for piece in pieces(raw, start, offset))
    return raw.count(b"\n", 0, offset) + 1, column + 1


def pieces(raw: bytes, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` to `end` in pieces of 64 KiB."""
    return (raw[at : min(at + _PIECE, end)] for at in range(start, end, _PIECE))


def characters(raw: bytes) -> int:
    """How many characters begin in a piece of UTF-8."""
    return len(raw) if raw.isascii() else len(raw.translate(None, _CONTINUATION))


def character_at(raw: bytes, index: int) -> str:
    """The character of this index in a UTF-8 text, "" behind its end; the text is not decoded as a whole."""
    for at in range(0, len(raw), _PIECE):
        piece = raw[at : at + _PIECE]
        count = characters(piece)
        if index < count:
            # What is cut at either end is no character that begins here, but the last one may go on.
            return (piece + raw[at + _PIECE : at + _PIECE + 3]).decode("utf-8", "ignore")[index]
        index -= count
    return ""
