"""What a person brings to an import, a file or pasted text, read strictly; nothing is stored here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.canonical import refuse_size
from agents.documents import IMPORT_BYTES
from agents.importers import Format, import_file
from agents.names import slugify

SLUG_LENGTH = 63
KEPT_BYTES = 2 * 1024 * 1024  # of a refused file so much comes back as text, to be corrected in place

FORMATS: dict[Format, str] = {
    "slipway": "a Slipway document",
    "vapi": "a Vapi assistant",
    "elevenlabs": "an ElevenLabs agent",
}


@dataclass(frozen=True)
class Upload:
    """An uploaded document: what it was taken for, the standalone document, and how the history calls it."""

    read_as: str
    document: dict[str, Any]
    source: str

    @property
    def config(self) -> dict[str, Any]:
        """The configuration in it."""
        return dict(self.document.get("spec") or {})

    @property
    def slug(self) -> str:
        """A short name for an agent made of it."""
        name = str(self.document.get("metadata", {}).get("name", ""))
        return slugify(name, fallback="agent").replace("_", "-").strip("-")[:SLUG_LENGTH].rstrip("-") or "agent"


def read_upload(raw: bytes, filename: str) -> Upload:
    """The document in these bytes (JSON, YAML, ZIP, Vapi, ElevenLabs).

    `TooLarge` over 16 MiB; `InvalidContent` with line and column, or with a pointer, for what is refused.
    """
    if len(raw) > IMPORT_BYTES:
        refuse_size(filename or "The text", len(raw), IMPORT_BYTES)
    found, document = import_file(raw, filename=filename)
    return Upload(FORMATS[found], document, filename or "pasted text")


def kept_text(raw: bytes) -> str:
    """The text of a refused file for the form that comes back; "" for what is no text or too long for a form."""
    if len(raw) > KEPT_BYTES:
        return ""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    return "" if "\0" in text else text


def labels_text(labels: Mapping[str, str]) -> str:
    """Labels as a person edits them: one `key: value` per line."""
    return "\n".join(f"{key}: {value}" if value else key for key, value in sorted(labels.items()))
