"""What is worth a look in a valid document: nothing here refuses a save; errors keep a draft from being published."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from agents.flow_graph import graph_problems
from agents.names import pointer
from agents.schema.leaks import leaks, literal_addresses, literal_keys
from agents.schema.texts import Problem, texts

_VARIABLE = re.compile(r"\{\{-?\s*([A-Za-z_][A-Za-z0-9_.-]{0,199})\s*[|}]")
# System variables of the vendors: {{system__time_utc}} (ElevenLabs), {{now}} and {{customer.number}} (Vapi).
BUILT_IN = re.compile(r"(system__|customer\.|transport\.|assistant\.|call\.)|(now|date|time|day|month|year)\Z")
_MISSING = {
    "tools": gettext_lazy("There is no tool %(name)s; add it to tools or name another."),
    "knowledge": gettext_lazy("There is no knowledge document %(name)s; add it to knowledge or name another."),
}
_SETTING_NAMES = frozenset({"greeting", "language"})


def problems(config: Mapping[str, Any]) -> list[Problem]:
    """Findings in a valid configuration, in the order of the document."""
    return [
        *_variables(config),
        *_flow_problems(config),
        *_tool_problems(config.get("tools") or {}),
        *literal_keys(config),
        *literal_addresses(config),
        *leaks(config),
    ]


def errors_alone(config: Mapping[str, Any]) -> list[Problem]:
    """The errors that each part of a configuration has by itself, whatever else is there (see also `references`)."""
    found = (*_tool_problems(config.get("tools") or {}), *literal_keys(config), *leaks(config))
    return [problem for problem in found if problem.severity == "error"]


def references(flow: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What the nodes of a flow name in other sections: pointer, section, name; an error where that is not there."""
    for node in flow["nodes"]:
        yield from _references(flow, node)


def declared_variables(config: Mapping[str, Any]) -> list[str]:
    """The names that may stand in {{...}}: declared, collected by the flow, or a setting."""
    return sorted((config.get("variables") or {}).keys() | _collected(config))


def _uses(config: Mapping[str, Any]) -> dict[str, tuple[str, re.Match[str]]]:
    """Variables used as {{name}} anywhere but in extensions -> pointer and place of the first use."""
    used: dict[str, tuple[str, re.Match[str]]] = {}
    for where, text in texts({key: value for key, value in config.items() if key != "extensions"}):
        for match in _VARIABLE.finditer(text):
            used.setdefault(match.group(1), (where, match))
    return used


def _variables(config: Mapping[str, Any]) -> Iterable[Problem]:
    """Used and not declared; declared and not used (in extensions vendors may use them as they like)."""
    known, used = set(declared_variables(config)), _uses(config)
    for name, (where, match) in used.items():
        if name not in known and name.split(".")[0] not in known and not BUILT_IN.match(name):
            message = gettext("%(name)s is used but not declared; add it to variables.")
            yield Problem("warning", where, message % {"name": f"{{{{{name}}}}}"}, "undeclared", *match.span(1))
    roots = {name.split(".")[0] for name in used} | used.keys()
    if any(_VARIABLE.search(text) for _, text in texts(config.get("extensions"))):
        return
    for name in config.get("variables") or {}:
        if name not in roots:
            message = gettext("%(name)s is declared but never used.") % {"name": f"{{{{{name}}}}}"}
            yield Problem("warning", pointer("variables", name), message, "unused")


def _collected(config: Mapping[str, Any]) -> set[str]:
    nodes = (config.get("flow") or {}).get("nodes") or {}
    collected = {str(node["variable"]) for node in nodes.values() if node.get("variable")}
    return collected | (_SETTING_NAMES & (config.get("settings") or {}).keys())


def _flow_problems(config: Mapping[str, Any]) -> Iterable[Problem]:
    flow = config.get("flow")
    if not flow:
        return
    told: dict[str, list[str]] = {}
    for found in graph_problems(flow):
        told.setdefault(found.nodes[0], []).append(found.message)
    for node in flow["nodes"]:
        for message in told.get(node, ()):
            yield Problem("warning", pointer("flow", "nodes", node), message, "flow")
        for where, section, name in _references(flow, node):
            if name not in (config.get(section) or {}):
                yield Problem("error", where, str(_MISSING[section]) % {"name": repr(name)}, "missing")


def _references(flow: Mapping[str, Any], node: str) -> Iterator[tuple[str, str, str]]:
    named, where = flow["nodes"][node], pointer("flow", "nodes", node)
    if named.get("tool"):
        yield f"{where}/tool", "tools", named["tool"]
    for document in _named_documents(named):
        yield f"{where}/knowledge", "knowledge", document


def _named_documents(node: Mapping[str, Any]) -> list[str]:
    """The knowledge documents that a node names: one, or a list; anything else is a vendor's own."""
    named = node.get("knowledge")
    named = [named] if isinstance(named, str) else named
    return [one for one in named if isinstance(one, str) and one] if isinstance(named, list) else []


def _tool_problems(tools: Mapping[str, Any]) -> Iterable[Problem]:
    for slug, tool in tools.items():
        if tool["type"] == "function" and not tool.get("description"):
            where = pointer("tools", slug, "description")
            yield Problem("warning", where, gettext("No description: the model cannot know when to use it."), "tool")
        if tool["type"] == "http" and not tool.get("endpoint"):
            yield Problem(
                "error", pointer("tools", slug, "endpoint"), gettext("An http tool needs an endpoint."), "tool"
            )
