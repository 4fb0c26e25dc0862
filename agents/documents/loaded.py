"""What every loader agrees on: limits of raw text, and refusals that say line and column."""

from dataclasses import dataclass, field
from typing import Any, NoReturn

from agents.canonical import DEPTH, NODES
from agents.names import pointer
from console.organizations.errors import ContentError, InvalidContent

# An envelope and a vendor's wrapping stand around a configuration, so raw text may be a little more.
RAW_DEPTH = DEPTH + 8
RAW_NODES = NODES + 500

Path = tuple[str | int, ...]


@dataclass
class Loaded:
    """A value read from text, and for each path in it the line and column (from 1) where it stands."""

    value: Any
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def located(self, errors: list[ContentError], *, below: Path = ()) -> list[ContentError]:
        """The same errors with line and column: of the place itself, else of what is around it.

        `below` is the path at which this text stands in the document that the pointers speak of.
        """
        by_pointer = {pointer(*below, *path): place for path, place in self.places.items()}
        result = []
        for error in errors:
            where = error.pointer
            while where and where not in by_pointer:
                where = where.rpartition("/")[0]
            line, column = by_pointer.get(where, (error.line, error.column))
            result.append(ContentError(error.pointer, error.message, line, column))
        return result


def refuse_text(message: str, line: int | None = None, column: int | None = None, at: Path = ()) -> NoReturn:
    """Raise `InvalidContent` for one place in a text; line and column count from 1."""
    where = f"Line {line}, column {column}: " if line else ""
    raise InvalidContent(f"{where}{message} Nothing was changed.", [ContentError(pointer(*at), message, line, column)])


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column (from 1) of a character in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
