"""ElevenLabs: agents as documents of ours, and back."""

from collections.abc import Mapping
from typing import Any

from agents.importers.envelope import is_language, kept, name_of, new_document
from agents.importers.mapping import (
    Rule,
    as_list,
    as_map,
    at,
    escaped,
    filled,
    give,
    holds_mark,
    is_number,
    is_text,
    is_whole,
    is_word,
    is_words,
    mark,
    object_rules,
    put,
    take,
)
from agents.importers.tools import REFERENCE, give_tool, new_form, take_tools
from agents.layout import SERVER
from agents.names import KEY, slugify

VENDOR = "elevenlabs"
SERVER_FIELDS = (
    *("agent_id", "access_info", "phone_numbers", "whatsapp_accounts"),
    *("version_id", "branch_id", "main_branch_id", "created_at_unix_secs", "updated_at_unix_secs"),
)

_CONFIG = ("conversation_config",)
_PROMPT = (*_CONFIG, "agent", "prompt")
_TOOL_LISTS = ((*_PROMPT, "tools"), (*_PROMPT, "tool_ids"))
_KNOWLEDGE = (*_PROMPT, "knowledge_base")
_VARIABLES = (*_CONFIG, "agent", "dynamic_variables", "dynamic_variable_placeholders")


def is_elevenlabs(data: Mapping[str, Any]) -> bool:
    """Whether this is an agent of ElevenLabs."""
    return isinstance(data.get("conversation_config"), dict)


def from_elevenlabs(data: Mapping[str, Any]) -> dict[str, Any]:
    """A document that holds every leaf of an ElevenLabs agent; `to_elevenlabs` gives them all back."""
    rest = escaped(data)
    spec: dict[str, Any] = {}
    server = {key: data[key] for key in SERVER_FIELDS if rest.pop(key, data) is not data}
    if isinstance(rest.get("metadata"), dict) and "created_at_unix_secs" in rest["metadata"]:
        server["metadata"] = rest.pop("metadata")
    tools: dict[str, Any] = {}
    for path in _TOOL_LISTS:
        if at(rest, path):
            put(rest, path, take_tools(at(rest, path), tools, VENDOR))
    if tools:
        spec["tools"] = tools
    _take_knowledge(rest, spec)
    take(rest, spec, _rules(as_map(rest.get("conversation_config")), None))
    spec["extensions"] = {VENDOR: {**rest, **({SERVER: server} if server else {})}}
    return new_document(spec, name=name_of(data), description=None)


def to_elevenlabs(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as ElevenLabs' JSON. What only other vendors know is left out."""
    spec = document.get("spec") or {}
    extensions = spec.get("extensions") or {}
    foreign = VENDOR not in extensions
    rest = as_map(extensions.get(VENDOR))
    server = as_map(rest.pop(SERVER, None))
    marked: set[str] = set()
    data: dict[str, Any] = filled(rest, _look_up(spec), marked)
    if foreign:
        data["name"] = at(document, ("metadata", "name"))
    give(kept(spec) if foreign else spec, data, _rules({}, spec), marked)
    for slug, tool in (spec.get("tools") or {}).items():
        if f"tools/{slug}" not in marked:
            _append(data, slug, tool)
    for slug, item in (spec.get("knowledge") or {}).items():
        if f"knowledge/{slug}" not in marked:
            put(data, _KNOWLEDGE, [*as_list(at(data, _KNOWLEDGE)), {"type": "text", **_theirs(item)}])
    return {**data, **server}


def _append(data: dict[str, Any], slug: str, tool: Mapping[str, Any]) -> None:
    if tool.get("type") == REFERENCE and tool.get("vendor") != VENDOR:
        return
    form = new_form(tool, VENDOR)
    path = _TOOL_LISTS[1] if form == "id" else _TOOL_LISTS[0]
    put(data, path, [*as_list(at(data, path)), give_tool(slug, {"name": slug, **tool}, form, VENDOR)])


def _take_knowledge(rest: dict[str, Any], spec: dict[str, Any]) -> None:
    items = at(rest, _KNOWLEDGE)
    if not isinstance(items, list):
        return
    knowledge: dict[str, Any] = {}
    left = []
    for item in items:
        slug = slugify(str(item.get("name"))) if isinstance(item, dict) else ""
        if not slug or slug in knowledge or not _is_document(item):
            left.append(item)
            continue
        knowledge[slug] = {
            **{key: value for key, value in item.items() if key not in ("name", "id")},
            "title": item["name"],
            "source": item["id"],
        }
        left.append(mark("knowledge", slug))
    if knowledge:
        spec["knowledge"] = knowledge
        put(rest, _KNOWLEDGE, left)


def _is_document(item: dict[str, Any]) -> bool:
    return (
        not holds_mark(item)
        and is_word(item.get("name"))
        and is_word(item.get("id"))
        and not {"title", "source"} & set(item)
        and isinstance(item.get("content", ""), str)
    )


def _theirs(item: Mapping[str, Any]) -> dict[str, Any]:
    theirs = {key: value for key, value in item.items() if key not in ("title", "source", SERVER)}
    return {**theirs, "name": item.get("title"), **({"id": item["source"]} if item.get("source") else {})}


def _look_up(spec: Mapping[str, Any]) -> Any:
    def look_up(where: str, found: Mapping[str, Any]) -> Any:
        section, _, name = where.partition("/")
        value = at(spec, where.split("/"))
        if section == "tools" and isinstance(value, dict):
            return give_tool(name, value, str(found.get("form")), VENDOR)
        if section == "knowledge" and isinstance(value, dict):
            return _theirs(value)
        return value

    return look_up


def _rules(config: Mapping[str, Any], spec: Mapping[str, Any] | None) -> list[Rule]:
    """The places of ElevenLabs' values: of those in `config`, or (to export) of those in `spec`."""
    tts = _keys(config.get("tts"), spec, "voice")
    asr = [key for key in _keys(config.get("asr"), spec, "transcriber") if key != "language"]
    names = at(config, _VARIABLES[1:]) if spec is None else spec.get("variables")
    return [
        Rule((*_PROMPT, "prompt"), ("prompt",), lambda value: is_text(value) and bool(value)),
        Rule((*_CONFIG, "agent", "first_message"), ("settings", "greeting"), is_text),
        Rule((*_CONFIG, "agent", "language"), ("settings", "language"), is_language),
        Rule((*_CONFIG, "asr", "language"), ("settings", "language"), is_language, usual=False),
        Rule((*_PROMPT, "llm"), ("settings", "model", "name"), is_word),
        Rule((*_PROMPT, "temperature"), ("settings", "model", "temperature"), is_number(0, 2)),
        Rule((*_PROMPT, "max_tokens"), ("settings", "model", "max_tokens"), is_whole),
        *object_rules(
            (*_CONFIG, "tts"),
            ("settings", "voice"),
            tts,
            renamed={},
            fits={"provider": is_word, "voice_id": is_word, "speed": is_number(0.001, 4)},
        ),
        *object_rules(
            (*_CONFIG, "asr"),
            ("settings", "transcriber"),
            asr,
            renamed={},
            fits={"provider": is_word, "model": is_word, "keywords": is_words},
        ),
        *(
            Rule((*_VARIABLES, name), ("variables", name, "default"), lambda value: True)
            for name in (names if isinstance(names, dict) else {})
            if KEY.match(name)
        ),
    ]


def _keys(found: Any, spec: Mapping[str, Any] | None, name: str) -> list[str]:
    source = found if spec is None else at(spec, ("settings", name))
    return list(source) if isinstance(source, dict) else []
