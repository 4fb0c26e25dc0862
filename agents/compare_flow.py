"""Differences of a flow: nodes by id, edges by what they join; what leads elsewhere now is one change, not two."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence, Set
from typing import Any

from django.utils.translation import gettext as _

from agents.compare_values import Where, shown, stable, value_rows
from agents.comparison import Row
from agents.names import pointer
from audit.matching import Budget

ENDS = ("from", "to", "when")
Key = Hashable
Edges = Mapping[Key, tuple[int, Any]]


def edge_rows(old: Sequence[Any], new: Sequence[Any], where: Where, budget: Budget) -> Iterator[tuple[str, list[Row]]]:
    """Edges of a flow by (from, to, when): name of the edge and its rows.

    An edge that kept both ends has another condition; one that kept its start and condition was rewired.
    """
    left, right = keyed_edges(old), keyed_edges(new)
    same = _one_each(left, right, ("from", "to"), {})
    rewired = _one_each(left, right, ("from", "when"), same)
    became = same | rewired
    came = set(became.values())
    for key in [*left, *(key for key in right if key not in left and key not in came)]:
        before, after = left.get(key), right.get(became.get(key, key))
        if before and after:
            rows = list(_between(before, after, where, budget, rewired=key in rewired))
            if rows:
                yield edge_name(after[1]), rows
        elif after:
            name = edge_name(after[1])
            yield name, [Row("added", pointer(*where, str(after[0])), name, new=_words(after[1]))]
        elif before:
            name = edge_name(before[1])
            yield name, [Row("removed", pointer(*where, str(before[0])), name, old=_words(before[1]))]
    kept = [key for key in left if key in right]
    if kept != [key for key in right if key in left]:
        name, note = _("order of edges"), _("The same edges stand in another order.")
        yield name, [Row("moved", pointer(*where), name, note=note)]


def keyed_edges(edges: Sequence[Any]) -> dict[Key, tuple[int, Any]]:
    """(from, to, when) and its count so far -> (index, edge), in order."""
    seen: Counter[str] = Counter()
    found: dict[Key, tuple[int, Any]] = {}
    for index, edge in enumerate(edges):
        ends = [edge.get(name) for name in ENDS] if isinstance(edge, dict) else [edge]
        key = stable(ends)
        found[key, seen[key]] = (index, edge)
        seen[key] += 1
    return found


def edge_name(edge: Any) -> str:
    """How people call an edge."""
    return _("edge %(ends)s") % {"ends": _ends(edge) if isinstance(edge, dict) else shown(edge)}


def _ends(edge: Mapping[str, Any]) -> str:
    """What an edge joins, and on which condition."""
    ways = {"from": edge.get("from"), "to": edge.get("to"), "when": edge.get("when")}
    return (_("%(from)s → %(to)s when %(when)s") if edge.get("when") else "%(from)s → %(to)s") % ways


def _between(
    before: tuple[int, Any], after: tuple[int, Any], where: Where, budget: Budget, *, rewired: bool
) -> Iterator[Row]:
    place = (*where, str(after[0]))
    if not rewired:
        yield from value_rows(before[1], after[1], place, budget)
        return
    yield Row("rewired", pointer(*place), edge_name(after[1]), _words(before[1]), _words(after[1]))
    rest, new_rest = ({name: item for name, item in edge.items() if name not in ENDS} for _, edge in (before, after))
    yield from value_rows(rest, new_rest, place, budget)


def _one_each(left: Edges, right: Edges, kept: Sequence[str], known: Mapping[Key, Key]) -> dict[Key, Key]:
    """Key of an edge that is gone to the key of the new one that kept this much of it; only where one choice is."""
    gone = _alone(left, right.keys() | known.keys(), kept)
    came = _alone(right, left.keys() | set(known.values()), kept)
    return {gone[ends]: came[ends] for ends in gone if ends in came}


def _alone(edges: Edges, known: Set[Key], kept: Sequence[str]) -> dict[str, Key]:
    """What an edge keeps -> its key, for the edges that are not known and alone in what they keep."""
    fresh = [(key, edge) for key, (_, edge) in edges.items() if key not in known and isinstance(edge, dict)]
    ends = [(stable([edge.get(name) for name in kept]), key) for key, edge in fresh]
    counts = Counter(end for end, _ in ends)
    return {end: key for end, key in ends if counts[end] == 1}


def _words(edge: Any) -> str:
    """An edge in words, with what else it holds."""
    if not isinstance(edge, dict):
        return shown(edge)
    rest = {name: item for name, item in edge.items() if name not in ENDS}
    return _ends(edge) + (f" {shown(rest)}" if rest else "")
