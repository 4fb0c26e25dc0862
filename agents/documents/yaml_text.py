"""YAML without its traps (T23): the words of YAML 1.2's core schema, JSON's numbers, all else is text.

`no`, `on`, `12:30`, `017`, `+15555550100`, `2026-11-20` stay the text they look like. Aliases, anchors,
tags, merge keys, double keys and second documents are refused, each with line and column. libyaml cuts the
text into events; what they mean is decided here (docs/adr/009-pyyaml-for-reading.md).
"""

import math
import re
from typing import Any, NoReturn

from yaml import CBaseLoader
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.reader import ReaderError

from agents.documents.building import Budget, Builder
from agents.documents.loaded import Loaded, Place, character_at, line_and_column, refuse_text
from agents.documents.yaml_source import Source, unreadable

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*+)\Z")
_REAL = re.compile(r"-?(0|[1-9][0-9]*+)(\.[0-9]++)?([eE][-+]?[0-9]++)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")

_TAGS = "YAML tags (!name) are not allowed. Remove the tag."
_ANCHORS = "YAML anchors (&name) are not allowed. Write the value out where it is needed."
_ALIASES = "YAML aliases (*name) are not allowed. Write the value out."
_DIRECTIVES = "YAML directives (%) are not allowed. Remove the line."
_AT_MARGIN = "A line of this text begins with # at the margin, as a comment does. Indent the text by two blanks."
_SECOND = "A second document (---) begins here. Put one document into a file."
# What libyaml says of a malformed one of these; allowed is none.
_FORBIDDEN = (
    ("directive", _DIRECTIVES),
    ("incompatible YAML document", _DIRECTIVES),
    ("tag", _TAGS),
    ("anchor", _ANCHORS),
    ("alias", _ALIASES),
    ("<document start>", _SECOND),
)
_BLOCK = ("|", ">")
_ODD_START = "found character that cannot start any token"
_BAD_CODE = "found invalid Unicode character escape code"


def load_yaml(raw: bytes, budget: Budget | None = None) -> Loaded:
    """The value of a YAML text in UTF-8; `InvalidContent` with line and column for what is refused."""
    builder = Builder(budget)
    source = Source(raw)
    composer = _Composer(builder, source)
    parser = CBaseLoader(source)
    try:
        while (event := parser.get_event()) is not None:
            source.progress()
            composer.take(event)
    except ReaderError:
        _refuse_character(raw)
    except MarkedYAMLError as error:
        _refuse_marked(error, raw, builder)
    finally:
        parser.dispose()
    return builder.loaded


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


class _Composer:
    """Tells the builder what each event means."""

    def __init__(self, builder: Builder, source: Source) -> None:
        self.builder = builder
        self.source = source
        self.documents = 0

    def take(self, event: Event) -> None:
        kind = type(event)
        if kind is ScalarEvent:
            self.scalar(event)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            self.start(event, {} if kind is MappingStartEvent else [])
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            self.builder.end()
        elif kind is AliasEvent:
            self.builder.refuse(_ALIASES, _place(event))
        elif kind is DocumentStartEvent:
            self.document(event)

    def document(self, event: Any) -> None:
        self.documents += 1
        if event.version or event.tags:
            self.builder.refuse(_DIRECTIVES, _place(event))
        if self.documents > 1:
            self.builder.refuse(_SECOND, _place(event))

    def scalar(self, event: Any) -> None:
        place = _place(event)
        self.plain_only(event, place)
        text = self.source.restored(event.value)
        # A document that is one text may stand at the margin. libyaml leaves out its first lines that begin with #.
        is_bare = event.style in _BLOCK and not self.builder.open and not text.strip()
        if is_bare and self.source.goes_on_with_comment(place[0]):
            self.builder.refuse(_AT_MARGIN, place)
        if self.builder.wants_key:
            if text == "<<" and not event.style:
                self.builder.refuse("Merge keys (<<) are not allowed. Write the values out.", place)
            self.builder.key(text, place)
        else:
            self.builder.value(text if event.style else self.word(text, place), place)

    def word(self, text: str, place: Place) -> Any:
        value = resolve(text)
        too_large = isinstance(value, int) and not -(2**63) <= value < 2**63
        if too_large or (isinstance(value, float) and not math.isfinite(value)):
            self.builder.refuse("The number is larger than 64 bit can hold. Put it into quotation marks.", place)
        if value is text and _NOT_FINITE.match(text):
            self.builder.refuse(f"{text} is no finite number. Write one, or put it into quotation marks.", place)
        return value

    def start(self, event: Any, container: dict[str, Any] | list[Any]) -> None:
        place = _place(event)
        self.plain_only(event, place)
        if self.builder.wants_key:
            self.builder.refuse("A key must be one word or text, not a list or map.", place)
        self.builder.start(container, place)

    def plain_only(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            self.builder.refuse(_ANCHORS, place)
        if event.tag is not None:
            self.builder.refuse(_TAGS, place)


def _place(event: Event) -> Place:
    mark: Any = event.start_mark
    return mark.line + 1, mark.column + 1


def _refuse_character(raw: bytes) -> NoReturn:
    offset, character = unreadable(raw)
    refuse_text(f"YAML may not contain the character U+{ord(character):04X}.", *line_and_column(raw, offset))


def _refuse_marked(error: MarkedYAMLError, raw: bytes, builder: Builder) -> NoReturn:
    context, problem = error.context or "", error.problem or ""
    mark = error.problem_mark or error.context_mark
    place = _within(raw, (mark.line + 1, mark.column + 1)) if mark else (1, 1)
    for words, message in _FORBIDDEN:
        if words in context or words in problem:
            start = error.context_mark
            builder.refuse(message, (start.line + 1, start.column + 1) if start else place)
    if problem == _BAD_CODE:
        message = "The text contains half of a surrogate pair, or an escape that is no character. Write it itself."
        builder.refuse(message, builder.place(place))
    if problem == _ODD_START and mark:
        problem = f"found character {character_at(raw, mark.index)!r} that cannot start any token"
    refuse_text(f"Not YAML: {'; '.join(part for part in (context, problem) if part)}.", *place)


def _within(raw: bytes, place: Place) -> Place:
    """libyaml takes the end of a last line for the start of another one."""
    return min(place, line_and_column(raw, len(raw)))
