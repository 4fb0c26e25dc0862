"""Bytes from outside -> a value: size, UTF-8, JSON or YAML; then a document of ours."""

from pathlib import PurePosixPath
from typing import Any

from agents.canonical import normalise, refuse_size
from agents.documents.json_text import load_json
from agents.documents.loaded import Loaded, line_and_column, refuse_text
from agents.documents.yaml_text import load_yaml
from agents.schema import validate_document
from console.organizations.errors import InvalidContent

IMPORT_BYTES = 16 * 1024 * 1024

_JSON_ENDINGS = frozenset({".json", ".jsonc"})
_YAML_ENDINGS = frozenset({".yaml", ".yml"})


def load_text(raw: bytes, *, filename: str = "", content_type: str = "", limit: int = IMPORT_BYTES) -> dict[str, Any]:
    """The object that a JSON or YAML text holds, in canonical spelling (agents.canonical).

    The format comes from the content type, else the file's ending, else the first character.
    `TooLarge` over `limit` bytes; `InvalidContent` with line and column, or with a pointer.
    """
    loaded = read(raw, filename=filename, content_type=content_type, limit=limit)
    if not isinstance(loaded.value, dict):
        refuse_text("The file holds no object. Begin with keys like `kind:` and `spec:`.", 1, 1)
    try:
        return dict(normalise(loaded.value))
    except InvalidContent as error:
        raise InvalidContent(error.detail, loaded.located(error.errors)) from error


def load_document(raw: bytes, *, filename: str = "", content_type: str = "") -> dict[str, Any]:
    """A valid document of ours from JSON or YAML; schema errors carry line and column where known."""
    loaded = read(raw, filename=filename, content_type=content_type)
    try:
        validate_document(loaded.value)
    except InvalidContent as error:
        raise InvalidContent(error.detail, loaded.located(error.errors)) from error
    return dict(normalise(loaded.value))


def read(raw: bytes, *, filename: str = "", content_type: str = "", limit: int = IMPORT_BYTES) -> Loaded:
    """The value of a JSON or YAML text with the places of its parts, as it was written."""
    text = decode(raw, limit=limit, what=filename or "The file")
    return load_json(text) if _is_json(text, filename, content_type) else load_yaml(text)


def decode(raw: bytes, *, limit: int = IMPORT_BYTES, what: str = "The file") -> str:
    """UTF-8 text without its byte order mark; refused with line and column where it is none."""
    if len(raw) > limit:
        refuse_size(what, len(raw), limit)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        refuse_text("This is not UTF-8 text. Save the file as UTF-8.", *line_and_column(before, len(before)))


def _is_json(text: str, filename: str, content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    ending = PurePosixPath(filename.lower()).suffix
    if kind.endswith("json") or ending in _JSON_ENDINGS:
        return True
    if kind.endswith("yaml") or ending in _YAML_ENDINGS:
        return False
    return text.lstrip()[:1] in ("{", "[")
