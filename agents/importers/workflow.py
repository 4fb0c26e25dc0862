"""Vapi's workflows as flows: steps (or nodes) become nodes, their transitions become edges."""

from collections.abc import Callable, Mapping
from typing import Any

from agents.importers.mapping import MARK, as_list, as_map, filled, holds_mark, mark
from agents.importers.tools import take_tools
from agents.names import KEY

_TRANSITION = {"condition", "target"}


def take_workflow(rest: dict[str, Any], spec: dict[str, Any], tools: dict[str, Any]) -> None:
    """Move steps or nodes of `rest` into `spec["flow"]`; both are changed. What does not fit stays."""
    key, name = ("steps", "id") if isinstance(rest.get("steps"), list) else ("nodes", "name")
    items = rest[key]
    if not items or not all(_fits(item, name) for item in items):
        return
    names = [item[name] for item in items]
    if len(set(names)) != len(names):
        return
    nodes = {item[name]: {k: v for k, v in item.items() if k != name} for item in items}
    edges: list[dict[str, Any]] = []
    for node_name, node in nodes.items():
        config = node.get("config")
        if isinstance(config, dict):
            if config.get("tools"):
                config["tools"] = take_tools(config["tools"], tools, "vapi")
            edges += _take_transitions(node_name, config, set(names))
    edges += _take_edges(rest, set(names)) if key == "nodes" else []
    starts = [node_name for node_name, node in nodes.items() if node.get("isStart") is True]
    spec["flow"] = {"start": (starts or names)[0], "nodes": nodes, "edges": edges}
    rest[key] = [mark("flow", "nodes", node_name) for node_name in names]


def give_workflow(
    spec: Mapping[str, Any],
    data: dict[str, Any],
    marked: set[str],
    look_up: Callable[[str, Mapping[str, Any]], Any],
) -> None:
    """Put the nodes' own names, tools and transitions back; `data` is changed."""
    flow = spec.get("flow") or {}
    key, name = ("steps", "id") if isinstance(data.get("steps"), list) else ("nodes", "name")
    if not flow or not isinstance(data.get(key), list):
        return
    kept = [where.removeprefix("flow/nodes/") for where in marked if where.startswith("flow/nodes/")]
    order = [node for node in _order(spec, key) if node in flow["nodes"]]
    order += [node for node in flow["nodes"] if node not in kept]
    edges = flow.get("edges") or []
    data[key] = [
        _step(node, filled(flow["nodes"][node], look_up, marked), name, edges if key == "steps" else [])
        for node in order
    ]
    if key == "nodes":
        data["edges"] = edges


def _order(spec: Mapping[str, Any], key: str) -> list[str]:
    left = as_list(as_map(spec["extensions"]["vapi"]).get(key))
    return [str(item[MARK]).removeprefix("flow/nodes/") for item in left if isinstance(item, dict) and MARK in item]


def _step(node: str, value: dict[str, Any], name: str, edges: list[dict[str, Any]]) -> dict[str, Any]:
    for edge in edges:
        if edge["from"] != node:
            continue
        value["config"] = config = as_map(value.get("config"))
        if isinstance(edge.get("at"), str):
            config[edge["at"]] = {**as_map(config.get(edge["at"])), "nextStep": edge["to"]}
        else:
            further = {"condition": edge["when"]} if "when" in edge else {}
            config["transitions"] = [*as_list(config.get("transitions")), {**further, "target": edge["to"]}]
    return {name: node, **value}


def _take_transitions(node: str, config: dict[str, Any], names: set[str]) -> list[dict[str, Any]]:
    edges: list[dict[str, Any]] = []
    transitions = config.get("transitions")
    if transitions and isinstance(transitions, list) and all(_is_transition(item, names) for item in transitions):
        for item in config.pop("transitions"):
            when = {"when": item["condition"]} if "condition" in item else {}
            edges.append({"from": node, "to": item["target"], **when})
    for key, value in config.items():
        if isinstance(value, dict) and value.get("nextStep") in names:
            edges.append({"from": node, "to": value.pop("nextStep"), "when": key, "at": key})
    return edges


def _is_transition(item: Any, names: set[str]) -> bool:
    return (
        isinstance(item, dict)
        and set(item) <= _TRANSITION
        and item.get("target") in names
        and isinstance(item.get("condition", ""), str)
    )


def _take_edges(rest: dict[str, Any], names: set[str]) -> list[dict[str, Any]]:
    edges = rest.get("edges")
    if isinstance(edges, list) and all(
        isinstance(edge, dict)
        and edge.get("from") in names
        and edge.get("to") in names
        and not holds_mark(edge)
        and "when" not in edge
        for edge in edges
    ):
        rest["edges"] = []
        return edges
    return []


def _fits(item: Any, name: str) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get(name), str)
        and bool(KEY.match(item[name]))
        and isinstance(item.get("type"), str)
        and 0 < len(item["type"]) <= 200
        and MARK not in item
        and not any(key in item and not isinstance(item[key], str) for key in ("text", "tool", "variable"))
    )
