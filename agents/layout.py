"""What stays out of a configuration's meaning: vendors' server-only fields and canvas positions.

In a document they stand where people expect them: `$server` beside the vendor's other data
(`extensions.vapi.$server`, `tools.<slug>.$server`), `position` in a flow's node, `viewport` in a flow, and
the same in a vendor's own `workflow` (ElevenLabs: `extensions.elevenlabs.workflow.nodes.<id>.position`).
The layout is a tree of the same shape that holds only those.
"""

from typing import Any

SERVER = "$server"
WORKFLOW = "workflow"
_WITH_SERVER = ("extensions", "tools", "knowledge", "integrations")


def take_out(config: dict[str, Any]) -> dict[str, Any]:
    """Remove the layout from `config` (which is changed) and return it; {} when there is none."""
    layout: dict[str, Any] = {}
    for section in _WITH_SERVER:
        items = config.get(section)
        taken = _from_items(items, section) if isinstance(items, dict) else {}
        if taken:
            layout[section] = taken
    flow = config.get("flow")
    if isinstance(flow, dict):
        taken = _from_flow(flow)
        if taken:
            layout["flow"] = taken
    return layout


def put_back(config: dict[str, Any], layout: dict[str, Any]) -> None:
    """Put a layout into `config` (which is changed); what belonged to an item that is gone is left out."""
    for section, items in layout.items():
        target = config.get(section)
        if not isinstance(target, dict):
            continue
        if section == "flow":
            _into_flow(target, items)
        else:
            _into_items(target, items)


def _from_items(items: dict[str, Any], section: str) -> dict[str, Any]:
    layout: dict[str, Any] = {}
    for name, item in items.items():
        if not isinstance(item, dict):
            continue
        taken = {SERVER: item.pop(SERVER)} if SERVER in item else {}
        workflow = item.get(WORKFLOW) if section == "extensions" else None
        drawn = _from_flow(workflow) if isinstance(workflow, dict) else {}
        if drawn:
            taken[WORKFLOW] = drawn
        if taken:
            layout[name] = taken
    return layout


def _from_flow(flow: dict[str, Any]) -> dict[str, Any]:
    taken: dict[str, Any] = {}
    nodes = flow.get("nodes")
    for name, node in nodes.items() if isinstance(nodes, dict) else ():
        found = _from_node(node) if isinstance(node, dict) else {}
        if found:
            taken.setdefault("nodes", {})[name] = found
    for key in ("viewport", SERVER):
        if isinstance(flow.get(key), dict):
            taken[key] = flow.pop(key)
    return taken


def _from_node(node: dict[str, Any]) -> dict[str, Any]:
    found = {key: node.pop(key) for key in ("position", SERVER) if _is_layout(key, node.get(key))}
    metadata = node.get("metadata")
    if isinstance(metadata, dict) and _is_layout("position", metadata.get("position")):
        found["metadata"] = {"position": metadata.pop("position")}
        # A metadata object that held nothing else is layout as a whole.
        if not metadata:
            del node["metadata"]
    return found


def _is_layout(key: str, value: Any) -> bool:
    if key == SERVER:
        return isinstance(value, dict)
    # A node may well collect a job "position" as text: only coordinates are a place on a canvas.
    return isinstance(value, dict) and bool(value) and all(isinstance(axis, int | float) for axis in value.values())


def _into_flow(flow: dict[str, Any], layout: dict[str, Any]) -> None:
    _into_items(flow.get("nodes", {}), layout.get("nodes", {}))
    for key, value in layout.items():
        if key != "nodes":
            flow.setdefault(key, value)


def _into_items(items: Any, layout: dict[str, Any]) -> None:
    for name, found in layout.items():
        item = items.get(name) if isinstance(items, dict) else None
        if not isinstance(item, dict):
            continue
        for key, value in found.items():
            # What the configuration itself has at such a place is content and stays.
            if key == WORKFLOW:
                if isinstance(item.get(WORKFLOW), dict):
                    _into_flow(item[WORKFLOW], value)
            elif key == "metadata" and isinstance(item.get(key), dict):
                item[key] = {**value, **item[key]}
            else:
                item.setdefault(key, value)
