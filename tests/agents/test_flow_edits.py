"""Single acts on a flow: what they do, what they refuse, and that nothing else is touched."""

import copy
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import flow_edits as edits
from agents.schema import validate
from console.organizations.errors import Invalid

FLOW: dict[str, Any] = {
    "start": "greet",
    "viewport": {"zoom": 1},
    "nodes": {
        "greet": {"type": "say", "text": "Hello", "acme": {"voice": [1, 2]}, "position": {"x": 1, "y": 2}},
        "ask": {"type": "collect", "variable": "order"},
        "bye": {"type": "end"},
    },
    "edges": [
        {"from": "greet", "to": "ask", "when": "calm", "acme": 7},
        {"from": "ask", "to": "bye", "when": "answered"},
        {"from": "ask", "to": "ask", "when": "silent"},
        {"from": "greet", "to": "bye"},
    ],
}
Act = Callable[[dict[str, Any]], Any]


def edges(flow: Any) -> list[str]:
    """`greet>ask calm`: the edges in a form that is easy to read in a failure."""
    return [
        " ".join([f"{edge['from']}>{edge['to']}", *([edge["when"]] if "when" in edge else [])])
        for edge in flow["edges"]
    ]


@pytest.mark.parametrize(
    ("act", "start", "expected"),
    [
        (lambda flow: edits.add_node(flow, "wait", {"type": "say"}), "greet", edges(FLOW)),
        (
            lambda flow: edits.add_node(flow, "wait", {"type": "say"}, after="greet", when="busy"),
            "greet",
            ["greet>ask calm", "ask>bye answered", "ask>ask silent", "greet>bye", "greet>wait busy"],
        ),
        (
            lambda flow: edits.insert_node(flow, "wait", {"type": "say"}, edge=1),
            "greet",
            ["greet>ask calm", "ask>wait answered", "wait>bye", "ask>ask silent", "greet>bye"],
        ),
        (
            lambda flow: edits.duplicate_node(flow, "ask", "ask_2"),
            "greet",
            [*edges(FLOW), "ask_2>bye answered", "ask_2>ask silent"],
        ),
        (lambda flow: edits.delete_node(flow, "bye"), "greet", ["greet>ask calm", "ask>ask silent"]),
        (lambda flow: edits.delete_node(flow, "greet"), "ask", ["ask>bye answered", "ask>ask silent"]),
        (
            lambda flow: edits.rename_node(flow, "ask", "order"),
            "greet",
            ["greet>order calm", "order>bye answered", "order>order silent", "greet>bye"],
        ),
        (
            lambda flow: edits.rename_node(flow, "greet", "hello"),
            "hello",
            ["hello>ask calm", *edges(FLOW)[1:3], "hello>bye"],
        ),
        (lambda flow: edits.set_start(flow, "ask"), "ask", edges(FLOW)),
        (lambda flow: edits.connect(flow, "greet", "greet", "again"), "greet", [*edges(FLOW), "greet>greet again"]),
        (lambda flow: edits.connect(flow, "ask", "bye"), "greet", [*edges(FLOW)[:3], "ask>bye", "greet>bye"]),
        (lambda flow: edits.change_edge(flow, 0, "bye"), "greet", ["greet>bye", *edges(FLOW)[1:]]),
        (lambda flow: edits.change_edge(flow, 3, "ask", "late"), "greet", [*edges(FLOW)[:3], "greet>ask late"]),
        (lambda flow: edits.remove_edge(flow, 1), "greet", [edges(FLOW)[0], *edges(FLOW)[2:]]),
        (lambda flow: edits.move_edge(flow, 3, "up"), "greet", ["greet>bye", *edges(FLOW)[1:3], "greet>ask calm"]),
        (lambda flow: edits.move_edge(flow, 0, "up"), "greet", edges(FLOW)),
        (
            lambda flow: edits.move_edge(flow, 1, "down"),
            "greet",
            [edges(FLOW)[0], "ask>ask silent", "ask>bye answered", "greet>bye"],
        ),
    ],
)
def test_act__each__changes_this_and_leaves_a_valid_flow(act: Act, start: str, expected: list[str]) -> None:
    before = copy.deepcopy(FLOW)

    after = act(FLOW)

    assert before == FLOW
    assert (after["start"], edges(after)) == (start, expected)
    assert after["viewport"] == {"zoom": 1}
    validate({"flow": after})


@pytest.mark.parametrize(
    ("act", "field", "words"),
    [
        (lambda flow: edits.add_node(flow, "ask", {"type": "say"}), "/name", "There is a node ask already"),
        (lambda flow: edits.add_node(flow, "a b", {"type": "say"}), "/name", "Use letters"),
        (lambda flow: edits.add_node(flow, "x", {"type": "say"}, after="gone"), "/after", "no node gone"),
        (lambda flow: edits.insert_node(flow, "x", {"type": "say"}, edge=4), "/edge", "no such transition"),
        (lambda flow: edits.duplicate_node(flow, "ask", "bye"), "/name", "already"),
        (lambda flow: edits.rename_node(flow, "ask", "bye"), "/name", "already"),
        (lambda flow: edits.delete_node(flow, "gone"), "/node", "no node gone"),
        (lambda flow: edits.connect(flow, "ask", "gone"), "/target", "no node gone"),
        (lambda flow: edits.remove_edge(flow, -1), "/edge", "no such transition"),
    ],
)
def test_act__impossible__is_refused_at_its_field(act: Act, field: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        act(FLOW)

    assert [error.pointer for error in refused.value.errors] == [field]


def test_flow__from_nothing_and_back__begins_and_ends_with_one_node() -> None:
    flow = edits.add_node(None, "greet", {"type": "say"})

    assert flow == {"start": "greet", "nodes": {"greet": {"type": "say"}}, "edges": []}
    assert edits.delete_node(flow, "greet") is None
    assert edits.free_name(flow, "greet") == "greet_2"


names = st.sampled_from(["greet", "ask", "bye", "n1", "n2"])
places = st.integers(0, 6)
acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(lambda name, after: lambda flow: edits.add_node(flow, name, {"type": "say"}, after=after), names, names),
    st.builds(lambda name, at: lambda flow: edits.insert_node(flow, name, {"type": "say"}, edge=at), names, places),
    st.builds(lambda name, new: lambda flow: edits.rename_node(flow, name, new), names, names),
    st.builds(lambda name, new: lambda flow: edits.duplicate_node(flow, name, new), names, names),
    st.builds(lambda name: lambda flow: edits.set_start(flow, name), names),
    st.builds(lambda name, to: lambda flow: edits.connect(flow, name, to), names, names),
    st.builds(lambda at, to: lambda flow: edits.change_edge(flow, at, to, "x"), places, names),
    st.builds(lambda at: lambda flow: edits.move_edge(flow, at, "up"), places),
)


@given(st.lists(acts, max_size=8))
def test_acts__any_row_of_them__keep_the_flow_valid_and_vendors_fields_untouched(row: list[Act]) -> None:
    flow = FLOW
    for act in row:
        try:
            flow = act(flow)
        except Invalid:
            continue
    validate({"flow": flow})

    foreign = Counter(str(node["acme"]) for node in flow["nodes"].values() if "acme" in node)
    assert foreign[str({"voice": [1, 2]})] >= 1
    assert any(edge.get("acme") == 7 for edge in flow["edges"])
