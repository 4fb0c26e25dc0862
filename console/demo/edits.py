"""What somebody typed into a section, told as a small edit of what stood there."""

from collections.abc import Mapping
from typing import Any

from agents.documents import parse_section, section_text


def edited(config: Mapping[str, Any], path: str, edit: Mapping[str, Any]) -> Any:
    """The section's new value: `find`/`put` and `append` on its text, `set` and `edges` on its value.

    Raises LookupError when the text to be replaced does not stand there exactly once.
    """
    value = parse_section(path, _retyped(section_text(config, path), path, edit)) if edit.keys() & _ON_TEXT else None
    if value is None:
        value = parse_section(path, section_text(config, path)) if section_text(config, path) else {}
    if "set" in edit:
        value = _merged(value, edit["set"])
    if "edges" in edit:
        value = value | {"edges": _rewired(value["edges"], edit["edges"])}
    return value


_ON_TEXT = {"find", "append"}


def _retyped(text: str, path: str, edit: Mapping[str, Any]) -> str:
    if "find" in edit:
        found, put = str(edit["find"]).strip("\n"), str(edit["put"]).strip("\n")
        if text.count(found) != 1:
            raise LookupError(f"{path}: {found!r} stands there {text.count(found)} times")
        text = text.replace(found, put)
    if "append" in edit:
        text = f"{text.rstrip()}\n\n{str(edit['append']).strip()}\n"
    return text


def _merged(value: Any, patch: Any) -> Any:
    """JSON Merge Patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(value) if isinstance(value, dict) else {}
    for key, item in patch.items():
        if item is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), item)
    return merged


def _rewired(edges: list[dict[str, Any]], change: Mapping[str, Any]) -> list[dict[str, Any]]:
    dropped = {tuple(edge.split(" > ")) for edge in change.get("drop", [])}
    there = {(edge["from"], edge["to"]) for edge in edges}
    if dropped - there:
        raise LookupError(f"no such edges: {dropped - there}")
    kept = [edge for edge in edges if (edge["from"], edge["to"]) not in dropped]
    return [*kept, *change.get("add", [])]
