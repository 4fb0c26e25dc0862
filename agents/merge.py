"""Three-way merge of configurations: nobody's publish silently undoes somebody's fix (design.md, stale_base).

Maps merge by key, flow edges as a set, texts and lists by their changed lines and items. What both sides
changed differently is a conflict; it is never decided without a strategy.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from agents.compare_flow import keyed_edges
from agents.compare_values import stable
from agents.merge_text import Winner, merge_items, merge_text
from agents.names import pointer

Strategy = Literal["merge", "theirs", "mine"]
Where = tuple[str, ...]


class _Absent:
    """What a side holds where it holds nothing; None is a value."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Conflict:
    """One place (JSON pointer) that both sides changed differently. A side that removed it holds `ABSENT`."""

    path: str
    base: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True, slots=True)
class Merge:
    """`config` is None when there are conflicts that no strategy decided.

    `taken_from_theirs`: pointers of the changes of theirs that are in the result and were not in mine.
    """

    config: dict[str, Any] | None
    conflicts: tuple[Conflict, ...]
    taken_from_theirs: tuple[str, ...]


@dataclass(slots=True)
class _Run:
    winner: Winner
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)

    def conflict(self, where: Where, base: Any, theirs: Any, mine: Any) -> Any:
        path = pointer(*where)
        self.conflicts.setdefault(path, Conflict(path, base, theirs, mine))
        return theirs if self.winner == "theirs" else mine

    def take(self, where: Where, value: Any) -> Any:
        self.taken.append(pointer(*where))
        return value


def merge(
    base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any], strategy: Strategy = "merge"
) -> Merge:
    """Both sides' changes against their base. The result shares values with the three: do not change them.

    `strategy` decides conflicts only; what does not conflict comes from both sides. With "merge" nothing is
    decided: conflicts are reported and `config` is None. The schema has to be checked afterwards.
    """
    config, run = _merged(base, theirs, mine, "theirs" if strategy == "theirs" else "mine")
    undecided = run.conflicts and strategy == "merge"
    if undecided:
        # An edge that one side keeps may lead to a node that the other removed: which of the two is asked for
        # must not depend on whose the edge is, so both ways of deciding are looked at.
        _, other = _merged(base, theirs, mine, "theirs")
        run.conflicts |= {path: one for path, one in other.conflicts.items() if path not in run.conflicts}
    return Merge(None if undecided else config, tuple(run.conflicts.values()), tuple(run.taken))


def _merged(
    base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any], winner: Winner
) -> tuple[dict[str, Any], _Run]:
    run = _Run(winner)
    config = _merge_maps(dict(base), dict(theirs), dict(mine), (), run)
    _keep_flow_whole(config, (base, theirs, mine), run)
    return config, run


def _merge_values(base: Any, theirs: Any, mine: Any, where: Where, run: _Run) -> Any:
    if isinstance(theirs, dict) and isinstance(mine, dict) and (base is ABSENT or isinstance(base, dict)):
        return _merge_maps(base if isinstance(base, dict) else {}, theirs, mine, where, run)
    if _same(theirs, mine) or _same(base, theirs):
        return mine
    if _same(base, mine):
        return run.take(where, theirs)
    return _merge_both(base, theirs, mine, where, run)


def _merge_both(base: Any, theirs: Any, mine: Any, where: Where, run: _Run) -> Any:
    """Both sides changed the value, and differently."""
    if {_emptiness(theirs), _emptiness(mine)} == {"absent", "empty"}:
        return ABSENT
    values = (base, theirs, mine)
    if all(isinstance(value, list) for value in values):
        if where == ("flow", "edges"):
            return _merge_edges(base, theirs, mine, where, run)
        return _merge_lists(base, theirs, mine, where, run)
    if all(isinstance(value, str) for value in values) and any("\n" in value for value in values):
        text, conflicts = merge_text(base, theirs, mine, run.winner)
        if conflicts:
            run.conflict(where, base, theirs, mine)
        return text if text == mine else run.take(where, text)
    return run.conflict(where, base, theirs, mine)


def _merge_maps(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any], where: Where, run: _Run
) -> dict[str, Any]:
    merged = {}
    for key in [*mine, *(key for key in theirs if key not in mine)]:
        before, left, right = (side.get(key, ABSENT) for side in (base, theirs, mine))
        value = _merge_values(before, left, right, (*where, key), run)
        if value is not ABSENT:
            merged[key] = value
    return merged


def _merge_lists(base: list[Any], theirs: list[Any], mine: list[Any], where: Where, run: _Run) -> Any:
    before, left, right = ([stable(item) + "\n" for item in side] for side in (base, theirs, mine))
    merged = merge_items(before, left, right, run.winner)
    if merged.conflicts:
        run.conflict(where, base, theirs, mine)
    items = [json.loads(item) for item in merged.items]
    return items if _same(items, mine) else run.take(where, items)


def _merge_edges(base: list[Any], theirs: list[Any], mine: list[Any], where: Where, run: _Run) -> Any:
    """Edges by (from, to, when). The order is that of the side which changed it; both: a conflict."""
    before, left, right = keyed_edges(base), keyed_edges(theirs), keyed_edges(mine)
    common = [key for key in before if key in left and key in right]
    their_order = [key for key in left if key in right and key in before]
    my_order = [key for key in right if key in left and key in before]
    first, second = (right, left) if my_order != common else (left, right)
    if their_order != my_order and common not in (their_order, my_order):
        return run.conflict(where, base, theirs, mine)
    places = _places(before, left, right)
    merged = {}
    for key in _woven(list(first), list(second)):
        old, their, my = (side[key][1] if key in side else ABSENT for side in (before, left, right))
        value = _merge_values(old, their, my, (*where, str(places[key])), run)
        if value is not ABSENT:
            merged[key] = value
    return list(merged.values())


def _places(base: dict[Any, Any], *sides: dict[Any, Any]) -> dict[Any, int]:
    """The index of each edge in the base; new ones get the numbers behind it, the same when the sides are swapped.

    No two edges share a number: a conflict is known by its pointer, and none may hide behind another.
    """
    places = {key: int(index) for key, (index, _) in base.items()}
    new = {key for side in sides for key in side} - set(base)
    first = {key: min(int(side[key][0]) for side in sides if key in side) for key in new}
    in_order = sorted(new, key=lambda key: (first[key], key))
    return places | {key: number for number, key in enumerate(in_order, len(base))}


def _woven(first: list[Any], second: list[Any]) -> list[Any]:
    """All keys of both: `first` in its order, what only `second` has right behind its neighbour there."""
    known = set(first)
    followers: dict[Any, list[Any]] = {None: []}
    last = None
    for key in second:
        if key in known:
            last = key
        else:
            followers.setdefault(last, []).append(key)
    woven = list(followers[None])
    for key in first:
        woven += [key, *followers.get(key, [])]
    return woven


def _keep_flow_whole(config: dict[str, Any], sides: tuple[Mapping[str, Any], ...], run: _Run) -> None:
    """One side removed a node that the other side now leads to: a conflict on the node.

    Names that a side uses without having the node are that side's own mistake and left to the schema.
    """
    flow = config.get("flow")
    if not isinstance(flow, dict):
        return
    flows = [side.get("flow") for side in sides]
    known = set().union(*(_map_of(each, "nodes") for each in flows))
    broken = set().union(*(_missing_nodes(each) for each in flows[1:]))
    for name in sorted((_missing_nodes(flow) & known) - broken):
        base, theirs, mine = (_map_of(each, "nodes").get(name, ABSENT) for each in flows)
        kept = run.conflict(("flow", "nodes", name), base, theirs, mine)
        if kept is not ABSENT:
            flow["nodes"] = {**_map_of(flow, "nodes"), name: kept}
        else:
            flow["edges"] = [edge for edge in _edges_of(flow) if not _leads(edge, name)]


def _missing_nodes(flow: Any) -> set[str]:
    """Names that the start or an edge uses and that are no node."""
    if not isinstance(flow, dict):
        return set()
    ends = [edge.get(end) for edge in _edges_of(flow) if isinstance(edge, dict) for end in ("from", "to")]
    names = {name for name in [*ends, flow.get("start")] if isinstance(name, str)}
    return names - set(_map_of(flow, "nodes"))


def _edges_of(flow: dict[str, Any]) -> list[Any]:
    edges = flow.get("edges")
    return edges if isinstance(edges, list) else []


def _map_of(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _leads(edge: Any, name: str) -> bool:
    return isinstance(edge, dict) and name in (edge.get("from"), edge.get("to"))


def _emptiness(value: Any) -> str:
    return "absent" if value is ABSENT else "empty" if value == {} or value == [] else "full"


def _same(left: Any, right: Any) -> bool:
    if left is ABSENT or right is ABSENT:
        return left is right
    return left is right or stable(left) == stable(right)
