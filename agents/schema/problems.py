"""What is worth a look in a valid document: nothing here refuses a save, gates and pages show it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from agents.flow_graph import graph_problems
from agents.names import pointer

_VARIABLE = re.compile(r"\{\{-?\s*([A-Za-z_][A-Za-z0-9_.-]{0,199})\s*[|}]")
# System variables of the vendors: {{system__time_utc}} (ElevenLabs), {{now}} and {{customer.number}} (Vapi).
_BUILT_IN = re.compile(r"(system__|customer\.|transport\.|assistant\.|call\.)|(now|date|time|day|month|year)\Z")
_SETTING_NAMES = frozenset({"greeting", "language"})
_CREDENTIALS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^\s/:@{}]{1,200}:[^\s/@{}]{1,200}@", re.IGNORECASE)
# Fixed counts: a text of two megabytes must be looked through in one pass.
_KEYS = re.compile(
    r"\b(?:sk-[A-Za-z0-9_-]{16}|sk_(?:live|test)_[A-Za-z0-9]{12}|gh[pousr]_[A-Za-z0-9]{20}"
    r"|xox[abprs]-[A-Za-z0-9-]{10}|AKIA[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30}"
    r"|eyJ[A-Za-z0-9_-]{10,100}\.eyJ[A-Za-z0-9_-]{10})|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
)
_SECRET_FIELD = re.compile(r"(secret|password|api[_-]?key|token|authorization)\Z", re.IGNORECASE)
_REFERENCE = re.compile(r"secrets://|.*(\{\{|\$\{)|(Bearer\s+)?(\{\{|\$\{|secrets://)|REDACTED", re.DOTALL)


@dataclass(frozen=True)
class Problem:
    """One finding: `error` will fail when the agent runs, `warning` may be meant."""

    severity: Literal["error", "warning"]
    pointer: str
    message: str


def problems(config: Mapping[str, Any]) -> list[Problem]:
    """Findings in a valid configuration, in the order of the document."""
    return [
        *_undeclared(config),
        *_flow_problems(config),
        *_tool_problems(config.get("tools") or {}),
        *_leaks(config),
    ]


def used_variables(config: Mapping[str, Any]) -> dict[str, str]:
    """Variables used as {{name}} anywhere but in extensions -> pointer of the first use."""
    used: dict[str, str] = {}
    for where, text in _texts({key: value for key, value in config.items() if key != "extensions"}):
        for match in _VARIABLE.finditer(text):
            used.setdefault(match.group(1), where)
    return used


def declared_variables(config: Mapping[str, Any]) -> list[str]:
    """The names that may stand in {{...}}: declared, collected by the flow, or a setting."""
    return sorted((config.get("variables") or {}).keys() | _collected(config))


def _undeclared(config: Mapping[str, Any]) -> Iterable[Problem]:
    declared = declared_variables(config)
    for name, where in used_variables(config).items():
        if name not in declared and name.split(".")[0] not in declared and not _BUILT_IN.match(name):
            yield Problem("warning", where, f"{{{{{name}}}}} is used but not declared; add it to variables.")


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
    tools = config.get("tools") or {}
    for name, node in flow["nodes"].items():
        where = pointer("flow", "nodes", name)
        for message in told.get(name, ()):
            yield Problem("warning", where, message)
        tool = node.get("tool")
        if tool and tool not in tools:
            yield Problem("error", where + "/tool", f"There is no tool {tool!r}; add it to tools or name another.")


def _tool_problems(tools: Mapping[str, Any]) -> Iterable[Problem]:
    for slug, tool in tools.items():
        if tool["type"] == "function" and not tool.get("description"):
            where = pointer("tools", slug, "description")
            yield Problem("warning", where, "No description: the model cannot know when to use it.")
        if tool["type"] == "http" and not tool.get("endpoint"):
            yield Problem("error", pointer("tools", slug, "endpoint"), "An http tool needs an endpoint.")


def _leaks(config: Mapping[str, Any]) -> Iterable[Problem]:
    for where, text in _texts(config):
        if "://" in text and _CREDENTIALS.search(text):
            yield Problem("error", where, "An address with a password in it; use a secrets:// reference.")
        elif _KEYS.search(text):
            yield Problem("error", where, "This looks like a key; use a secrets:// reference and renew the key.")
        elif _SECRET_FIELD.search(where) and text and not _REFERENCE.match(text) and len(text) >= 8:
            yield Problem("warning", where, "A secret in plain text? Use a secrets:// reference.")


def _texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, where + pointer(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{where}/{index}")
