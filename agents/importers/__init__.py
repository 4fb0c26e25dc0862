"""Other products' files as documents of ours, with nothing lost, and back (docs/agent-document.md)."""

from collections.abc import Mapping
from typing import Any, Literal

from agents.canonical import normalise
from agents.documents import load_text, load_zip
from agents.documents.loaded import refuse_text
from agents.documents.text import load_document
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
    data = load_text(raw, filename=filename, content_type=content_type)
    found = detect(data, filename)
    if found == "slipway":
        return found, load_document(raw, filename=filename, content_type=content_type)
    if found is None:
        refuse_text(_unknown(data), 1, 1)
    document = from_vapi(data) if found == "vapi" else from_elevenlabs(data)
    validate_document(document)
    return found, dict(normalise(document))


def _unknown(data: Mapping[str, Any]) -> str:
    known = next((name for name, keys in _OTHERS if keys <= set(data)), None)
    what = f"This looks like {known}, which cannot be imported." if known else "This is no agent that is known."
    return f"{what} Slipway documents (apiVersion, kind, spec), Vapi and ElevenLabs files can be."
