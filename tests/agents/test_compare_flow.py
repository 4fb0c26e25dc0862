"""Edges of a flow: another condition, another end, none of both."""

from typing import Any

import pytest

from agents.compare_flow import edge_rows
from audit.matching import Budget


def edge(start: str, end: str, when: str = "", **rest: Any) -> dict[str, Any]:
    return {"from": start, "to": end} | ({"when": when} if when else {}) | rest


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ([edge("a", "b")], [edge("a", "b", "yes")], [("edge a → b when yes", "added", None, "yes")]),
        ([edge("a", "b", "yes")], [edge("a", "c", "yes")], [
            ("edge a → c when yes", "rewired", "a → b when yes", "a → c when yes"),
        ]),
        ([edge("a", "b")], [edge("c", "b")], [
            ("edge a → b", "removed", "a → b", None),
            ("edge c → b", "added", None, "c → b"),
        ]),
        ([edge("a", "b"), edge("a", "c")], [edge("a", "d"), edge("a", "e")], [
            ("edge a → b", "removed", "a → b", None),
            ("edge a → c", "removed", "a → c", None),
            ("edge a → d", "added", None, "a → d"),
            ("edge a → e", "added", None, "a → e"),
        ]),
        ([edge("a", "b", label="go")], [edge("a", "c", label="went")], [
            ("edge a → c", "rewired", 'a → b {"label": "go"}', 'a → c {"label": "went"}'),
            ("edge a → c", "changed", "go", "went"),
        ]),
    ],
)  # fmt: skip
def test_edge_rows__of_edges_that_changed__say_what_was_done(
    old: list[Any], new: list[Any], told: list[tuple[str, str, str | None, str | None]]
) -> None:
    found = [
        (name, row.change, row.old, row.new)
        for name, rows in edge_rows(old, new, ("flow", "edges"), Budget())
        for row in rows
    ]

    assert found == told
