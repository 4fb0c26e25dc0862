"""Three-way merge of configurations: both sides' changes, or a conflict; nothing is lost silently."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.compare_values import stable
from agents.merge import ABSENT, merge
from agents.merge_text import merge_text
from tests.samples import SAMPLES

HISTORIES = ("fabric-extract-wisdom", "cline-claude-sonnet-4", "openhands-codeact-system")

BASE: dict[str, Any] = {
    "settings": {"language": "en-US", "greeting": "Hello.", "model": {"name": "gpt-4.1", "temperature": 0.3}},
    "prompt": "One.\nTwo.\nThree.\nFour.\nFive.\n",
    "flow": {
        "start": "greet",
        "nodes": {"greet": {"type": "say"}, "ask": {"type": "collect"}, "bye": {"type": "end"}},
        "edges": [{"from": "greet", "to": "ask"}, {"from": "ask", "to": "bye"}],
    },
    "tools": {"lookup": {"type": "http", "endpoint": "/a"}, "refund": {"type": "http", "endpoint": "/b"}},
}


def edited(**sections: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(BASE)), **sections}


def test_merge__different_places_changed__both_are_in_the_result() -> None:
    theirs, mine = edited(prompt="One!\nTwo.\nThree.\nFour.\nFive.\n"), edited()
    theirs["tools"]["refund"]["endpoint"] = "/fixed"
    mine["prompt"] = "One.\nTwo.\nThree.\nFour.\nFive!\n"
    mine["settings"]["greeting"] = "Hi."
    mine["tools"]["new"] = {"type": "http"}

    merged = merge(BASE, theirs, mine)

    assert merged.conflicts == ()
    assert merged.config == {
        **BASE,
        "settings": {**BASE["settings"], "greeting": "Hi."},
        "prompt": "One!\nTwo.\nThree.\nFour.\nFive!\n",
        "tools": {
            "lookup": BASE["tools"]["lookup"],
            "refund": {"type": "http", "endpoint": "/fixed"},
            "new": {"type": "http"},
        },
    }
    assert merged.taken_from_theirs == ("/prompt", "/tools/refund/endpoint")


def test_merge__same_scalar_changed_differently__conflict_and_no_config() -> None:
    theirs, mine = edited(), edited()
    theirs["settings"]["model"]["temperature"] = 0.9
    mine["settings"]["model"]["temperature"] = 0.1

    merged = merge(BASE, theirs, mine)

    assert merged.config is None
    (conflict,) = merged.conflicts
    assert (conflict.path, conflict.base, conflict.theirs, conflict.mine) == (
        "/settings/model/temperature",
        0.3,
        0.9,
        0.1,
    )


@pytest.mark.parametrize(("strategy", "temperature"), [("theirs", 0.9), ("mine", 0.1)])
def test_merge__strategy__decides_the_conflict_and_keeps_the_rest_of_both(strategy: Any, temperature: float) -> None:
    theirs, mine = edited(), edited()
    theirs["settings"] |= {"model": {"name": "gpt-4.1", "temperature": 0.9}, "language": "de"}
    mine["settings"] |= {"model": {"name": "gpt-4.1", "temperature": 0.1}, "greeting": "Hi."}

    merged = merge(BASE, theirs, mine, strategy)

    assert merged.config
    assert merged.config["settings"] == {
        "language": "de",
        "greeting": "Hi.",
        "model": {"name": "gpt-4.1", "temperature": temperature},
    }
    assert len(merged.conflicts) == 1


def test_merge__tool_deleted_here_changed_there__conflict_names_the_tool() -> None:
    theirs, mine = edited(), edited()
    theirs["tools"]["refund"]["endpoint"] = "/fixed"
    del mine["tools"]["refund"]

    (conflict,) = merge(BASE, theirs, mine).conflicts

    assert conflict.path == "/tools/refund"
    assert conflict.mine is ABSENT
    assert conflict.theirs == {"type": "http", "endpoint": "/fixed"}


def test_merge__tool_deleted_on_one_side_untouched_on_the_other__stays_deleted() -> None:
    theirs, mine = edited(), edited()
    del theirs["tools"]["refund"]

    merged = merge(BASE, theirs, mine)

    assert merged.config
    assert list(merged.config["tools"]) == ["lookup"]
    assert merged.taken_from_theirs == ("/tools/refund",)


def test_merge__overlapping_lines__conflict_with_the_three_texts() -> None:
    theirs = edited(prompt="One.\nTWO.\nThree.\nFour.\nFive.\n")
    mine = edited(prompt="One.\nTwo!\nThree.\nFour.\nFive.\n")

    (conflict,) = merge(BASE, theirs, mine).conflicts

    assert conflict.path == "/prompt"
    assert (conflict.base, conflict.theirs, conflict.mine) == (BASE["prompt"], theirs["prompt"], mine["prompt"])


def test_merge__edges_added_on_both_sides__all_kept_in_a_stable_order() -> None:
    theirs, mine = edited(), edited()
    theirs["flow"]["edges"].insert(1, {"from": "greet", "to": "bye", "when": "hurry"})
    mine["flow"]["edges"].append({"from": "ask", "to": "ask", "when": "unclear"})
    del mine["flow"]["edges"][0]

    merged = merge(BASE, theirs, mine)

    assert merged.conflicts == ()
    assert merged.config
    assert merged.config["flow"]["edges"] == [
        {"from": "greet", "to": "bye", "when": "hurry"},
        {"from": "ask", "to": "bye"},
        {"from": "ask", "to": "ask", "when": "unclear"},
    ]


@pytest.mark.parametrize("strategy", ["theirs", "mine"])
def test_merge__node_removed_here_reached_from_there__conflict_and_no_edge_into_nothing(strategy: Any) -> None:
    theirs, mine = edited(), edited()
    theirs["flow"]["edges"].append({"from": "greet", "to": "bye"})
    del mine["flow"]["nodes"]["bye"]
    mine["flow"]["edges"] = [{"from": "greet", "to": "ask"}]

    undecided, decided = merge(BASE, theirs, mine), merge(BASE, theirs, mine, strategy)

    assert [conflict.path for conflict in undecided.conflicts] == ["/flow/nodes/bye"]
    assert decided.config
    flow = decided.config["flow"]
    assert {edge[end] for edge in flow["edges"] for end in ("from", "to")} <= set(flow["nodes"])
    assert ("bye" in flow["nodes"]) == (strategy == "theirs")


def test_merge_text__only_line_ends_of_the_text__changes_meet_without_gluing_lines() -> None:
    text, conflicts = merge_text("a\nb\nc", "x\na\nb\nc", "a\nb\nc\nd", "mine")

    assert (text, conflicts) == ("x\na\nb\nc\nd", 0)


def test_merge_text__neighbouring_lines_changed__is_one_conflict_not_a_guess() -> None:
    text, conflicts = merge_text("a\nb\nc\n", "A\nb\nc\n", "a\nB\nc\n", "theirs")

    assert (text, conflicts) == ("A\nb\nc\n", 1)


@pytest.mark.parametrize("history", HISTORIES)
def test_merge__real_prompt_revisions__far_apart_changes_merge_and_lose_no_line(history: str) -> None:
    files = sorted((SAMPLES / "prompt-history" / history).glob("[0-9]*.md"))
    revisions = [file.read_text(encoding="utf-8") for file in files]
    assert len(revisions) >= 23, f"no prompt history at {SAMPLES}"

    for base, theirs in itertools.pairwise(revisions):
        mine = "Written by the second editor.\n\n\n" + base
        merged = merge({"prompt": base}, {"prompt": theirs}, {"prompt": mine})
        if merged.config is not None:
            assert merged.config["prompt"].endswith(theirs[-200:])
            assert merged.config["prompt"].startswith("Written by the second editor.\n")
        else:
            assert [conflict.path for conflict in merged.conflicts] == ["/prompt"]


def test_merge__dev_and_prod_of_a_real_agent__each_side_alone_wins_entirely() -> None:
    dev, prod = (
        json.loads((SAMPLES / "vapi-everlast" / name).read_text(encoding="utf-8"))
        for name in ("assistant.json", "assistant-prod.json")
    )

    assert merge(dev, prod, dev).config == prod
    assert merge(dev, dev, prod).config == prod
    assert merge({}, dev, prod).config is None


lines = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=6).map(lambda each: "".join(f"{x}\n" for x in each))
scalars = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["x", "y"])
edges = st.lists(
    st.fixed_dictionaries({"from": st.sampled_from("pq"), "to": st.sampled_from("pq")}, optional={"n": scalars}),
    max_size=4,
)
nodes = st.dictionaries(st.sampled_from("pq"), st.fixed_dictionaries({"type": st.sampled_from("st")}), max_size=2)
configs = st.fixed_dictionaries(
    {},
    optional={
        "prompt": lines,
        "settings": st.dictionaries(st.sampled_from("abc"), scalars | st.lists(scalars, max_size=3), max_size=3),
        "tools": st.dictionaries(st.sampled_from("tu"), st.dictionaries(st.sampled_from("ab"), scalars), max_size=2),
        "flow": st.fixed_dictionaries({"start": st.sampled_from("pq"), "nodes": nodes, "edges": edges}),
    },
)


def test_merge__new_edges_in_another_order__each_is_a_conflict_of_its_own() -> None:
    def flow(*edges: tuple[str, str, int]) -> dict[str, Any]:
        return {"flow": {"nodes": {}, "edges": [{"from": one, "to": other, "n": n} for one, other, n in edges]}}

    merged = merge(
        flow(("p", "q", 0)),
        flow(("p", "q", 0), ("p", "p", 1), ("q", "q", 2)),
        flow(("q", "q", 3), ("p", "p", 4), ("p", "q", 0)),
    )

    assert {(each.path, each.theirs, each.mine) for each in merged.conflicts} == {
        ("/flow/edges/1/n", 2, 3),
        ("/flow/edges/2/n", 1, 4),
    }


@given(base=configs, other=configs)
def test_merge__one_side_unchanged__is_the_other_side(base: Any, other: Any) -> None:
    assert stable(merge(base, base, other).config) == stable(other)
    assert stable(merge(base, other, base).config) == stable(other)


@given(base=configs, both=configs)
def test_merge__both_made_the_same__is_that_without_conflict(base: Any, both: Any) -> None:
    merged = merge(base, both, json.loads(json.dumps(both)))

    assert stable(merged.config) == stable(both)
    assert merged.conflicts == ()
    assert merged.taken_from_theirs == ()


@given(base=configs, theirs=configs, mine=configs)
def test_merge__sides_swapped__same_conflicts_with_sides_swapped(base: Any, theirs: Any, mine: Any) -> None:
    one, other = merge(base, theirs, mine), merge(base, mine, theirs)

    def seen(path: str, *values: Any) -> str:
        return stable([path, *("ABSENT" if value is ABSENT else [value] for value in values)])

    assert sorted(seen(c.path, c.base, c.theirs, c.mine) for c in one.conflicts) == sorted(
        seen(c.path, c.base, c.mine, c.theirs) for c in other.conflicts
    )


def test_merge__a_removed_node_and_an_edited_edge_to_it__is_one_question_from_either_side() -> None:
    q = {"q": {"type": "s"}}
    base = {"flow": {"start": "q", "nodes": {"p": {"type": "s"}, **q}, "edges": [{"from": "p", "to": "p"}]}}
    removed = {"flow": {"start": "q", "nodes": q, "edges": []}}
    edited = {"flow": {**base["flow"], "edges": [{"from": "p", "to": "p", "label": "again"}]}}

    paths = [{one.path for one in merge(base, *sides).conflicts} for sides in ((removed, edited), (edited, removed))]

    assert paths == [{"/flow/edges/0", "/flow/nodes/p"}] * 2


@given(base=configs, theirs=configs, mine=configs)
def test_merge__any_three__inputs_are_not_changed(base: Any, theirs: Any, mine: Any) -> None:
    before = stable([base, theirs, mine])

    merge(base, theirs, mine, "theirs")
    merge(base, theirs, mine, "mine")

    assert stable([base, theirs, mine]) == before


def leaves(value: Any, where: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """Scalars of maps by place; lists and texts are checked by their items."""
    if isinstance(value, dict):
        found: dict[tuple[str, ...], str] = {}
        for key, item in value.items():
            found |= leaves(item, (*where, key))
        return found
    return {} if isinstance(value, list) or where == ("prompt",) else {where: stable(value)}


@given(base=configs, theirs=configs, mine=configs)
def test_merge__no_conflict_reported__nothing_that_a_side_added_or_removed_is_undone(
    base: Any, theirs: Any, mine: Any
) -> None:
    config = merge(base, theirs, mine).config
    if config is None:
        return

    result, before = leaves(config), leaves(base)
    for side in (leaves(theirs), leaves(mine)):
        for place, value in side.items():
            if before.get(place) != value:
                assert result[place] == value
        for place in before.keys() - side.keys():
            assert place not in result
    for side in (theirs, mine):
        added = set(side.get("prompt", "").splitlines()) - set(base.get("prompt", "").splitlines())
        assert added <= set(config.get("prompt", "").splitlines())
        kept = {(edge["from"], edge["to"]) for edge in config.get("flow", {}).get("edges", [])}
        old = {(edge["from"], edge["to"]) for edge in base.get("flow", {}).get("edges", [])}
        for edge in side.get("flow", {}).get("edges", []):
            assert (edge["from"], edge["to"]) in kept | old
