"""What a part of a configuration holds, in a few words for lists: `text`, `36 nodes, 41 edges`, `4 turns`."""

from collections.abc import Callable, Mapping
from typing import Any

from agents.parts import ITEM_SECTIONS

TITLES = {
    "settings": "Settings",
    "prompt": "Prompt",
    "flow": "Flow",
    "knowledge": "Knowledge",
    "tools": "Tools",
    "integrations": "Integrations",
    "policies": "Policies",
    "variables": "Variables",
    "tests": "Tests",
    "extensions": "Extensions",
}
NOUNS = {
    "knowledge": "knowledge document",
    "tools": "tool",
    "integrations": "integration",
    "tests": "test",
    "extensions": "extension",
}
_SHOWN = 6
_LENGTH = 140


def summary_of(path: str, value: Any) -> str:
    """The words for the part at this path; never longer than a line."""
    words = _WORDS[path.partition("/")[0]](value)
    return words if len(words) <= _LENGTH else words[: _LENGTH - 3].rstrip() + "..."


def title_of(path: str) -> str:
    """What people call the part: `Prompt`, `Tool order-lookup`."""
    section, _, name = path.partition("/")
    return f"{NOUNS[section].capitalize()} {name}" if name else TITLES[section]


def arrivals(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where the content of an imported document stands now: section path and words, in document order."""
    found = []
    for section in TITLES:
        value = config.get(section)
        if not value:
            continue
        if section in ITEM_SECTIONS:
            found += [(f"{section}/{name}", summary_of(section, value[name])) for name in sorted(value)]
        else:
            found.append((section, summary_of(section, value)))
    return found


def in_one_sentence(config: Mapping[str, Any]) -> str:
    """The same as a row of words: `settings, prompt, 4 tools, extension vapi`."""
    words = []
    for section in TITLES:
        value = config.get(section)
        if not value:
            continue
        if section == "extensions":
            words.append(f"what else it held under extensions ({', '.join(sorted(value))})")
        elif section in ITEM_SECTIONS:
            words.append(counted(len(value), NOUNS[section]))
        elif section == "settings":
            words.append(f"settings ({', '.join(sorted(value))})")
        else:
            words.append(section)
    return ", ".join(words) or "nothing"


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Which parts of two manifests (path -> digest) differ, in words: `prompt, 2 tools changed, 1 test added`."""
    words = []
    for section in TITLES:
        paths = [path for path in before.keys() | after.keys() if path.partition("/")[0] == section]
        if section not in ITEM_SECTIONS:
            words += [section for path in paths if before.get(path) != after.get(path)]
            continue
        counts = {
            "added": sum(1 for path in paths if path not in before),
            "removed": sum(1 for path in paths if path not in after),
            "changed": sum(1 for path in paths if path in before and path in after and before[path] != after[path]),
        }
        words += [f"{counted(count, NOUNS[section])} {what}" for what, count in counts.items() if count]
    return ", ".join(words)


def counted(number: int, noun: str) -> str:
    """`1 tool`, `3 tools`, `2 policies`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    return f"{counted(len(text.splitlines()), 'line')}, {counted(len(text), 'character')}"


def _settings(value: Any) -> str:
    words = []
    for key in ("language", "model", "voice", "transcriber"):
        item = value.get(key)
        if isinstance(item, Mapping):
            known = [item.get(name) for name in ("provider", "name", "model", "voice_id")]
            item = " ".join(str(part) for part in known if part) or "set"
        if item:
            words.append(f"{key} {item}")
    if value.get("greeting"):
        words.insert(1 if value.get("language") else 0, "greeting")
    return ", ".join(words)


def _flow(value: Any) -> str:
    nodes, edges = value.get("nodes") or {}, value.get("edges") or []
    return f"{counted(len(nodes), 'node')}, {counted(len(edges), 'edge')}, starts at {value.get('start')}"


def _knowledge(value: Any) -> str:
    content = value.get("content")
    size = f", {counted(len(content), 'character')}" if isinstance(content, str) else ""
    source = f", from {value['source']}" if value.get("source") else ""
    return f"{value.get('title')}{size}{source}"


def _tool(value: Any) -> str:
    call = " ".join(str(value[key]) for key in ("type", "method", "endpoint") if value.get(key))
    return f"{call}: {value['description']}" if value.get("description") else call


def _integration(value: Any) -> str:
    return str(value.get("kind"))


def _test(value: Any) -> str:
    turns = counted(len(value.get("turns") or []), "turn")
    return f"{turns}: {value['description']}" if value.get("description") else turns


def _keys(value: Any) -> str:
    if not isinstance(value, Mapping):
        return counted(len(value), "entry") if isinstance(value, list) else str(value)
    names = sorted(name for name in value if not name.startswith("$"))
    further = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{counted(len(names), 'entry')}: {', '.join(names[:_SHOWN])}{further}" if names else "no entry"


_WORDS: dict[str, Callable[[Any], str]] = {
    "settings": _settings,
    "prompt": _text,
    "flow": _flow,
    "knowledge": _knowledge,
    "tools": _tool,
    "integrations": _integration,
    "policies": _keys,
    "variables": _keys,
    "tests": _test,
    "extensions": _keys,
}
