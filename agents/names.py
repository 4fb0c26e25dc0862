"""Which characters a name may have, so that two names that look alike cannot stand side by side (T25).

Names are what people and programs call things by: slugs, map keys, agent and label names. Free text
(prompts, knowledge, greetings) is never restricted here.
"""

import re
import unicodedata

NAME_LENGTH = 200
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,199}\Z")
KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}\Z")

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset(
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\u3164\ufeff\uffa0"
)


def pointer(*segments: str | int) -> str:
    """The JSON pointer (RFC 6901) to a place; no segment at all is the whole document, ``""``."""
    return "".join("/" + str(segment).replace("~", "~0").replace("/", "~1") for segment in segments)


def steps_of(text: str) -> list[str]:
    """The segments of a JSON pointer: the inverse of `pointer`."""
    return [step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:]]


def normal(name: str) -> str:
    """The name in NFC, so that composed and decomposed spellings are one name."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def key_fault(name: str) -> str | None:
    """Why `name` cannot be a key of a map, or None. Keys may be of any language."""
    if len(name) > NAME_LENGTH:
        return f"has {len(name):,} characters, {NAME_LENGTH} are allowed"
    for character in name:
        if character in _BIDI or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            return f"contains {_spell(character)}, which names may not have; remove it"
    return None


def name_fault(name: str) -> str | None:
    """Why `name` cannot be the name of a thing, or None: as `key_fault`, and nothing invisible or blank."""
    if not name.strip():
        return "is empty; give it a name"
    for character in name:
        if character in _INVISIBLE or unicodedata.category(character) in ("Cn", "Co"):
            return f"contains {_spell(character)}, which cannot be seen; remove it"
    return key_fault(name)


def slugify(text: str, *, fallback: str = "item") -> str:
    """A slug (`[a-z0-9][a-z0-9_-]*`) made of any text: `qualifyLead` gives `qualify-lead`."""
    ascii_only = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", ascii_only).lower()
    return re.sub(r"[^a-z0-9_]+", "-", parted).strip("-_")[:NAME_LENGTH] or fallback


def _spell(character: str) -> str:
    return f"the character U+{ord(character):04X} ({unicodedata.name(character, 'control character')})"
