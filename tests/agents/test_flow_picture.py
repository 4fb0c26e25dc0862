"""What is drawn of a flow: the reading order, problems of its ways, marks of change by id."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.flow_graph import graph_problems, reading_order
from agents.flow_picture import LABEL_LENGTH, kind_of, picture_of
from agents.importers import import_file
from console.organizations.errors import InvalidContent
from tests.samples import SAMPLES, vendor_files

FLOW: dict[str, Any] = {
    "start": "greet",
    "nodes": {
        "ask": {"type": "collect", "variable": "order", "text": "Which order?"},
        "bye": {"type": "end"},
        "greet": {"type": "say", "text": "{{greeting}}", "position": {"x": 1, "y": 2}},
        "look": {"type": "tool", "tool": "order-lookup"},
    },
    "edges": [
        {"from": "greet", "to": "ask"},
        {"from": "ask", "to": "look"},
        {"from": "look", "to": "bye", "when": "found"},
        {"from": "look", "to": "ask", "when": "not found"},
    ],
}


def with_(**changes: Any) -> dict[str, Any]:
    """The flow with other values of its keys."""
    return {**FLOW, **changes}


def marks(picture: Mapping[str, Any]) -> list[str]:
    """`A bye`, `R look>bye`: what the picture marks, in its order."""
    nodes = [f"{node['mark']} {node['id']}" for node in picture["nodes"] if node["mark"]]
    return nodes + [f"{edge['mark']} {edge['from']}>{edge['to']}" for edge in picture["edges"] if edge["mark"]]


def test_picture__a_flow__is_told_in_the_order_of_the_conversation() -> None:
    picture = picture_of(FLOW)

    assert [node["id"] for node in picture["nodes"]] == ["greet", "ask", "look", "bye"]
    assert [node["kind"] for node in picture["nodes"]] == ["say", "collect", "tool", "end"]
    assert picture["nodes"][1]["label"] == "order: Which order?"
    assert [edge["label"] for edge in picture["nodes"][2]["ways"]] == ["found", "not found"]
    assert (picture["start"], picture["problems"], marks(picture)) == ("greet", [], [])
    assert picture["summary"] == "Flow of 4 nodes and 4 transitions, from greet to 1 end."


def test_picture__two_flows__marks_what_became_of_nodes_and_edges() -> None:
    now = with_(
        start="ask",
        nodes={**{k: v for k, v in FLOW["nodes"].items() if k != "look"}, "find": {"type": "tool"}}
        | {
            "bye": {"type": "end", "text": "Goodbye"},
            "greet": {**FLOW["nodes"]["greet"], "position": {"x": 9, "y": 9}},
        },
        edges=[{"from": "ask", "to": "find"}, {"from": "greet", "to": "ask"}, {"from": "find", "to": "bye"}],
    )

    picture = picture_of(now, FLOW)

    assert marks(picture) == [
        *("R look", "A find", "C bye"),
        *("A ask>find", "A find>bye", "R ask>look", "R look>bye", "R look>ask"),
    ]
    assert (picture["start"], picture["former_start"]) == ("ask", "greet")
    assert picture["summary"].endswith("3 added, 4 removed, 1 changed.")


@pytest.mark.parametrize(
    ("now", "former", "expected"),
    [
        (FLOW, FLOW, []),
        (FLOW, None, []),
        (with_(edges=[FLOW["edges"][3], *FLOW["edges"][:3]]), FLOW, ["M look>ask"]),
        (with_(edges=[{**FLOW["edges"][0], "delay": 2}, *FLOW["edges"][1:]]), FLOW, ["C greet>ask"]),
        (
            None,
            FLOW,
            ["R greet", "R ask", "R look", "R bye", *["R greet>ask", "R ask>look", "R look>bye", "R look>ask"]],
        ),
        (with_(edges=[]), {}, ["A greet", "A ask", "A bye", "A look"]),
    ],
)
def test_picture__each_sort_of_change__is_marked_once(now: Any, former: Any, expected: list[str]) -> None:
    assert marks(picture_of(now, former)) == expected


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([("a", "b"), ("b", "end")], ["unreachable: c", "dead end: c"]),
        ([("a", "b"), ("b", "a"), ("c", "end")], ["unreachable: c", "unreachable: end", "endless loop: a b"]),
        ([("a", "b"), ("b", "c"), ("c", "b")], ["unreachable: end", "endless loop: b c"]),
        ([("a", "b"), ("b", "c"), ("c", "b"), ("c", "end")], []),
        (
            [("a", "a"), ("b", "c"), ("c", "end")],
            ["unreachable: b", *["unreachable: c", "unreachable: end"], "endless loop: a"],
        ),
        ([("a", "b"), ("b", "c")], ["dead end: c", "unreachable: end"]),
    ],
)
def test_problems__of_ways__are_told_at_their_nodes(edges: list[tuple[str, str]], expected: list[str]) -> None:
    nodes = {"a": {"type": "say"}, "b": {"type": "say"}, "c": {"type": "say"}, "end": {"type": "end"}}
    flow = {"start": "a", "nodes": nodes, "edges": [{"from": a, "to": b} for a, b in edges]}

    assert [f"{found.fault}: {' '.join(found.nodes)}" for found in graph_problems(flow)] == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("endCall", "end"),
        ("send_sms", "other"),
        ("hangup", "end"),
        ("transferCall", "transfer"),
        ("standalone_agent", "transfer"),
        ("if", "branch"),
        ("notification", "other"),
        ("apiRequest", "tool"),
        ("inform", "other"),
        ("exchange", "other"),
    ],
)
def test_kind__by_the_type__knows_words_from_parts_of_words(kind: str, expected: str) -> None:
    assert kind_of({"type": kind}) == expected


names = st.sampled_from([f"n{number}" for number in range(7)])
flows = st.dictionaries(
    names, st.fixed_dictionaries({"type": st.sampled_from(["say", "end", "tool"])}), min_size=1
).flatmap(
    lambda nodes: st.fixed_dictionaries(
        {
            "start": st.sampled_from(sorted(nodes)),
            "nodes": st.just(nodes),
            "edges": st.lists(
                st.fixed_dictionaries(
                    {"from": st.sampled_from(sorted(nodes)), "to": st.sampled_from(sorted(nodes))},
                    optional={"when": st.sampled_from(["yes", "no"])},
                ),
                max_size=12,
            ),
        }
    )
)


@given(flows, flows)
def test_picture__of_any_two_flows__holds_both_and_nothing_else(now: dict[str, Any], former: dict[str, Any]) -> None:
    picture = picture_of(now, former)

    ids = [node["id"] for node in picture["nodes"]]
    assert sorted(ids) == sorted({*now["nodes"], *former["nodes"]})
    assert [name for name in ids if name in now["nodes"]] == reading_order(now)
    assert all(edge["from"] in ids and edge["to"] in ids for edge in picture["edges"])
    kept = [edge for edge in picture["edges"] if edge["change"] != "removed"]
    assert [(edge["from"], edge["to"], edge["label"]) for edge in kept] == [
        (edge["from"], edge["to"], edge.get("when", "")) for edge in now["edges"]
    ]
    assert bool(marks(picture) or picture["former_start"]) == (now != former)
    trapped = [name for found in graph_problems(now) if found.fault == "endless loop" for name in found.nodes]
    assert len(trapped) == len(set(trapped))


def real_flows() -> list[dict[str, Any]]:
    """Flows of the samples: those of Vapi's workflows as they are imported, Flowise's graphs node for node."""
    found = []
    for path in vendor_files():
        with suppress(InvalidContent):
            found.append(import_file(path.read_bytes(), filename=path.name)[1]["spec"].get("flow"))
    for path in sorted((SAMPLES / "flowise-flows").glob("agentflows*/*.json")):
        drawing = json.loads(path.read_text(encoding="utf-8"))
        nodes = {node["id"]: {**node["data"], "type": node["data"]["name"]} for node in drawing["nodes"]}
        edges = [{"from": edge["source"], "to": edge["target"]} for edge in drawing["edges"]]
        found.append({"start": drawing["nodes"][0]["id"], "nodes": nodes, "edges": edges})
    return [flow for flow in found if flow]


def test_picture__of_real_flows__tells_every_node_and_edge() -> None:
    for flow in real_flows():
        picture = picture_of(flow, {})

        assert len(picture["nodes"]) == len(flow["nodes"])
        assert len(picture["edges"]) == len(flow.get("edges") or [])
        assert all(len(node["label"]) <= LABEL_LENGTH and node["kind"] for node in picture["nodes"])

    assert sum(len(flow["nodes"]) for flow in real_flows()) > 50
