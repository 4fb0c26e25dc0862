"""Vapi: assistants, workflows, tools and structured outputs as documents of ours, and back."""

from collections.abc import Mapping
from typing import Any

from agents.importers.envelope import is_language, kept, name_of, new_document
from agents.importers.mapping import (
    KIND,
    Rule,
    as_list,
    as_map,
    at,
    escaped,
    filled,
    give,
    is_number,
    is_text,
    is_whole,
    is_word,
    is_words,
    mark,
    object_rules,
    put,
    remove,
    take,
)
from agents.importers.tools import give_tool, new_form, take_tool, take_tools
from agents.importers.workflow import give_workflow, take_workflow
from agents.layout import SERVER
from agents.names import slugify

VENDOR = "vapi"
SERVER_FIELDS = ("id", "orgId", "createdAt", "updatedAt", "isServerUrlSecretSet")

_TOOL_TYPES = frozenset(
    {"function", "apiRequest", "transferCall", "handoff", "endCall", "dtmf", "voicemail", "mcp", "query", "sms"}
    | {"bash", "computer", "textEditor", "code", "sipRequest", "ghl", "make", "slack.message.send"}
    | {"google.calendar.event.create", "google.calendar.availability.check", "google.sheets.row.append"}
)
_TOOL_KEYS = frozenset({"function", "name", "url", "destinations", "server"})
_TOOL_LISTS = (("functions",), ("tools",), ("model", "tools"), ("model", "functions"), ("model", "toolIds"))
_MODEL_ELSEWHERE = frozenset({"messages", "tools", "toolIds", "functions", "systemPrompt", "knowledgeBase"})
_MODEL = {"model": "name", "maxTokens": "max_tokens"}
_VOICE = {"voiceId": "voice_id"}


def kind_of(data: Mapping[str, Any]) -> str | None:
    """What a Vapi file is: assistant, workflow, tool or structuredOutput; None when it is not Vapi's."""
    if "schema" in data and ("assistant_ids" in data or "assistantIds" in data or data.get("type") == "ai"):
        return "structuredOutput"
    if _is_tool(data):
        return "tool"
    if isinstance(data.get("steps"), list) or (
        isinstance(data.get("nodes"), list) and isinstance(data.get("edges"), list) and "name" in data
    ):
        return "workflow"
    if any(isinstance(data.get(key), dict) for key in ("model", "voice", "transcriber")) or "firstMessage" in data:
        return "assistant"
    return None


def _is_tool(data: Mapping[str, Any]) -> bool:
    kind = data.get("type")
    return isinstance(kind, str) and kind in _TOOL_TYPES and bool(_TOOL_KEYS & set(data)) and "model" not in data


def from_vapi(data: Mapping[str, Any]) -> dict[str, Any]:
    """A document that holds every leaf of a Vapi file; `to_vapi` gives them all back."""
    kind = kind_of(data) or "assistant"
    rest = escaped(data)
    spec: dict[str, Any] = {}
    server = {key: data[key] for key in SERVER_FIELDS if rest.pop(key, data) is not data}
    tools: dict[str, Any] = {}
    if kind == "tool":
        rest = {"tool": take_tool(escaped(data), tools, VENDOR)}
        server = {}
    elif kind == "workflow":
        take_workflow(rest, spec, tools)
        take(rest, spec, _rules(("globalSettings",), rest.get("globalSettings") or {}))
    elif kind == "assistant":
        _take_assistant(rest, spec, tools)
    if tools:
        spec["tools"] = tools
    marker = {} if kind == "assistant" else {KIND: kind}
    spec["extensions"] = {VENDOR: {**marker, **rest, **({SERVER: server} if server else {})}}
    return new_document(spec, name=name_of(data), description=data.get("description"))


def to_vapi(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as Vapi's JSON. What only other vendors know is left out."""
    spec = document.get("spec") or {}
    extensions = spec.get("extensions") or {}
    foreign = VENDOR not in extensions
    rest = as_map(extensions.get(VENDOR))
    kind = rest.pop(KIND, "assistant")
    server = as_map(rest.pop(SERVER, None))
    marked: set[str] = set()
    data: dict[str, Any] = filled(rest, _look_up(spec, marked), marked)
    if kind == "tool":
        return as_map(data.get("tool"))
    if foreign:
        data["name"] = at(document, ("metadata", "name"))
    if kind == "workflow":
        give_workflow(spec, data, marked, _look_up(spec, marked))
        give(spec, data, _rules(("globalSettings",), {}, spec), marked)
    elif kind == "assistant":
        _give_assistant(spec, data, marked, foreign=foreign)
    return {**data, **server}


def _take_assistant(rest: dict[str, Any], spec: dict[str, Any], tools: dict[str, Any]) -> None:
    for path in _TOOL_LISTS:
        if at(rest, path):
            put(rest, path, take_tools(at(rest, path), tools, VENDOR))
    _take_prompt(rest, spec)
    take(rest, spec, _rules((), rest))
    _take_knowledge(rest, spec)


def _give_assistant(spec: Mapping[str, Any], data: dict[str, Any], marked: set[str], *, foreign: bool) -> None:
    give(kept(spec) if foreign else spec, data, _rules((), {}, spec), marked)
    if spec.get("prompt") and "prompt" not in marked:
        _give_prompt(spec["prompt"], data)
    for slug, tool in (spec.get("tools") or {}).items():
        if f"tools/{slug}" not in marked:
            _append_tool(slug, tool, data)


def _take_prompt(rest: dict[str, Any], spec: dict[str, Any]) -> None:
    """The system message is the prompt; in older files it stands beside the messages."""
    messages = at(rest, ("model", "messages"))
    system = [message for message in messages or [] if _is_system(message)] if isinstance(messages, list) else []
    if system:
        spec["prompt"] = system[0]["content"]
        if messages == [{"role": "system", "content": spec["prompt"]}]:
            remove(rest, ("model", "messages"))
        else:
            system[0]["content"] = mark("prompt")
    for path in (("systemPrompt",), ("model", "systemPrompt")):
        text = at(rest, path)
        if isinstance(text, str) and text and spec.setdefault("prompt", text) == text:
            put(rest, path, mark("prompt"))


def _give_prompt(prompt: str, data: dict[str, Any]) -> None:
    messages = at(data, ("model", "messages"))
    messages = messages if isinstance(messages, list) else []
    for message in messages:
        if isinstance(message, dict) and message.get("role") == "system":
            message["content"] = prompt
            return
    put(data, ("model", "messages"), [{"role": "system", "content": prompt}, *messages])


def _is_system(message: Any) -> bool:
    return (
        isinstance(message, dict)
        and message.get("role") == "system"
        and isinstance(message.get("content"), str)
        and bool(message["content"])
    )


def _take_knowledge(rest: dict[str, Any], spec: dict[str, Any]) -> None:
    """Files that the vendor keeps: named in our knowledge, their content is not in the export."""
    path = ("model", "knowledgeBase", "fileIds")
    ids = at(rest, path)
    if isinstance(ids, list) and ids and all(isinstance(item, str) and 0 < len(item) <= 200 for item in ids):
        knowledge = {slugify(item): {"title": item, "source": item} for item in ids}
        if len(knowledge) == len(ids):
            spec["knowledge"] = knowledge
            put(rest, path, [mark("knowledge", slug) for slug in knowledge])


def _append_tool(slug: str, tool: Mapping[str, Any], data: dict[str, Any]) -> None:
    form = new_form(tool, VENDOR)
    if form == "id" and tool.get("vendor") != VENDOR:
        return
    named = {"name": slug, **tool}
    path: tuple[str, ...] = ("model", "toolIds")
    if form != "id":
        path = next((path for path in _TOOL_LISTS[:3] if isinstance(at(data, path), list)), ("model", "tools"))
        form = "untyped" if path == ("functions",) else form
    put(data, path, [*as_list(at(data, path)), give_tool(slug, named, form, VENDOR)])


def _look_up(spec: Mapping[str, Any], marked: set[str]) -> Any:
    def look_up(where: str, found: Mapping[str, Any]) -> Any:
        section, _, name = where.partition("/")
        value = at(spec, where.split("/"))
        if section == "tools" and isinstance(value, dict):
            return give_tool(name, value, str(found.get("form")), VENDOR)
        if section == "knowledge" and isinstance(value, dict):
            return value.get("source")
        return value

    return look_up


def _rules(base: tuple[str, ...], data: Mapping[str, Any], spec: Mapping[str, Any] | None = None) -> list[Rule]:
    """The places of Vapi's values: of those in `data`, or (to export) of those in `spec`."""
    model, voice, transcriber = (
        _keys(data, spec, name, renamed)
        for name, renamed in (("model", _MODEL), ("voice", _VOICE), ("transcriber", {}))
    )
    model = [key for key in model if key not in _MODEL_ELSEWHERE]
    heard = [key for key in transcriber if key != "language"]
    number = {"temperature": is_number(0, 2), "max_tokens": is_whole, "fallbacks": lambda value: False}
    return [
        Rule((*base, "firstMessage"), ("settings", "greeting"), is_text),
        Rule((*base, "transcriber", "language"), ("settings", "language"), is_language),
        Rule((*base, "language"), ("settings", "language"), is_language, usual=bool(base)),
        *object_rules(
            (*base, "model"),
            ("settings", "model"),
            model,
            renamed=_MODEL,
            fits={"provider": is_word, "name": is_word, **number},
        ),
        *object_rules(
            (*base, "voice"),
            ("settings", "voice"),
            voice,
            renamed=_VOICE,
            fits={"provider": is_word, "voice_id": is_word, "speed": is_number(0.001, 4)},
        ),
        *object_rules(
            (*base, "transcriber"),
            ("settings", "transcriber"),
            heard,
            renamed={},
            fits={"provider": is_word, "model": is_word, "keywords": is_words},
        ),
    ]


def _keys(data: Mapping[str, Any], spec: Mapping[str, Any] | None, name: str, renamed: Mapping[str, str]) -> list[str]:
    if spec is None:
        found = data.get(name)
        return list(found) if isinstance(found, dict) else []
    theirs = {ours: key for key, ours in renamed.items()}
    return [theirs.get(key, key) for key in at(spec, ("settings", name)) or {}]
