"""JSON as RFC 8259 and I-JSON (RFC 7493) mean it: no key twice, no NaN, no number beyond 64 bit.

One scan finds what the standard parser would swallow (or fall over) and knows the line and column;
it stops at the limits, so that a hostile text costs as little as a large one.
"""

import json
import math
import re
from typing import Any

from agents.documents.loaded import RAW_DEPTH, RAW_NODES, Loaded, line_and_column, refuse_text
from agents.names import normal

# The possessive repeats cannot step back, so an unclosed string costs one pass and not a square.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{},]|[^\s"\[\]{},:]++', re.DOTALL)
_NUMBER = re.compile(r"-?(0|[1-9]\d*+)(\.\d++)?([eE][-+]?\d++)?\Z", re.ASCII)
_MAX_DIGITS = 400


def load_json(text: str) -> Loaded:
    """The value of a JSON text; `InvalidContent` with line and column for anything else."""
    _Scan(text).run()
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        refuse_text(f"Not JSON: {error.msg}.", error.lineno, error.colno)
    return Loaded(value)


class _Scan:
    """The one pass over the tokens: depth, count, double keys, words and numbers."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.keys: list[set[str] | None] = []
        self.expect_key = False
        self.count = 0

    def run(self) -> None:
        for match in _TOKEN.finditer(self.text):
            token = match.group()
            first = token[0]
            if first == '"':
                self.string(token, match.start())
            elif first in "[{":
                self.open(first, match.start())
            elif first in "]}":
                if self.keys:
                    self.keys.pop()
                self.expect_key = False
            elif first == ",":
                self.tick(match.start())
                self.expect_key = bool(self.keys) and self.keys[-1] is not None
            else:
                self.word(token, match.start())

    def tick(self, offset: int) -> None:
        self.count += 1
        # At most a key, a comma and the value itself are counted for one value.
        if self.count > 3 * RAW_NODES:
            self.refuse(f"More than {RAW_NODES:,} values. Make the document smaller.", offset)

    def open(self, bracket: str, offset: int) -> None:
        self.tick(offset)
        self.keys.append(set() if bracket == "{" else None)
        self.expect_key = bracket == "{"
        if len(self.keys) > RAW_DEPTH:
            self.refuse(f"Nested deeper than {RAW_DEPTH} levels. Make it flatter.", offset)

    def string(self, token: str, offset: int) -> None:
        # Text may lack commas and brackets altogether; a broken one must not be scanned for ever.
        self.tick(offset)
        if not self.expect_key:
            return
        self.expect_key = False
        key = normal(_unescaped(token))
        known = self.keys[-1] if self.keys else None
        if known is not None:
            if key in known:
                self.refuse(f"The key {key[:60]!r} stands in this object twice. Keep one.", offset)
            known.add(key)

    def word(self, token: str, offset: int) -> None:
        self.tick(offset)
        if token in ("true", "false", "null"):
            return
        if token.lstrip("-") in ("NaN", "Infinity"):
            self.refuse(f"{token} is not JSON. Write a finite number or null.", offset)
        if not _NUMBER.match(token):
            self.refuse(f"Not JSON: {token[:40]!r} is no value. Put text into quotation marks.", offset)
        if len(token) > _MAX_DIGITS or not _fits(token):
            self.refuse("The number is larger than 64 bit can hold. Write it as text.", offset)

    def refuse(self, message: str, offset: int) -> None:
        refuse_text(message, *line_and_column(self.text, offset))


def _unescaped(token: str) -> str:
    if "\\" not in token:
        return token[1:-1]
    try:
        value: Any = json.loads(token, strict=False)
    except json.JSONDecodeError:
        # The standard parser will refuse this text with the exact place.
        return token
    return str(value)


def _fits(token: str) -> bool:
    if token.lstrip("-").isdigit():
        return -(2**63) <= int(token) < 2**63
    return math.isfinite(float(token))
