"""What is drawn of a flow: nodes and edges with their place in the reading order, marks of change, problems.

Pure data, made for `templates/components/_flow_picture.html`, which also tells it as text; where a node stands
on the screen is decided in the browser (static/js/flow_picture.js).
"""

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.compare_flow import keyed_edges
from agents.compare_values import stable
from agents.flow_graph import graph_problems, is_end, reading_order
from agents.layout import take_out
from audit.matching import longest_rising

MARKS = {"added": "A", "removed": "R", "changed": "C", "moved": "M", "": ""}
ICONS = {
    "say": "message-circle",
    "collect": "clipboard-pen",
    "branch": "split",
    "tool": "wrench",
    "transfer": "phone-forwarded",
    "end": "flag",
    "other": "square",
}
LABEL_LENGTH = 240  # characters of a node's text that are drawn or told; the rest stands in its form

# Kinds by the words in a node's type, for those of vendors too; the first that fits counts.
_KINDS = (
    ("transfer", re.compile(r"transfer|hand[-_]?off|forward|standalone_agent", re.IGNORECASE)),
    ("collect", re.compile(r"collect|gather|(?<![a-z])ask|input|question|slot|(?<![a-z])form$", re.IGNORECASE)),
    ("branch", re.compile(r"branch|condition|router?$|switch|decision|classif|(?<![a-z])if", re.IGNORECASE)),
    ("tool", re.compile(r"tool|api|http|request|function|webhook|action|code", re.IGNORECASE)),
    ("say", re.compile(r"say|speak|message|text|prompt|play|greet|answer|llm", re.IGNORECASE)),
)
_TEXT_KEYS = ("text", "prompt", "message", "instructions", "label", "description")


def picture_of(flow: Mapping[str, Any] | None, former: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The picture of a flow; with `former`, of what became of it ({} for a flow that is new as a whole).

    `nodes`: `id`, `anchor` (the id of its entry in the outline), `type`, `kind` (say, collect, branch, tool, transfer,
    end, other: its shape), `icon`, `label`, `start`, `problems` (messages), `ways` (its edges), `change`, `mark`.
    `edges`: `id`, `index` (its place in the flow), `from`, `to`, `label` (the condition), `change`, `mark`. A change
    is "added", "removed", "changed", "moved" (edges only) or "", a mark its first letter. Both in the order in which
    a flow is read; what was removed stands where it stood. `summary` is one sentence, `problems` all messages with
    their node.
    """
    now, former = _drawn(flow), former if former is None else _drawn(former)
    edges = _edges(now, former)
    nodes = _nodes(now, former, edges)
    start, before = now.get("start", ""), former.get("start", "") if former else ""
    return {
        "start": start,
        "former_start": before if former is not None and before != start else "",
        "nodes": nodes,
        "edges": edges,
        "problems": [{"node": node["id"], "message": text} for node in nodes for text in node["problems"]],
        "summary": _summary(nodes, edges, start),
        "is_comparison": former is not None,
    }


def kind_of(node: Mapping[str, Any]) -> str:
    """What a node does as far as its shape tells it."""
    name = str(node.get("type", ""))
    for kind, words in _KINDS[:1]:
        if words.search(name):
            return kind
    if is_end(node):
        return "end"
    return next((kind for kind, words in _KINDS[1:] if words.search(name)), "other")


def label_of(node: Mapping[str, Any]) -> str:
    """What a node says, asks or calls, in at most 240 characters of one line."""
    said = next((node[key] for key in _TEXT_KEYS if isinstance(node.get(key), str) and node[key].strip()), "")
    about = [str(node[key]) for key in ("tool", "variable") if node.get(key) and isinstance(node[key], str)]
    text = " ".join(": ".join(part for part in (*about, said) if part).split())
    return text if len(text) <= LABEL_LENGTH else f"{text[: LABEL_LENGTH - 1]}…"


def anchor_of(name: str) -> str:
    """The id of a node's entry in an outline."""
    return f"node-{name}"


def _nodes(
    now: Mapping[str, Any], former: Mapping[str, Any] | None, edges: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    here = now.get("nodes") or {}
    there = (former or {}).get("nodes") or {}
    told: dict[str, list[str]] = {}
    for problem in graph_problems(now) if here else ():
        for name in problem.nodes:
            told.setdefault(name, []).append(problem.message)
    ways: dict[str, list[dict[str, Any]]] = {}
    for edge in edges:
        ways.setdefault(edge["from"], []).append(edge)
    found = []
    for name in _order(now, former):
        change = "" if former is None else _change(there.get(name), here.get(name))
        node = here.get(name) or there.get(name) or {}
        facts: dict[str, Any] = {
            "id": name,
            "anchor": anchor_of(name),
            "type": str(node.get("type", "")),
            "kind": kind_of(node),
        }
        facts |= {
            "icon": ICONS[facts["kind"]],
            "label": label_of(node),
            "start": name == now.get("start"),
            "problems": told.get(name, []),
        }
        found.append(facts | {"change": change, "mark": MARKS[change], "ways": ways.get(name, [])})
    return found


def _change(before: Any, after: Any) -> str:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "changed" if stable(before) != stable(after) else ""


def _drawn(flow: Mapping[str, Any] | None) -> dict[str, Any]:
    """The flow without places on a canvas and vendors' server fields: they are no change (agents/layout.py)."""
    config = {"flow": copy.deepcopy(dict(flow or {}))}
    take_out(config)
    return config["flow"]


def _order(now: Mapping[str, Any], former: Mapping[str, Any] | None) -> list[str]:
    """Reading order of the flow; each removed node after the one that it followed."""
    order = reading_order(now)
    known, last = set(order), ""
    for name in reading_order(former) if former else ():
        if name not in known:
            order.insert(order.index(last) + 1 if last else 0, name)
            known.add(name)
        last = name
    return order


def _edges(now: Mapping[str, Any], former: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    here = keyed_edges(now.get("edges") or [])
    there = keyed_edges((former or {}).get("edges") or [])
    moved = _moved([there[key][0] for key in here if key in there])
    found = []
    kept = iter(moved)
    for key, (_place, edge) in here.items():
        change = ""
        if former is not None and key not in there:
            change = "added"
        elif former is not None:
            is_moved = next(kept)
            change = "changed" if stable(there[key][1]) != stable(edge) else "moved" if is_moved else ""
        found.append((edge, change))
    found += [(edge, "removed") for key, (_place, edge) in there.items() if key not in here]
    return [
        {
            "id": f"edge-{place}",
            "index": place,
            "from": edge["from"],
            "to": edge["to"],
            "label": str(edge.get("when") or ""),
        }
        | {"change": change, "mark": MARKS[change]}
        for place, (edge, change) in enumerate(found)
    ]


def _moved(places: list[int]) -> Iterator[bool]:
    """For each edge that stayed, whether it left the order of the others: the fewest that explain the new order."""
    stayed = set(longest_rising(places))
    return (place not in stayed for place in range(len(places)))


def _summary(nodes: list[dict[str, Any]], edges: list[dict[str, Any]], start: str) -> str:
    if not nodes:
        return _("No flow: the agent answers from prompt and knowledge only.")
    present = [node for node in nodes if node["change"] != "removed"]
    ways = [edge for edge in edges if edge["change"] != "removed"]
    counts = {
        "nodes": ngettext("%d node", "%d nodes", len(present)) % len(present),
        "edges": ngettext("%d transition", "%d transitions", len(ways)) % len(ways),
    }
    said = _("Flow of %(nodes)s and %(edges)s") % counts
    ends = sum(1 for node in present if node["kind"] in ("end", "transfer"))
    said += (
        _(", from %(start)s to %(ends)s.")
        % {
            "start": start,
            "ends": ngettext("%d end", "%d ends", ends) % ends,
        }
        if start
        else "."
    )
    changes = [
        f"{len(marked)} {word}"
        for word in ("added", "removed", "changed", "moved")
        if (marked := [item for item in (*nodes, *edges) if item["change"] == word])
    ]
    return f"{said} {', '.join(changes)}." if changes else said
