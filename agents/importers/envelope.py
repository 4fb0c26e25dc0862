"""What every importer puts around a configuration, and what it carries over from another vendor's."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from agents.names import NAME_LENGTH, name_fault, normal
from agents.schema import empty_document

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*\Z")
_KNOWN = {
    "model": ("name", "temperature", "max_tokens", "provider"),
    "voice": ("provider", "voice_id", "speed"),
    "transcriber": ("provider", "model", "keywords"),
}


def is_language(value: Any) -> bool:
    """A language tag as settings take it."""
    return isinstance(value, str) and bool(_LANGUAGE.match(value))


def new_document(spec: Mapping[str, Any], *, name: str, description: Any) -> dict[str, Any]:
    """A standalone document of this configuration, sections in no particular order."""
    document = empty_document(name, description if isinstance(description, str) else "")
    document["spec"] = dict(spec)
    return document


def name_of(data: Mapping[str, Any]) -> str:
    """The name for an imported agent: the vendor's, without what names may not have."""
    function = data.get("function")
    raw = data.get("name") or (function.get("name") if isinstance(function, dict) else None)
    text = normal(raw) if isinstance(raw, str) else ""
    visible = "".join(
        character for character in text if unicodedata.category(character)[0] != "C" and not name_fault(f"a{character}")
    )
    return visible.strip()[:NAME_LENGTH] or "Imported agent"


def kept(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration without what only another vendor's model, voice and transcriber understand."""
    settings = dict(spec.get("settings") or {})
    for name, keys in _KNOWN.items():
        if isinstance(settings.get(name), dict):
            settings[name] = {key: settings[name][key] for key in keys if key in settings[name]}
    return {**spec, "settings": settings}
