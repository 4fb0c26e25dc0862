"""Builds a value from what a reader of text meets, under limits; the same for JSON and for YAML.

Whoever reads says `key`, `value`, `start` and `end`, each with its line and column. What no document can
hold is refused there and then, so that a hostile text costs no more than a document at its limits (G18).
"""

from dataclasses import dataclass
from typing import Any, NoReturn

from agents.canonical import DEPTH, DOCUMENT_BYTES, NODES, PART_BYTES, refuse_size
from agents.documents.loaded import Loaded, Path, Place, refuse_text
from agents.names import normal

# An envelope and a vendor's wrapping stand around a configuration, so raw text may be a little more.
RAW_DEPTH = DEPTH + 8
RAW_VALUES = NODES + 500
TEXT_BYTES = DOCUMENT_BYTES + PART_BYTES
# The longest text of a part (1 MiB), written with four characters for each byte, fits into this.
STRETCH_BYTES = 5 * 1024 * 1024

_NO_KEY = object()


@dataclass
class Budget:
    """What may still be read: values, and bytes of text. Files that make one document share one."""

    values: int = RAW_VALUES
    text: int = TEXT_BYTES

    def spend(self, text: str) -> None:
        """Count a text; `TooLarge` when there is more of it than any document holds."""
        self.text -= len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        if self.text < 0:
            refuse_size("The text in it, as far as it was read,", TEXT_BYTES - self.text, TEXT_BYTES)


class Builder:
    """The value so far: a stack of open containers and the path to the next value."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        self.root: Any = None
        self.places: dict[Path, Place] = {}
        self.open: list[dict[str, Any] | list[Any]] = []
        self.path: list[str | int] = []
        self.pending: Any = _NO_KEY

    @property
    def loaded(self) -> Loaded:
        """What was read."""
        return Loaded(self.root, self.places)

    @property
    def wants_key(self) -> bool:
        """Whether a key must come next."""
        return bool(self.open) and isinstance(self.open[-1], dict) and self.pending is _NO_KEY

    def key(self, text: str, place: Place) -> None:
        """The key of the next value; refused when the map has it, in whatever Unicode spelling."""
        self.budget.spend(text)
        key = normal(text)
        if key in self.open[-1]:
            self.refuse(f"The key {key[:60]!r} stands in this map twice. Keep one.", place)
        self.pending = key
        # A key marks its value's place: it is what an editor should show.
        self.places[(*self.path, key)] = place

    def value(self, value: Any, place: Place) -> None:
        """A scalar, or a container that `start` opens."""
        self.budget.values -= 1
        if self.budget.values < 0:
            self.refuse(f"More than {RAW_VALUES:,} values. Make the document smaller.", place)
        if type(value) is str:
            self.budget.spend(value)
        if not self.open:
            self.root = value
            self.places[()] = place
            return
        container = self.open[-1]
        if isinstance(container, dict):
            container[self.pending] = value
            self.pending = _NO_KEY
        else:
            self.places[(*self.path, len(container))] = place
            container.append(value)

    def start(self, container: dict[str, Any] | list[Any], place: Place) -> None:
        """A map or list whose content follows."""
        if len(self.open) >= RAW_DEPTH:
            self.refuse(f"Nested deeper than {RAW_DEPTH} levels. Make it flatter.", place)
        step = self._step()
        self.value(container, place)
        self.open.append(container)
        self.path += step

    def end(self) -> None:
        """The innermost container is complete."""
        self.open.pop()
        if self.open:
            self.path.pop()

    def place(self, otherwise: Place) -> Place:
        """Where the key of the coming value stands, if it has one: for faults found inside of the value."""
        return otherwise if self.pending is _NO_KEY else self.places[(*self.path, self.pending)]

    def refuse(self, message: str, place: Place) -> NoReturn:
        """Raise `InvalidContent` for the coming value."""
        refuse_text(message, *place, at=(*self.path, *self._step()))

    def _step(self) -> list[str | int]:
        if not self.open or self.wants_key:
            return []
        parent = self.open[-1]
        return [self.pending] if isinstance(parent, dict) else [len(parent)]
