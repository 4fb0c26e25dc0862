"""Single acts on a flow: each takes a flow and gives the flow afterwards; the given one stays as it was.

Pure. A flow is the value of the section `flow`, None for none. Whatever an act does not speak of is kept, the
fields of vendors too. `Invalid` names the field of the form that asked for something impossible. The document is
a map of nodes without an order, and a list of edges whose order counts: of a node's edges the first that fits.
"""

import copy
from collections.abc import Mapping
from typing import Any, Literal, NoReturn

from django.utils.translation import gettext as _

from agents.flow_graph import reading_order
from agents.names import KEY
from console.organizations.errors import ContentError, Invalid

Flow = Mapping[str, Any]
Step = Literal["up", "down"]


def add_node(
    flow: Flow | None, name: str, node: Mapping[str, Any], *, after: str = "", when: str = ""
) -> dict[str, Any]:
    """With one more node; `after` leads to it, under the condition `when`. The first node of a flow is its start."""
    changed: dict[str, Any] = _copy(flow) if flow else {"start": name, "nodes": {}, "edges": []}
    _require_free(changed, name)
    changed["nodes"][name] = copy.deepcopy(dict(node))
    if after:
        _require_node(changed, after, "after")
        _add_edge(changed, _edge(after, name, when))
    return changed


def insert_node(flow: Flow, name: str, node: Mapping[str, Any], *, edge: int) -> dict[str, Any]:
    """With one more node in the middle of an edge: the edge keeps its condition, a new one leads on."""
    changed = _copy(flow)
    _require_free(changed, name)
    old = _edge_at(changed, edge)
    changed["nodes"][name] = copy.deepcopy(dict(node))
    onward = old["to"]
    old["to"] = name
    changed["edges"].insert(edge + 1, _edge(name, onward))
    return changed


def duplicate_node(flow: Flow, name: str, twin: str) -> dict[str, Any]:
    """With a second node of the same content that leads to the same places; nothing leads to it yet."""
    changed = _copy(flow)
    _require_node(changed, name, "node")
    _require_free(changed, twin)
    node = copy.deepcopy(changed["nodes"][name])
    node.pop("position", None)  # two nodes in one place of a canvas would hide each other
    changed["nodes"][twin] = node
    changed["edges"] += [{**copy.deepcopy(edge), "from": twin} for edge in changed["edges"] if edge["from"] == name]
    return changed


def delete_node(flow: Flow, name: str) -> dict[str, Any] | None:
    """Without the node and its edges; None when it was the only one. Without its start a flow begins behind it."""
    _require_node(flow, name, "node")
    changed = _copy(flow)
    order = [other for other in reading_order(changed) if other != name]
    if not order:
        return None
    if changed["start"] == name:
        ahead = [edge["to"] for edge in changed["edges"] if edge["from"] == name and edge["to"] != name]
        changed["start"] = (ahead or order)[0]
    del changed["nodes"][name]
    changed["edges"] = [edge for edge in changed["edges"] if name not in (edge["from"], edge["to"])]
    return changed


def rename_node(flow: Flow, name: str, new: str) -> dict[str, Any]:
    """With the node under another name; the start and all edges follow."""
    changed = _copy(flow)
    _require_node(changed, name, "node")
    if new == name:
        return changed
    _require_free(changed, new)
    changed["nodes"] = {new if key == name else key: node for key, node in changed["nodes"].items()}
    changed["start"] = new if changed["start"] == name else changed["start"]
    for edge in changed["edges"]:
        edge |= {end: new for end in ("from", "to") if edge[end] == name}
    return changed


def change_node(flow: Flow, name: str, node: Mapping[str, Any]) -> dict[str, Any]:
    """With another content of the node."""
    changed = _copy(flow)
    _require_node(changed, name, "node")
    changed["nodes"][name] = copy.deepcopy(dict(node))
    return changed


def set_start(flow: Flow, name: str) -> dict[str, Any]:
    """The conversation begins at this node."""
    changed = _copy(flow)
    _require_node(changed, name, "node")
    changed["start"] = name
    return changed


def connect(flow: Flow, source: str, target: str, when: str = "") -> dict[str, Any]:
    """With one more edge, the last of its node."""
    changed = _copy(flow)
    _require_node(changed, source, "source")
    _require_node(changed, target, "target")
    _add_edge(changed, _edge(source, target, when))
    return changed


def change_edge(flow: Flow, edge: int, target: str, when: str = "") -> dict[str, Any]:
    """With the edge leading elsewhere or under another condition; its place and its other fields stay."""
    changed = _copy(flow)
    old = _edge_at(changed, edge)
    _require_node(changed, target, "target")
    old["to"] = target
    if when != (old.get("when") or ""):
        old.pop("when", None)
        old |= {"when": when} if when else {}
    return changed


def remove_edge(flow: Flow, edge: int) -> dict[str, Any]:
    """Without the edge."""
    changed = _copy(flow)
    _edge_at(changed, edge)
    del changed["edges"][edge]
    return changed


def move_edge(flow: Flow, edge: int, step: Step) -> dict[str, Any]:
    """With the edge before or after its neighbour among the edges of the same node; at the end nothing changes."""
    changed = _copy(flow)
    source = _edge_at(changed, edge)["from"]
    own = [place for place, other in enumerate(changed["edges"]) if other["from"] == source]
    at = own.index(edge) + (-1 if step == "up" else 1)
    if 0 <= at < len(own):
        edges = changed["edges"]
        edges[edge], edges[own[at]] = edges[own[at]], edges[edge]
    return changed


def free_name(flow: Flow | None, wish: str) -> str:
    """The wished name, with a number behind it when a node has it."""
    nodes = (flow or {}).get("nodes") or {}
    stem, number, name = wish[:190], 1, wish
    while name in nodes:
        number += 1
        name = f"{stem}_{number}"
    return name


def _copy(flow: Flow) -> dict[str, Any]:
    changed = copy.deepcopy(dict(flow))
    changed["edges"] = changed.get("edges") or []
    return changed


def _edge(source: str, target: str, when: str = "") -> dict[str, Any]:
    return {"from": source, "to": target} | ({"when": when} if when else {})


def _add_edge(flow: dict[str, Any], edge: dict[str, Any]) -> None:
    """Behind the last edge of the same node, so that what belongs together stands together."""
    own = [place for place, other in enumerate(flow["edges"]) if other["from"] == edge["from"]]
    flow["edges"].insert(own[-1] + 1 if own else len(flow["edges"]), edge)


def _edge_at(flow: Flow, edge: int) -> dict[str, Any]:
    edges: list[dict[str, Any]] = flow["edges"]
    if not 0 <= edge < len(edges):
        _refuse("edge", _("There is no such transition."))
    return edges[edge]


def _require_node(flow: Flow, name: str, field: str) -> None:
    if name not in flow["nodes"]:
        _refuse(field, _("There is no node %(name)s.") % {"name": name[:80]})


def _require_free(flow: Flow, name: str) -> None:
    if not KEY.match(name):
        _refuse("name", _("Use letters, digits, _ . and -, at most 200; begin with a letter, a digit or _."))
    if name in flow["nodes"]:
        _refuse("name", _("There is a node %(name)s already. Choose another name.") % {"name": name})


def _refuse(field: str, message: str) -> NoReturn:
    raise Invalid(f"{message} {_('Nothing was changed.')}", [ContentError(f"/{field}", message)])
