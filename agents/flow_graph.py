"""A flow as a graph: what leads where, in which order people read it, and what is wrong with its ways.

Pure. A flow is the value of the section `flow` (contract.md, "The agent document"): `start`, `nodes`, `edges`.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

Flow = Mapping[str, Any]
Ways = dict[str, list[str]]
Fault = Literal["unreachable", "dead end", "endless loop"]

# Vendors have types of their own; these words in one mean that the conversation leaves the flow there.
_ENDS = re.compile(r"(?<![A-Za-z])(?i:end(?!point)|hang)|(?<=[a-z])(End|Hang)|(?i:transfer|hand[-_]?off)")


@dataclass(frozen=True)
class GraphProblem:
    """Something about the ways of a flow; `nodes` are those it concerns, the first one is where it is told."""

    fault: Fault
    nodes: tuple[str, ...]
    message: str


def ways_of(flow: Flow) -> Ways:
    """Node -> where its edges lead, in the order of the edges; nodes without an edge are missing."""
    ways: Ways = {}
    for edge in flow.get("edges") or []:
        ways.setdefault(edge["from"], []).append(edge["to"])
    return ways


def is_end(node: Mapping[str, Any]) -> bool:
    """Whether the conversation may stop at this node."""
    return bool(_ENDS.search(str(node.get("type", "")))) or bool(node.get("end"))


def reading_order(flow: Flow) -> list[str]:
    """Every node once: as the conversation runs from the start, each way to its end, then what nothing leads to.

    The document keeps no order of nodes (a map has none), so this one follows from the order of the edges.
    """
    nodes = flow.get("nodes") or {}
    ways = ways_of(flow)
    order: dict[str, None] = {}
    for root in [flow.get("start"), *nodes]:
        waiting = [root] if root in nodes else []
        while waiting:
            name = waiting.pop()
            if name not in order:
                order[name] = None
                waiting += [to for to in reversed(ways.get(name, [])) if to in nodes]
    return list(order)


def graph_problems(flow: Flow) -> Iterator[GraphProblem]:
    """Nodes that nothing leads to, dead ends, and rounds that never end, in the order of the nodes."""
    nodes, ways = flow.get("nodes") or {}, ways_of(flow)
    reached = _reached([flow["start"]], ways)
    for name, node in nodes.items():
        if name not in reached:
            message = _("No way leads from the start to %(name)s; add an edge or remove it.")
            yield GraphProblem("unreachable", (name,), message % {"name": repr(name)})
        if name not in ways and not is_end(node):
            message = _("%(name)s is a dead end; add an edge, or make it an end.")
            yield GraphProblem("dead end", (name,), message % {"name": repr(name)})
    for loop in _loops_without_exit(nodes, ways):
        named = ", ".join(repr(name) for name in loop[:5])
        named = _("%(names)s and more") % {"names": named} if len(loop) > 5 else named
        message = _("%(names)s: round and round without an exit; add an edge that leads to an end.")
        yield GraphProblem("endless loop", loop, message % {"names": named})


def _loops_without_exit(nodes: Mapping[str, Any], ways: Ways) -> Iterator[tuple[str, ...]]:
    """Groups of nodes that lead only into each other. What merely leads into such a round is in no group."""
    back: Ways = {}
    for name, targets in ways.items():
        for target in targets:
            back.setdefault(target, []).append(name)
    # A dead end is told by itself, so what leads there has a way out.
    out = _reached([name for name in nodes if name not in ways or is_end(nodes[name])], back)
    taken = set(out)
    # Kosaraju: in the order of a walk against the edges, last done first, each walk along them finds one round.
    for name in reversed(_finished([name for name in nodes if name not in out], back)):
        if name in taken:
            continue
        group = _reached([name], ways, without=taken)
        taken |= group
        if all(target in group for member in group for target in ways[member]):
            yield tuple(other for other in nodes if other in group)


def _finished(names: list[str], ways: Ways) -> list[str]:
    """The names in the order in which a walk in depth is done with them. Linear, without recursion."""
    allowed, seen, done = set(names), set[str](), list[str]()
    for root in names:
        stack = [(root, False)]
        while stack:
            name, is_done = stack.pop()
            if is_done:
                done.append(name)
            elif name not in seen:
                seen.add(name)
                stack.append((name, True))
                stack += [(to, False) for to in ways.get(name, []) if to in allowed]
    return done


def _reached(starts: Iterable[str], ways: Ways, without: Container[str] = ()) -> set[str]:
    waiting = list(starts)
    reached = set(waiting)
    while waiting:
        for target in ways.get(waiting.pop(), []):
            if target not in reached and target not in without:
                reached.add(target)
                waiting.append(target)
    return reached
