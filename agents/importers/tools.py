"""Vendors' tools as tools of ours. A tool that would not be valid here is not touched at all."""

from collections.abc import Mapping
from typing import Any

from agents.importers.mapping import as_map, holds_mark, mark
from agents.layout import SERVER
from agents.names import slugify
from agents.schema import validate
from console.organizations.errors import InvalidContent

REFERENCE = "reference"
_SERVER_FIELDS = ("id", "orgId", "createdAt", "updatedAt")
_HOISTED = ("name", "description", "parameters")


def take_tools(items: Any, tools: dict[str, Any], vendor: str) -> Any:
    """Move every tool of a vendor's list into `tools`; the list of what is left behind (see mapping)."""
    if not isinstance(items, list):
        return items
    return [take_tool(item, tools, vendor) for item in items]


def take_tool(item: Any, tools: dict[str, Any], vendor: str) -> Any:
    """Move one tool into `tools` and return its mark; the item itself when it does not fit."""
    if isinstance(item, str) and item.strip():
        form, tool = "id", {"type": REFERENCE, "ref": item, "vendor": vendor}
        name = item
    elif isinstance(item, dict) and not holds_mark(item):
        form, tool = _from_vapi(item) if vendor == "vapi" else _from_elevenlabs(item)
        name = str(tool.get("name") or tool.get("type") or "tool")
    else:
        return item
    slug = _free(slugify(name, fallback="tool"), tools)
    try:
        validate({"tools": {slug: tool}})
    except InvalidContent:
        return item
    tools[slug] = tool
    return mark("tools", slug, form=form)


def give_tool(slug: str, tool: Mapping[str, Any], form: str, vendor: str) -> Any:
    """The vendor's tool again, in the form it came in (or `new_form`); `slug` serves a reference without one."""
    if form == "id":
        return tool.get("ref", slug)
    return _to_vapi(tool, form) if vendor == "vapi" else _to_elevenlabs(tool, form)


def new_form(tool: Mapping[str, Any], vendor: str) -> str:
    """The form for a tool that did not come from this vendor."""
    if tool.get("type") == REFERENCE:
        return "id"
    if vendor == "vapi":
        return "flat" if tool.get("type") == "http" else "wrapped"
    return "flat"


def _from_vapi(item: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    tool = dict(item)
    server = {key: tool.pop(key) for key in _SERVER_FIELDS if key in tool}
    form = "own" if tool.get("type") == "http" else "flat"
    function = tool.get("function")
    if "type" not in tool:
        form, tool["type"] = "untyped", "function"
    elif isinstance(function, dict) and not any(key in tool for key in _HOISTED):
        form = "wrapped"
        tool.update({key: function[key] for key in _HOISTED if key in function})
        tool["function"] = {key: value for key, value in function.items() if key not in _HOISTED}
        if not tool["function"]:
            del tool["function"]
    if tool["type"] == "apiRequest" and "endpoint" not in tool:
        tool["type"] = "http"
        if "url" in tool:
            tool["endpoint"] = tool.pop("url")
    if server:
        tool[SERVER] = server
    return form, tool


def _to_vapi(tool: Mapping[str, Any], form: str) -> dict[str, Any]:
    item = dict(tool)
    item.update(as_map(item.pop(SERVER, None)))
    if item.get("type") == "http" and form != "own":
        item["type"] = "apiRequest"
        if "endpoint" in item:
            item["url"] = item.pop("endpoint")
    if form == "untyped":
        del item["type"]
    elif form == "wrapped":
        hoisted = {key: item.pop(key) for key in _HOISTED if key in item}
        item["function"] = {**as_map(item.get("function")), **hoisted}
    return item


def _from_elevenlabs(item: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    tool = dict(item)
    server = {key: tool.pop(key) for key in ("id", "access_info") if key in tool}
    if server:
        tool[SERVER] = server
    schema = tool.get("api_schema")
    form = "own" if tool.get("type") in ("http", "function") else "flat"
    if tool.get("type") == "webhook" and isinstance(schema, dict) and not {"endpoint", "method"} & set(tool):
        form, tool["type"] = "webhook", "http"
        tool["api_schema"] = {key: value for key, value in schema.items() if key not in ("url", "method")}
        for theirs, ours in (("url", "endpoint"), ("method", "method")):
            if theirs in schema:
                tool[ours] = schema[theirs]
        if not tool["api_schema"]:
            del tool["api_schema"]
    if "type" not in tool:
        form, tool["type"] = "untyped", "function"
    return form, tool


def _to_elevenlabs(tool: Mapping[str, Any], form: str) -> dict[str, Any]:
    item = dict(tool)
    item.update(as_map(item.pop(SERVER, None)))
    if form == "untyped":
        del item["type"]
    elif item.get("type") == "http" and form != "own":
        item["type"] = "webhook"
        moved = {theirs: item.pop(ours) for theirs, ours in (("url", "endpoint"), ("method", "method")) if ours in item}
        item["api_schema"] = {**as_map(item.get("api_schema")), **moved}
    elif item.get("type") == "function" and form == "flat":
        item["type"] = "client"
    return item


def _free(slug: str, taken: Mapping[str, Any]) -> str:
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug[:190]}-{number}"
    return free
