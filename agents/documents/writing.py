"""A document as text, always the same text for the same document.

The writer of YAML is ours because what it writes must come back exactly: literal blocks only where they
are certain to keep every character, quotation marks wherever a word could mean something else.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

from agents.documents.yaml_text import resolve
from agents.parts import SECTIONS, join, split

# Keys that people expect first; all others follow by name.
_FIRST = (
    *("apiVersion", "kind", "metadata", "spec"),
    *(
        "type",
        "name",
        "title",
        "start",
        "nodes",
        "edges",
        "from",
        "to",
        "when",
        "provider",
        "source",
        "method",
        "endpoint",
    ),
    *("auth_ref", "description", "user", "agent", "expect"),
    *SECTIONS,
    *("language", "greeting", "model", "voice", "transcriber"),
)
_RANK = {key: rank for rank, key in enumerate(_FIRST)}

# A long line is easier to read, and to compare, without escapes.
_LONG_LINE = 80
# Readers take no key of more than 1,024 characters, escapes included, unless a question mark announces it.
_LONG_KEY = 1_000

_PLAIN = re.compile(r"[^\W\d][\w./-]*( [\w./-]+)*\Z")
# YAML 1.1 readers elsewhere take these words for truth values.
_MISREAD = re.compile(r"(y|n|yes|no|on|off|true|false|null)\Z", re.IGNORECASE)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\U0001fffe-\U0001ffff]")
# At most four characters for a byte: what is written of a legal document stays below the import's limit.
_ESCAPES = {code: f"\\x{code:02x}" for code in range(0x7F, 0xA0)} | {
    code: f"\\u{code:04x}" for code in (0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF)
}


def standalone(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document in canonical spelling with its keys in the order in which people read them."""
    whole = split(document.get("spec") or {})
    ordered: dict[str, Any] = _ordered({**document, "spec": join(whole.parts, whole.layout)})
    return ordered


def dump_json(document: Mapping[str, Any]) -> bytes:
    """The document as indented JSON."""
    return orjson.dumps(standalone(document), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def dump_yaml(document: Mapping[str, Any]) -> bytes:
    """The document as YAML that `load_text` reads back exactly."""
    return yaml_text(standalone(document)).encode()


def yaml_text(value: Any) -> str:
    """Any JSON value as YAML text, keys in the order in which people read them."""
    lines: list[str] = []
    _block(_ordered(value), "", lines)
    return "\n".join(lines) + "\n"


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (_RANK.get(key, len(_RANK)), key))
        return {key: _ordered(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    return value


def _block(value: Any, indent: str, lines: list[str]) -> None:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            word = _word(key)
            if len(word) > _LONG_KEY:
                lines.append(f"{indent}? {word}")
                word = ""
            _entry(f"{indent}{word}:", item, indent, lines)
    elif isinstance(value, list) and value:
        for item in value:
            _list_item(item, indent, lines)
    else:
        lines.append(indent + _flat(value))


def _entry(head: str, item: Any, indent: str, lines: list[str]) -> None:
    """`head` is what stands before the value; what follows on further lines goes two deeper than `indent`."""
    if isinstance(item, dict | list) and item:
        lines.append(head)
        _block(item, indent + "  ", lines)
    elif isinstance(item, str) and _fits_literal(item, indent):
        lines.append(f"{head} |{_chomping(item)}")
        deeper = indent + "  "
        lines += [deeper + line if line else "" for line in item.removesuffix("\n").split("\n")]
    else:
        lines.append(f"{head} {_flat(item)}")


def _list_item(item: Any, indent: str, lines: list[str]) -> None:
    if not (isinstance(item, dict | list) and item):
        _entry(f"{indent}-", item, indent, lines)
        return
    first = len(lines)
    _block(item, indent + "  ", lines)
    lines[first] = f"{indent}- {lines[first][len(indent) + 2 :]}"


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return _word(value)
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return "[]"
    return orjson.dumps(value).decode()


def _word(text: str) -> str:
    if (
        len(text) <= 200
        and _PLAIN.match(text)
        and not _MISREAD.match(text)
        and resolve(text) == text
        and not _UNPRINTABLE.search(text)
    ):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted.translate(_ESCAPES)


def _fits_literal(text: str, indent: str) -> bool:
    if "\n" not in text and len(text) <= _LONG_LINE:
        return False
    # Many short lines far to the right would be little but indentation; as in `_ESCAPES`, four for one.
    filled = sum(map(bool, text.split("\n")))
    if filled * (len(indent) + 2) > 3 * len(text) + 200:
        return False
    return not _UNPRINTABLE.search(text)


def _chomping(text: str) -> str:
    # A text that begins with a blank would be taken for its own indentation, so that is said.
    indentation = "2" if text[0] in " \n\t" else ""
    if not text.endswith("\n"):
        return indentation + "-"
    return indentation + ("+" if text.endswith("\n\n") or not text.strip("\n") else "")
