"""Other products' files as documents of ours, with nothing lost, and back (docs/agent-document.md)."""

from collections.abc import Mapping
from typing import Any, Literal

from agents.canonical import normalise_document
from agents.documents import load_zip
from agents.documents.loaded import refuse_text
from agents.documents.text import document_in, object_in, read
from agents.importers.elevenlabs import from_elevenlabs, is_elevenlabs, to_elevenlabs
from agents.importers.vapi import from_vapi, kind_of, to_vapi
from agents.schema import validate_document

Format = Literal["slipway", "vapi", "elevenlabs"]

# Files that people try, of products whose agents cannot be taken yet: the refusal should know them.
_OTHERS = (
    ("an n8n workflow", {"nodes", "connections"}),
    ("a Dify application", {"app", "workflow"}),
    ("a Copilot Studio topic", {"beginDialog"}),
    ("a Copilot Studio topic", {"kind", "beginDialog"}),
    ("a Rasa domain", {"intents", "responses"}),
    ("an OpenAPI description", {"swagger"}),
    ("an OpenAPI description", {"openapi"}),
)

__all__ = ["Format", "detect", "from_elevenlabs", "from_vapi", "import_file", "to_elevenlabs", "to_vapi"]


def detect(data: Mapping[str, Any], filename: str = "") -> Format | None:
    """Whose document this is, None when it is nobody's that we know."""
    if "apiVersion" in data or (data.get("kind") == "Assistant" and "spec" in data):
        return "slipway"
    if is_elevenlabs(data):
        return "elevenlabs"
    if {"nodes", "connections"} <= set(data):
        return None
    return "vapi" if kind_of(data) else None


def import_file(raw: bytes, *, filename: str = "", content_type: str = "") -> tuple[Format, dict[str, Any]]:
    """The valid document in an uploaded file, JSON, YAML or ZIP, and whose format it had.

    `TooLarge` over 16 MiB, `InvalidContent` (line and column, or pointer) for all that is refused.
    """
    if raw[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "slipway", load_zip(raw)
    loaded = read(raw, filename=filename, content_type=content_type)
    found = detect(loaded.value, filename) if isinstance(loaded.value, dict) else None
    if found == "slipway":
        return found, document_in(loaded)
    data = object_in(loaded)
    if found is None:
        refuse_text(_unknown(data), 1, 1)
    document = from_vapi(data) if found == "vapi" else from_elevenlabs(data)
    validate_document(document)
    return found, normalise_document(document)


def _unknown(data: Mapping[str, Any]) -> str:
    known = next((name for name, keys in _OTHERS if keys <= set(data)), None)
    what = f"This looks like {known}, which cannot be imported." if known else "This is no agent that is known."
    return f"{what} Slipway documents (apiVersion, kind, spec), Vapi and ElevenLabs files can be."
