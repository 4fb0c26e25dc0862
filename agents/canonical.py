"""Canonical JSON: equal content has equal bytes, whatever way it was written.

Keys sorted and in NFC, no blanks, UTF-8, line ends LF, numbers in one spelling (1.0 is 1, -0.0 is 0).
What has no canonical form is refused with a pointer: NaN, Infinity, integers beyond 64 bit, lone
surrogates, NUL, two keys that are one name, and everything over the limits of design.md section 8.
"""

import math
from collections.abc import Mapping
from typing import Any, NoReturn

import orjson

from agents.names import key_fault, normal, pointer
from console.organizations.errors import ContentError, InvalidContent, TooLarge

DOCUMENT_BYTES = 2 * 1024 * 1024
PART_BYTES = 1024 * 1024
DEPTH = 32
NODES = 20_000

_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1


def canonical(value: Any) -> bytes:
    """The canonical bytes of a value that `normalise` has returned."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def normalise(value: Any, *, at: tuple[str | int, ...] = ()) -> Any:
    """A copy of a JSON value in canonical spelling; `InvalidContent` names the first place that has none.

    `at` is where the value stands in its document, for the pointers. Text keeps every character but
    CR: line ends become LF. Depth (32) and number of values (20,000) are bounded.
    """
    return _Normaliser(list(at)).value(value, 1)


def normalise_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """As `normalise`, for a document that stands alone: the limits are those of its `spec`.

    Otherwise the envelope would count, and a configuration at a limit could not be read from its own export.
    """
    plain: dict[str, Any] = normalise({key: None if key == "spec" else value for key, value in document.items()})
    if "spec" in document:
        plain["spec"] = normalise(document["spec"], at=("spec",))
    return plain


def refuse(at: list[str | int], message: str) -> NoReturn:
    """Raise `InvalidContent` for one place."""
    where = pointer(*at)
    raise InvalidContent(f"{where or 'The document'}: {message} Nothing was changed.", [ContentError(where, message)])


def refuse_size(what: str, size: int, limit: int, at: str = "") -> NoReturn:
    """Raise `TooLarge`, naming what is too large and both figures in bytes."""
    raise TooLarge(
        f"{what} has {size:,} bytes, {limit:,} are allowed. Nothing was changed. Split it or shorten it.",
        pointer=at,
        size=size,
        limit=limit,
    )


class _Normaliser:
    """One walk over one value; the path is kept as a stack so that only a refusal pays for its pointer."""

    def __init__(self, path: list[str | int]) -> None:
        self.path = path
        self.nodes = 0

    def value(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > NODES:
            refuse(self.path, f"The document has more than {NODES:,} values. Make it smaller.")
        kind = type(value)
        if kind is str:
            return self.text(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return self.integer(value)
        if kind is float:
            return self.real(value)
        if depth > DEPTH:
            refuse(self.path, f"Nested deeper than {DEPTH} levels. Make it flatter.")
        if isinstance(value, dict):
            return self.mapping(value, depth)
        if isinstance(value, list | tuple):
            return self.sequence(value, depth)
        return refuse(self.path, f"A value of type {kind.__name__} cannot be stored. Write it as text.")

    def mapping(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for raw, item in value.items():
            key = self.key(raw)
            if key in result:
                refuse([*self.path, key], "This key stands here twice (in two Unicode spellings). Keep one.")
            self.path.append(key)
            result[key] = self.value(item, depth + 1)
            self.path.pop()
        return result

    def sequence(self, value: list[Any] | tuple[Any, ...], depth: int) -> list[Any]:
        result = []
        for index, item in enumerate(value):
            self.path.append(index)
            result.append(self.value(item, depth + 1))
            self.path.pop()
        return result

    def key(self, raw: Any) -> str:
        if not isinstance(raw, str):
            refuse(self.path, f"The key {raw!r:.40} is not text. Put it into quotation marks.")
        if len(raw) <= 200 and raw.isascii() and raw.isprintable():
            return raw
        key = normal(raw)
        fault = key_fault(key)
        if fault:
            refuse(self.path, f"The key {ascii(key)[:60]} {fault}.")
        return key

    def text(self, text: str) -> str:
        if "\0" in text:
            refuse(self.path, "The text contains a NUL character (U+0000). Remove it.")
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                refuse(self.path, f"The text contains half of a surrogate pair at character {error.start + 1}.")
        if "\r" in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
        return text

    def integer(self, number: int) -> int:
        if not _INT_MIN <= number <= _INT_MAX:
            refuse(self.path, "The number is larger than 64 bit. Write it as text.")
        return number

    def real(self, number: float) -> int | float:
        if not math.isfinite(number):
            refuse(self.path, "NaN and infinite numbers have no JSON form. Write a finite number.")
        if number.is_integer() and _INT_MIN <= number <= _INT_MAX:
            return int(number)
        return number
