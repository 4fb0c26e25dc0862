"""Bytes from outside -> a value: size, UTF-8, JSON or YAML; then a document of ours."""

import re
from codecs import BOM_UTF8, getincrementaldecoder
from pathlib import PurePosixPath
from typing import Any

from agents.canonical import normalise, normalise_document, refuse_size
from agents.documents.building import Budget
from agents.documents.json_text import load_json
from agents.documents.loaded import Loaded, line_and_column, refuse_text
from agents.documents.yaml_text import load_yaml
from agents.schema import validate_document
from console.organizations.errors import InvalidContent

IMPORT_BYTES = 16 * 1024 * 1024

_JSON_ENDINGS = frozenset({".json", ".jsonc"})
_YAML_ENDINGS = frozenset({".yaml", ".yml"})
_OPENS_JSON = re.compile(rb"\s*+[{\[]")
_PIECE = 64 * 1024


def load_text(raw: bytes, *, filename: str = "", content_type: str = "", limit: int = IMPORT_BYTES) -> dict[str, Any]:
    """The object that a JSON or YAML text holds, in canonical spelling (agents.canonical).

    The format comes from the content type, else the file's ending, else the first character.
    `TooLarge` over `limit` bytes; `InvalidContent` with line and column, or with a pointer.
    """
    return object_in(read(raw, filename=filename, content_type=content_type, limit=limit))


def object_in(loaded: Loaded) -> dict[str, Any]:
    """The object that was read, in canonical spelling; `InvalidContent` with line and column."""
    if not isinstance(loaded.value, dict):
        refuse_text("The file holds no object. Begin with keys like `kind:` and `spec:`.", 1, 1)
    try:
        return dict(normalise(loaded.value))
    except InvalidContent as error:
        raise InvalidContent(error.detail, loaded.located(error.errors)) from error


def document_in(loaded: Loaded) -> dict[str, Any]:
    """The valid document of ours that was read, in canonical spelling."""
    try:
        validate_document(loaded.value)
    except InvalidContent as error:
        raise InvalidContent(error.detail, loaded.located(error.errors)) from error
    return normalise_document(loaded.value)


def read(
    raw: bytes,
    *,
    filename: str = "",
    content_type: str = "",
    limit: int = IMPORT_BYTES,
    budget: Budget | None = None,
) -> Loaded:
    """The value of a JSON or YAML text with the places of its parts, as it was written."""
    body = checked(raw, limit=limit, what=filename or "The file")
    return load_json(body, budget) if _is_json(body, filename, content_type) else load_yaml(body, budget)


def checked(raw: bytes, *, limit: int = IMPORT_BYTES, what: str = "The file") -> bytes:
    """The bytes of a UTF-8 text without its byte order mark; refused with line and column where it is none.

    It is looked through in pieces: one rare character makes a decoded text four times as large.
    """
    if len(raw) > limit:
        refuse_size(what, len(raw), limit)
    decoder = getincrementaldecoder("utf-8")()
    for at in range(0, len(raw) + 1, _PIECE):
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(raw[at : at + _PIECE], final=at + _PIECE > len(raw))
        except UnicodeDecodeError as error:
            place = line_and_column(raw, at - held + error.start)
            refuse_text("This is not UTF-8 text. Save the file as UTF-8.", *place)
    return raw.removeprefix(BOM_UTF8)


def encoded(text: str) -> bytes:
    """A text from a form as bytes for a loader."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        before = text[: error.start]
        place = (before.count("\n") + 1, error.start - before.rfind("\n"))
        refuse_text("The text contains half of a surrogate pair. Remove it.", *place)


def _is_json(raw: bytes, filename: str, content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    ending = PurePosixPath(filename.lower()).suffix
    if kind.endswith("json") or ending in _JSON_ENDINGS:
        return True
    if kind.endswith("yaml") or ending in _YAML_ENDINGS:
        return False
    return _OPENS_JSON.match(raw) is not None
