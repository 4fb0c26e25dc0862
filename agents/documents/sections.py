"""One section, or one item of a section, as text that a person edits.

A path is that of a part (`prompt`, `flow`, `tools/<slug>`, ...) or the name of a whole section. The
prompt is plain Markdown, a knowledge document is Markdown with front matter, all else is YAML.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from agents.canonical import normalise
from agents.documents.json_text import load_json
from agents.documents.loaded import Loaded, Path, refuse_text
from agents.documents.markdown import knowledge_text, parse_knowledge
from agents.documents.text import encoded
from agents.documents.writing import yaml_text
from agents.documents.yaml_text import load_yaml
from agents.names import SLUG
from agents.parts import ITEM_SECTIONS, SECTIONS, part_paths
from agents.schema import validate
from console.organizations.errors import ContentError, InvalidContent

# A document whose content is elsewhere is written as YAML, and YAML of ours begins with one of these.
_KEY_LINE = re.compile(r"(type|name|title|source):(\s|\Z)")


def sections(config: Mapping[str, Any]) -> list[str]:
    """What can be edited as text, in the order of the document: single sections and every present item."""
    present = part_paths(config)
    paths: list[str] = []
    for section in SECTIONS:
        if section in ITEM_SECTIONS:
            paths += [path for path in present if path.startswith(f"{section}/")]
        else:
            paths.append(section)
    return paths


def section_text(config: Mapping[str, Any], path: str) -> str:
    """The text of a section or item; "" when it is absent. `parse_section` reads it back exactly."""
    value = value_at(config, path)
    if value is None:
        return ""
    if path == "prompt" and isinstance(value, str):
        return value
    if path.startswith("knowledge/") and isinstance(value.get("content"), str):
        return knowledge_text(value)
    return yaml_text(value)


def parse_section(path: str, text: str) -> Any:
    """The value of an edited text, None when it is blank: the section or item is to go.

    `InvalidContent` carries pointers into the configuration with line and column of the text. What only
    shows in the whole configuration is found by `agents.schema.validate` when it is saved.
    """
    steps = _steps(path)
    if not text.strip():
        return None
    loaded = _load(path, steps, text)
    try:
        value = normalise(loaded.value, at=steps)
        validate(with_section({}, path, value))
    except InvalidContent as error:
        raise InvalidContent(error.detail, loaded.located(error.errors, below=steps)) from error
    return value


def located(path: str, text: str, errors: list[ContentError]) -> list[ContentError]:
    """Errors whose pointers lead into this part, with line and column in its text where it says so."""
    steps = _steps(path)
    return _load(path, steps, text).located(errors, below=steps)


def with_section(config: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of the configuration in which `path` has this value; None takes it away."""
    steps = _steps(path)
    changed = dict(config)
    if len(steps) == 1:
        changed[path] = value
    else:
        section, name = steps
        items = {**(changed.get(section) or {}), name: value}
        changed[section] = {key: item for key, item in items.items() if key != name or item is not None}
    return {section: changed[section] for section in SECTIONS if changed.get(section) not in (None, "", {})}


def value_at(config: Mapping[str, Any], path: str) -> Any:
    """The value of a section or item, None when it is absent."""
    value: Any = config
    for step in _steps(path):
        value = (value or {}).get(step)
    return value


def _load(path: str, steps: tuple[str, ...], text: str) -> Loaded:
    if path == "prompt":
        return Loaded(text)
    if steps[0] == "knowledge" and len(steps) == 2 and not _KEY_LINE.match(text):
        return parse_knowledge(text, name=steps[1])
    try:
        return _load_data(encoded(text))
    except InvalidContent as error:
        raise InvalidContent(error.detail, [_below(fault, steps) for fault in error.errors]) from error


def _load_data(raw: bytes) -> Loaded:
    if raw.lstrip()[:1] in (b"{", b"["):
        # JSON that people paste; YAML knows less of its escapes. What is no JSON may be YAML all the same.
        with suppress(InvalidContent):
            return load_json(raw)
    return load_yaml(raw)


def _below(fault: Any, steps: Path) -> Any:
    prefix = "".join(f"/{step}" for step in steps)
    return type(fault)(prefix + fault.pointer, fault.message, fault.line, fault.column)


def _steps(path: str) -> tuple[str, ...]:
    section, slash, name = path.partition("/")
    if section not in SECTIONS or (slash and section not in ITEM_SECTIONS):
        refuse_text(f"There is no section {path[:80]!r}. Sections are {', '.join(SECTIONS)}.")
    if not slash:
        return (section,)
    if not SLUG.match(name):
        refuse_text(f"{name[:80]!r} is not a slug: use small letters, digits, _ and -, at most 200.")
    return (section, name)
