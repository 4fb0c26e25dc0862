"""A configuration as parts: path -> canonical bytes, and the manifest that names their digests.

`split` and `join` are inverse. What a vendor's server writes (ids, times) and where a canvas draws its
nodes belongs to nobody's meaning: `split` takes it out into one `layout` part that stands outside of the
manifest, so that it changes no digest and no diff, and `join` puts it back (docs/agent-document.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from agents.canonical import DOCUMENT_BYTES, PART_BYTES, canonical, normalise, refuse, refuse_size
from agents.layout import put_back, take_out
from agents.names import pointer

SECTIONS = (
    "settings",
    "prompt",
    "flow",
    "knowledge",
    "tools",
    "integrations",
    "policies",
    "variables",
    "tests",
    "extensions",
)
# These sections are maps whose items are parts of their own: tools/<slug>, knowledge/<slug>, ...
ITEM_SECTIONS = frozenset({"knowledge", "tools", "integrations", "tests", "extensions"})

_EMPTY: tuple[Any, ...] = (None, "", {}, [])


@dataclass(frozen=True, slots=True)
class SplitDocument:
    """The parts of one configuration (path -> canonical body) and its layout, which no digest knows."""

    parts: dict[str, bytes]
    layout: bytes | None

    @property
    def manifest(self) -> dict[str, str]:
        """path -> digest of the part."""
        return {path: digest(body) for path, body in self.parts.items()}

    @property
    def digest(self) -> str:
        """The digest of the configuration: that of its manifest."""
        return manifest_digest(self.manifest)


def split(config: Mapping[str, Any]) -> SplitDocument:
    """The parts of a configuration (the content of `spec`); what is empty, null or missing gives no part.

    Raises `InvalidContent` for what has no canonical form or goes over depth, count and name limits,
    `TooLarge` over 1 MiB in one part or 2 MiB in all. It does not look at the schema: see agents.schema.
    """
    plain = normalise(dict(config))
    for section, value in plain.items():
        if section not in SECTIONS:
            refuse([section], f"There is no section of this name. Sections are {', '.join(SECTIONS)}.")
        if section in ITEM_SECTIONS and value is not None and not isinstance(value, dict):
            refuse([section], "This section is a map of names to items, not a single value.")
        if section in ITEM_SECTIONS and value and "" in value:
            refuse([section, ""], "An item has an empty name. Give it one.")
    layout = take_out(plain)
    parts = {path: canonical(value) for path, value in _items(plain)}
    body = canonical(layout) if layout else None
    _check_sizes(parts, body)
    return SplitDocument(parts, body)


def join(parts: Mapping[str, bytes], layout: bytes | None = None) -> dict[str, Any]:
    """The configuration of these parts, sections in their order; `split(join(x)).parts == x`."""
    config: dict[str, Any] = {}
    for path in sorted(parts, key=_order):
        section, _, name = path.partition("/")
        value = orjson.loads(parts[path])
        if name:
            config.setdefault(section, {})[name] = value
        else:
            config[section] = value
    if layout:
        put_back(config, orjson.loads(layout))
    return config


def joined(parts: Mapping[str, bytes]) -> bytes:
    """The configuration of these parts as JSON text, put together without reading them; as `join`, no layout."""
    sections: dict[str, list[bytes]] = {}
    for path in sorted(parts, key=_order):
        section, _, name = path.partition("/")
        sections.setdefault(section, []).append(orjson.dumps(name) + b":" + parts[path] if name else parts[path])
    members = (
        b'"%b":%b' % (section.encode(), b"{%b}" % b",".join(items) if section in ITEM_SECTIONS else items[0])
        for section, items in sections.items()
    )
    return b"{%b}" % b",".join(members)


def digest(body: bytes) -> str:
    """SHA-256 of a part's canonical body, 64 hexadecimal digits."""
    return sha256(body).hexdigest()


def manifest_digest(manifest: Mapping[str, str]) -> str:
    """SHA-256 of the canonical manifest (path -> part digest): what *the digest of a configuration* means."""
    return sha256(canonical(dict(manifest))).hexdigest()


def part_paths(config: Mapping[str, Any]) -> list[str]:
    """The paths of a configuration's parts in the order of the document."""
    return [path for path, _ in _items(config)]


def path_of(pointer: str) -> str:
    """The part that a JSON pointer into a configuration leads into: `/tools/crm/endpoint` -> `tools/crm`."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    if not steps:
        return ""
    return "/".join(steps[:2]) if steps[0] in ITEM_SECTIONS else steps[0]


def _items(config: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for section in SECTIONS:
        value = config.get(section)
        if value in _EMPTY:
            continue
        if section in ITEM_SECTIONS and isinstance(value, dict):
            found += [(f"{section}/{name}", value[name]) for name in sorted(value) if value[name] is not None]
        else:
            found.append((section, value))
    return found


def _order(path: str) -> tuple[int, str]:
    section = path.partition("/")[0]
    if section not in SECTIONS or (section in ITEM_SECTIONS) == (section == path):
        message = f"not the path of a part: {path!r}"
        raise ValueError(message)
    return SECTIONS.index(section), path


def _check_sizes(parts: Mapping[str, bytes], layout: bytes | None) -> None:
    total = len(layout or b"")
    for path, body in parts.items():
        where = pointer(*path.split("/", 1))
        if len(body) > PART_BYTES:
            refuse_size(f"The part {path}", len(body), PART_BYTES, where)
        total += len(body)
    if layout and len(layout) > PART_BYTES:
        refuse_size("The layout (positions and server fields)", len(layout), PART_BYTES)
    if total > DOCUMENT_BYTES:
        refuse_size("The document in canonical form", total, DOCUMENT_BYTES)
