"""YAML without its traps (T23): the words of YAML 1.2's core schema, JSON's numbers, all else is text.

`no`, `on`, `12:30`, `017`, `+15555550100`, `2026-11-20` stay the text they look like. Aliases, anchors,
tags, merge keys, double keys and second documents are refused, each with line and column.
"""

import math
import re
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import Scanner, ScannerError

from agents.canonical import refuse_size
from agents.documents.loaded import RAW_DEPTH, RAW_NODES, Loaded, Path, line_and_column, refuse_text
from agents.names import normal

# YAML is read by pure Python, about 4 MiB, 250,000 lines or 25,000 values a second. What `writing` makes
# of a document at its limits stays below these; whoever has more text sends JSON or a ZIP.
YAML_BYTES = 3 * 1024 * 1024
YAML_LINES = 80_000
# Outside of literal blocks the reader stops at each blank and each escape.
YAML_STOPS = 150_000

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*+)\Z")
_REAL = re.compile(r"-?(0|[1-9][0-9]*+)(\.[0-9]++)?([eE][-+]?[0-9]++)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_NO_KEY = object()


def load_yaml(text: str) -> Loaded:
    """The value of a YAML text; `InvalidContent` with line and column for what is refused."""
    if len(text) > YAML_BYTES:
        refuse_size("The YAML text", len(text.encode()), YAML_BYTES)
    if text.count("\n") > YAML_LINES:
        refuse_text(f"The YAML text has more than {YAML_LINES:,} lines. Send it as JSON or as a ZIP.", YAML_LINES, 1)
    if text.count("\\") > 2 * YAML_STOPS:
        refuse_text("The YAML text has too many escapes (\\). Write long text as a literal block (|).")
    composer = _Composer()
    try:
        reader = YAML(typ="safe", pure=True)
        reader.Scanner = _StrictScanner
        for event in reader.parse(text):
            composer.take(event)
    except ReaderError as error:
        line, column = line_and_column(text, error.position)
        refuse_text(f"YAML may not contain the character {_code_point(error.character)}.", line, column)
    except MarkedYAMLError as error:
        _refuse_marked(error)
    except (YAMLError, ValueError, IndexError, OverflowError, RecursionError) as error:
        refuse_text(f"Not YAML: {str(error).splitlines()[0] if str(error) else 'cannot be read'}.")
    return Loaded(composer.root, composer.places)


def resolve(text: str) -> Any:
    """What an unquoted YAML word means: null, a truth value, a number, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if not _REAL.match(text):
        return text
    if not _INTEGER.match(text):
        return float(text)
    # Python refuses to read more than 4,300 digits; more than 20 do not fit anyway.
    return int(text) if len(text) <= 20 else math.inf


class _StrictScanner(Scanner):
    """Stops at the first character of what is never allowed: a long tag costs the scanner minutes (T23)."""

    stops = 0

    def fetch_tag(self) -> NoReturn:
        self._refuse("tags (!name) are not allowed; remove the tag")

    def fetch_anchor(self) -> NoReturn:
        self._refuse("anchors (&name) are not allowed; write the value out where it is needed")

    def fetch_alias(self) -> NoReturn:
        self._refuse("aliases (*name) are not allowed; write the value out")

    def fetch_directive(self) -> NoReturn:
        self._refuse("directives (%) are not allowed; remove the line")

    def scan_plain_spaces(self, indent: Any, start_mark: Any) -> Any:
        self._count()
        return super().scan_plain_spaces(indent, start_mark)

    def scan_flow_scalar_spaces(self, double: Any, start_mark: Any) -> Any:
        self._count()
        return super().scan_flow_scalar_spaces(double, start_mark)

    def _count(self) -> None:
        self.stops += 1
        if self.stops > YAML_STOPS:
            self._refuse("too much text outside of literal blocks; write long text as a block (|)")

    def _refuse(self, message: str) -> NoReturn:
        raise ScannerError(None, None, message, self.reader.get_mark())


class _Composer:
    """Builds the value from events, keeping a stack of open containers and the path to the next value."""

    def __init__(self) -> None:
        self.root: Any = None
        self.places: dict[Path, tuple[int, int]] = {}
        self.open: list[dict[str, Any] | list[Any]] = []
        self.path: list[str | int] = []
        self.key: Any = _NO_KEY
        self.keys: list[Any] = []
        self.documents = 0
        self.event: Event

    def take(self, event: Event) -> None:
        self.event = event
        if isinstance(event, ScalarEvent):
            self.scalar(event)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self.start({} if isinstance(event, MappingStartEvent) else [])
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self.end()
        elif isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.refuse("A second document (---) begins here. Put one document into a file.")

    def scalar(self, event: ScalarEvent) -> None:
        text = str(event.value)
        plain = not event.style
        if self.open and isinstance(self.open[-1], dict) and self.key is _NO_KEY:
            self.take_key(text, plain)
            return
        value = text
        if plain:
            value = resolve(text)
            too_large = isinstance(value, int) and not -(2**63) <= value < 2**63
            if too_large or (isinstance(value, float) and not math.isfinite(value)):
                self.refuse("The number is larger than 64 bit can hold. Put it into quotation marks.")
            if _NOT_FINITE.match(text):
                self.refuse(f"{text} is no finite number. Write one, or put it into quotation marks.")
        self.add(value)

    def take_key(self, text: str, plain: bool) -> None:
        mapping = self.open[-1]
        if text == "<<" and plain:
            self.refuse("Merge keys (<<) are not allowed. Write the values out.")
        key = normal(text)
        if key in mapping:
            self.refuse(f"The key {key[:60]!r} stands in this map twice. Keep one.")
        self.key = key
        # A key marks its value's place until the value is seen, and is what an editor should show.
        self.places[(*self.path, key)] = self.place()

    def add(self, value: Any) -> None:
        if len(self.places) > RAW_NODES:
            self.refuse(f"More than {RAW_NODES:,} values. Make the document smaller.")
        if not self.open:
            self.root = value
            self.places[()] = self.place()
            return
        container = self.open[-1]
        if isinstance(container, dict):
            container[self.key] = value
            self.key = _NO_KEY
        else:
            self.places[(*self.path, len(container))] = self.place()
            container.append(value)

    def start(self, container: dict[str, Any] | list[Any]) -> None:
        if self.open and isinstance(self.open[-1], dict) and self.key is _NO_KEY:
            self.refuse("A key must be one word or text, not a list or map.")
        step = self.step()
        self.add(container)
        self.open.append(container)
        self.path += step
        self.keys.append(step)
        if len(self.open) > RAW_DEPTH:
            self.refuse(f"Nested deeper than {RAW_DEPTH} levels. Make it flatter.")

    def step(self) -> list[str | int]:
        if not self.open:
            return []
        parent = self.open[-1]
        return [self.key] if isinstance(parent, dict) else [len(parent)]

    def end(self) -> None:
        self.open.pop()
        if self.keys.pop():
            self.path.pop()

    def place(self) -> tuple[int, int]:
        mark = self.event.start_mark
        return mark.line + 1, mark.column + 1

    def refuse(self, message: str) -> NoReturn:
        at = tuple(self.path) if self.key is _NO_KEY else (*self.path, self.key)
        refuse_text(message, *self.place(), at=at)


def _code_point(character: str | int) -> str:
    return f"U+{character if isinstance(character, int) else ord(character):04X}"


def _refuse_marked(error: MarkedYAMLError) -> NoReturn:
    mark = error.problem_mark or error.context_mark
    message = "; ".join(part for part in (error.context, error.problem) if part)
    if mark is None:
        refuse_text(f"Not YAML: {message}.")
    refuse_text(f"Not YAML: {message}.", mark.line + 1, mark.column + 1)
