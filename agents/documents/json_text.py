"""JSON as RFC 8259 and I-JSON (RFC 7493) mean it: no key twice, no NaN, no number beyond 64 bit.

One pass over the bytes that checks, builds and knows line and column everywhere; it stops at the limits,
and decodes nothing before it is known to be small.
"""

import math
import re
from enum import Enum
from typing import NoReturn

import orjson

from agents.canonical import refuse_size
from agents.documents.building import STRETCH_BYTES, Budget, Builder
from agents.documents.loaded import Loaded, Place, characters, pieces

# The possessive repeats cannot step back, so an unclosed string costs one pass and not a square.
_TOKEN = re.compile(
    rb"(?P<blank>[ \t\n\r]++)"
    rb'|(?P<string>"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"?)'
    rb"|(?P<mark>[\[\]{},:])"
    rb'|(?P<word>[^ \t\n\r"\[\]{},:]++)'
)
_NUMBER = re.compile(rb"-?(0|[1-9]\d*+)(\.\d++)?([eE][-+]?\d++)?\Z")
_MAX_DIGITS = 400
_WORDS = {b"true": True, b"false": False, b"null": None}


class _Next(Enum):
    """What may come next, in the words of a refusal when it does not."""

    VALUE = "Expecting value"
    ITEM = "Expecting value or ']'"
    KEY = "Expecting property name enclosed in double quotes"
    MEMBER = "Expecting property name enclosed in double quotes or '}'"
    COLON = "Expecting ':' delimiter"
    COMMA = "Expecting ',' delimiter"
    NOTHING = "Extra data"


_VALUES = (_Next.VALUE, _Next.ITEM)
_KEYS = (_Next.KEY, _Next.MEMBER)


def load_json(raw: bytes, budget: Budget | None = None) -> Loaded:
    """The value of a JSON text in UTF-8; `InvalidContent` with line and column for anything else."""
    return _Reader(raw, Builder(budget)).run()


class _Reader:
    """The one pass over the tokens. Line ends stand between tokens only, so the line is counted there."""

    def __init__(self, raw: bytes, builder: Builder) -> None:
        self.raw = raw
        self.builder = builder
        self.next = _Next.VALUE
        self.line = 1
        self.line_start = 0
        # Bytes of this line, so far, that begin no character.
        self.surplus = 0

    def run(self) -> Loaded:
        for match in _TOKEN.finditer(self.raw):
            start, end = match.span()
            if match.lastgroup == "blank":
                self.blank(start, end)
            elif match.lastgroup == "string":
                self.string(start, end)
            elif match.lastgroup == "mark":
                self.mark(self.raw[start], start)
            else:
                self.word(start, end)
        if self.next is not _Next.NOTHING:
            self.refuse(f"Not JSON: {self.next.value}.", len(self.raw))
        return self.builder.loaded

    def blank(self, start: int, end: int) -> None:
        breaks = self.raw.count(b"\n", start, end)
        if breaks:
            self.line += breaks
            self.line_start = self.raw.rfind(b"\n", start, end) + 1
            self.surplus = 0

    def string(self, start: int, end: int) -> None:
        if self.raw[end - 1] != ord('"') or end == start + 1:
            self.refuse_string(start, end)
        place = self.place(start)
        text = self.text(start, end)
        if self.next in _KEYS:
            self.builder.key(text, place)
            self.next = _Next.COLON
        else:
            self.expect_value(start)
            self.builder.value(text, place)
            self.after_value()

    def text(self, start: int, end: int) -> str:
        if end - start > STRETCH_BYTES:
            refuse_size("One text in it", end - start, STRETCH_BYTES)
        token = self.raw[start:end]
        if b"\\" in token:
            try:
                text = str(orjson.loads(token))
            except orjson.JSONDecodeError:
                self.refuse("The text contains half of a surrogate pair. Remove it.", start)
        else:
            text = token[1:-1].decode()
        if not token.isascii():
            self.surplus += len(token) - characters(token)
        return text

    def mark(self, mark: int, offset: int) -> None:
        if mark == ord(":") and self.next is _Next.COLON:
            self.next = _Next.VALUE
        elif mark == ord(",") and self.next is _Next.COMMA:
            self.next = _Next.KEY if isinstance(self.builder.open[-1], dict) else _Next.VALUE
        elif mark in b"[{":
            self.expect_value(offset)
            self.builder.start({} if mark == ord("{") else [], self.place(offset))
            self.next = _Next.MEMBER if mark == ord("{") else _Next.ITEM
        elif mark in b"]}" and self.closes(mark):
            self.builder.end()
            self.after_value()
        else:
            self.refuse(f"Not JSON: {self.next.value}.", offset)

    def closes(self, mark: int) -> bool:
        """Whether this bracket may stand here."""
        first = _Next.MEMBER if mark == ord("}") else _Next.ITEM
        if self.next is first:
            return True
        return self.next is _Next.COMMA and isinstance(self.builder.open[-1], dict) == (mark == ord("}"))

    def word(self, start: int, end: int) -> None:
        shown = self.raw[start : min(end, start + 200)].decode("utf-8", "ignore")
        token = self.raw[start:end] if end - start <= _MAX_DIGITS else b""
        if token.lstrip(b"-") in (b"NaN", b"Infinity"):
            self.refuse(f"{shown} is not JSON. Write a finite number or null.", start)
        if token not in _WORDS and not _NUMBER.match(self.raw[start:end]):
            self.refuse(f"Not JSON: {shown[:40]!r} is no value. Put text into quotation marks.", start)
        self.expect_value(start)
        self.builder.value(_WORDS[token] if token in _WORDS else self.number(token, start), self.place(start))
        self.after_value()

    def number(self, token: bytes, offset: int) -> int | float:
        if token.lstrip(b"-").isdigit():
            whole = int(token)
            if -(2**63) <= whole < 2**63:
                return whole
        elif token and math.isfinite(float(token)):
            return float(token)
        return self.refuse("The number is larger than 64 bit can hold. Write it as text.", offset)

    def expect_value(self, offset: int) -> None:
        if self.next not in _VALUES:
            self.refuse(f"Not JSON: {self.next.value}.", offset)

    def after_value(self) -> None:
        self.next = _Next.COMMA if self.builder.open else _Next.NOTHING

    def place(self, offset: int) -> Place:
        return self.line, offset - self.line_start - self.surplus + 1

    def refuse_string(self, start: int, end: int) -> NoReturn:
        if end == len(self.raw):
            self.refuse("Not JSON: Unterminated string.", start)
        fault = "Invalid \\escape" if self.raw[end] == ord("\\") else "Invalid control character"
        self.surplus += sum(len(piece) - characters(piece) for piece in pieces(self.raw, start, end))
        self.refuse(f"Not JSON: {fault}.", end)

    def refuse(self, message: str, offset: int) -> NoReturn:
        self.builder.refuse(message, self.place(offset))
