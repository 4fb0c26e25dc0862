"""Structured comparison of two configurations, from manifests, on real and on made documents."""

import json
import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.compare import Side, compare
from agents.compare_values import stable, value_rows
from agents.comparison import Comparison, disappearing, to_json
from agents.parts import digest, split
from tests.samples import SAMPLES

PAIRS = {
    "vapi dev/prod": ("vapi-everlast/assistant.json", "vapi-everlast/assistant-prod.json"),
    "vapi appointments": ("vapi-appointments/assistant.json", "vapi-appointments/current_vapi_config.json"),
    "elevenlabs saved states": (
        "elevenlabs-market-insights/elevenlabs/agent_configs/gsves_market_insights.backup.json",
        "elevenlabs-market-insights/elevenlabs/agent_configs/gsves_market_insights.json",
    ),
}

BASE: dict[str, Any] = {
    "settings": {
        "language": "en-US",
        "greeting": "Hello.",
        "model": {"name": "gpt-4.1", "temperature": 0.3},
        "transcriber": {"keywords": ["order", "refund", "invoice"]},
    },
    "prompt": "You answer questions about orders.\nBe kind.\nNever guess.\n",
    "flow": {
        "start": "greet",
        "nodes": {
            "greet": {"type": "say", "text": "Hello"},
            "ask": {"type": "collect", "variable": "order_id"},
            "bye": {"type": "end"},
        },
        "edges": [{"from": "greet", "to": "ask"}, {"from": "ask", "to": "bye", "when": "found"}],
    },
    "knowledge": {"returns": {"title": "Returns", "content": "Thirty days.\nKeep the receipt.\n"}},
    "tools": {"order-lookup": {"type": "http", "endpoint": "{{url}}/orders", "description": "One\nTwo\n"}},
    "variables": {"company": {"required": True}},
}


def edited(**sections: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(BASE)), **sections}


def compared(left: Mapping[str, Any], right: Mapping[str, Any]) -> Comparison:
    before, after = split(left), split(right)
    bodies = {digest(body): body for document in (before, after) for body in document.parts.values()}
    return compare(
        Side("v15", before.manifest, {"version": 15}),
        Side("v18", after.manifest, {"version": 18}),
        lambda digest: json.loads(bodies[digest]),
    )


def rows_of(comparison: Comparison) -> list[tuple[str, str, str | None, str | None]]:
    return [(row.change, row.pointer, row.old, row.new) for part in comparison.sections for row in part.rows]


def test_compare__equal_manifests__identical_and_nothing_loaded() -> None:
    manifest = split(BASE).manifest

    def load(digest: str) -> Any:
        message = f"loaded {digest}"
        raise AssertionError(message)

    comparison = compare(Side("v15", manifest), Side("draft", manifest), load)

    assert comparison.identical
    assert comparison.sections == ()
    assert comparison.sentence == "draft and v15 are identical."


def test_compare__one_part_differs__loads_only_its_two_bodies() -> None:
    left, right = split(BASE), split(edited(prompt="Other.\n"))
    bodies = {part.manifest[path]: body for part in (left, right) for path, body in part.parts.items()}
    loaded: list[str] = []

    def load(digest: str) -> Any:
        loaded.append(digest)
        return json.loads(bodies[digest])

    compare(Side("a", left.manifest), Side("b", right.manifest), load)

    assert loaded == [left.manifest["prompt"], right.manifest["prompt"]]


def test_compare__prompt_changed__gives_the_contracts_shape() -> None:
    comparison = compared(BASE, edited(prompt="You answer questions about orders.\nBe brief.\nNever guess.\n"))

    answer = to_json(comparison)

    assert (answer["from"], answer["to"], answer["identical"]) == ({"version": 15}, {"version": 18}, False)
    (section,) = answer["sections"]
    assert {key: section[key] for key in ("section", "path", "change", "added", "removed")} == {
        "section": "prompt",
        "path": "prompt",
        "change": "changed",
        "added": 1,
        "removed": 1,
    }
    (hunk,) = section["hunks"]
    assert (hunk["from_line"], hunk["to_line"]) == (1, 1)
    assert [(line["op"], line["text"]) for line in hunk["lines"]] == [
        ("equal", "You answer questions about orders."),
        ("delete", "Be kind."),
        ("insert", "Be brief."),
        ("equal", "Never guess."),
    ]
    assert {"text": "kind", "changed": True} in hunk["lines"][1]["words"]
    assert json.loads(json.dumps(answer)) == answer


def test_compare__several_sections__summary_counts_each_and_the_sentence_says_it() -> None:
    right = edited(prompt="You answer questions about orders.\nNever guess.\n")
    right["flow"]["nodes"]["look"] = {"type": "tool", "tool": "order-lookup"}
    right["flow"]["nodes"]["ask"]["variable"] = "number"
    right["settings"]["greeting"] = "Hi."
    del right["tools"]["order-lookup"]

    comparison = compared(BASE, right)

    assert [str(summary) for summary in comparison.summary] == [
        "Settings 1 changed",
        "Prompt +0 -1",
        "Flow 1 added 1 changed",
        "Tools 1 removed",
    ]
    assert comparison.sentence == "v18 against v15: 5 changes in 4 of 6 sections."


def test_compare__settings__rows_say_name_old_and_new() -> None:
    right = edited()
    right["settings"]["model"]["temperature"] = 0.7
    right["settings"]["greeting"] = "Hi."
    right["settings"]["voice"] = {"voice_id": "rachel"}
    del right["settings"]["language"]

    assert rows_of(compared(BASE, right)) == [
        ("changed", "/settings/greeting", "Hello.", "Hi."),
        ("removed", "/settings/language", "en-US", None),
        ("changed", "/settings/model/temperature", "0.3", "0.7"),
        ("added", "/settings/voice/voice_id", None, "rachel"),
    ]


def test_compare__list_reordered__says_moved_and_nothing_else() -> None:
    right = edited()
    right["settings"]["transcriber"]["keywords"] = ["invoice", "order", "refund"]

    (part,) = compared(BASE, right).sections

    assert [(row.change, row.note) for row in part.rows] == [("moved", "moved from 3 to 1")]


def test_compare__list_of_named_things__matches_by_name_never_by_position() -> None:
    left = edited(settings={"model": {"fallbacks": [{"name": "a", "t": 1}, {"name": "b", "t": 2}]}})
    right = edited(
        settings={"model": {"fallbacks": [{"name": "c", "t": 9}, {"name": "a", "t": 1}, {"name": "b", "t": 3}]}}
    )

    rows = rows_of(compared(left, right))

    assert ("changed", "/settings/model/fallbacks/2/t", "2", "3") in rows
    assert [row[0] for row in rows] == ["changed", "added"]


def test_compare__flow__nodes_by_id_and_edges_by_their_ends() -> None:
    right = edited()
    del right["flow"]["nodes"]["bye"]
    right["flow"]["nodes"]["end"] = {"type": "end"}
    right["flow"]["edges"][1] = {"from": "ask", "to": "end", "when": "found"}
    right["flow"]["edges"][0]["label"] = "go"
    right["flow"]["start"] = "ask"

    (flow,) = compared(BASE, right).sections

    assert [(item.name, item.change) for item in flow.items] == [
        ("start", "changed"),
        ("node bye", "removed"),
        ("node end", "added"),
        ("edge greet → ask", "changed"),
        ("edge ask → end when found", "rewired"),
    ]
    assert [(row.old, row.new) for row in flow.rows if row.change == "rewired"] == [
        ("ask → bye when found", "ask → end when found")
    ]


def test_compare__edges_in_another_order__is_not_silent() -> None:
    right = edited()
    right["flow"]["edges"].reverse()

    comparison = compared(BASE, right)

    assert not comparison.identical
    assert [(item.name, item.change) for item in comparison.sections[0].items] == [("order of edges", "moved")]


def test_compare__long_string_in_a_tool__has_lines_of_its_own() -> None:
    right = edited()
    right["tools"]["order-lookup"]["description"] = "One\nTwo and a half\n"

    (tool,) = compared(BASE, right).sections

    (row,) = tool.rows
    assert row.pointer == "/tools/order-lookup/description"
    assert row.text
    assert [line.text for line in row.text.hunks[0].lines] == ["One", "Two", "Two and a half"]


def test_compare__knowledge_article__lines_for_content_rows_for_the_rest() -> None:
    right = edited()
    right["knowledge"]["returns"] = {"title": "Returning", "content": "Sixty days.\nKeep the receipt.\n"}

    (item,) = compared(BASE, right).sections

    assert [row.pointer for row in item.rows] == ["/knowledge/returns/title"]
    assert (item.added, item.removed) == (1, 1)
    assert item.text


@pytest.mark.parametrize(("old", "new"), [(1, True), ("1", 1), ("null", None), (0, False), ("", None), ([], {})])
def test_value_rows__values_that_look_alike__are_shown_as_different(old: Any, new: Any) -> None:
    (row,) = value_rows({"x": old}, {"x": new})

    assert row.old != row.new


def test_compare__digests_differ_but_values_do_not__says_formatting_only() -> None:
    comparison = compare(Side("v1", {"settings": "a" * 64}), Side("v2", {"settings": "b" * 64}), lambda _: {"x": 1})

    (part,) = comparison.sections

    assert not comparison.identical
    assert comparison.changes == 1
    assert part.rows[0].note.startswith("Only formatting or metadata differs")
    assert (part.rows[0].old, part.rows[0].new) == ("aaaaaaa", "bbbbbbb")


@pytest.mark.parametrize("error", [KeyError("gone"), ValueError("damaged")])
def test_compare__one_part_unreadable__says_so_and_keeps_the_others(error: Exception) -> None:
    def load(digest: str) -> Any:
        if digest.startswith("x"):
            raise error
        return digest

    comparison = compare(
        Side("v1", {"prompt": "a", "settings": "x1"}), Side("v2", {"prompt": "b", "settings": "x2"}), load
    )

    assert [bool(part.problem) for part in comparison.sections] == [True, False]
    assert "could not be read" in to_json(comparison)["sections"][0]["problem"]
    assert comparison.sections[1].hunks


def test_disappearing__right_side_lacks_things__lists_them_by_name() -> None:
    right = edited(prompt="You answer questions about orders.\nNever guess.\n", variables={})
    del right["tools"]["order-lookup"]
    del right["flow"]["nodes"]["ask"]
    right["flow"]["edges"] = []
    right["tools"]["other"] = {"type": "http"}

    gone = disappearing(compared(BASE, right))

    assert [(each.section, each.name) for each in gone] == [
        ("prompt", "Prompt: 1 line"),
        ("flow", "node ask"),
        ("flow", "edge greet → ask"),
        ("flow", "edge ask → bye when found"),
        ("tools", "tool order-lookup"),
        ("variables", "variable company"),
    ]


def test_disappearing__only_additions__is_empty() -> None:
    right = edited(policies={"safety": {"blocked_topics": ["medical"]}})
    right["prompt"] += "Be quick.\n"

    assert disappearing(compared(BASE, right)) == []


@pytest.mark.parametrize("pair", list(PAIRS))
def test_compare__real_pairs__every_differing_leaf_is_in_a_row_or_a_line(pair: str) -> None:
    left, right = (json.loads((SAMPLES / file).read_text(encoding="utf-8")) for file in PAIRS[pair])

    comparison = compared({"extensions": {"vendor": left}}, {"extensions": {"vendor": right}})

    pointers = [row.pointer for part in comparison.sections for row in part.rows]
    for key in {*left, *right}:
        differs = stable(left.get(key)) != stable(right.get(key)) or (key in left) != (key in right)
        touched = any(f"{pointer}/".startswith(f"/extensions/vendor/{key}/") for pointer in pointers)
        assert differs == touched, key
    assert to_json(comparison)["sections"][0]["hunks"]


def test_compare__identical_dev_and_prod_copies__says_identical() -> None:
    dev, prod = (
        json.loads((SAMPLES / "elevenlabs-convai-cli" / place / "example_agent.json").read_text(encoding="utf-8"))
        for place in ("dev", "prod")
    )

    assert compared({"extensions": {"vendor": dev}}, {"extensions": {"vendor": prod}}).identical == (dev == prod)


def test_compare__real_knowledge_base__changed_article_is_found_among_hundreds() -> None:
    documents = json.loads((SAMPLES / "kb-tau2-banking" / "documents.json").read_text(encoding="utf-8"))
    items = documents if isinstance(documents, list) else list(documents.values())
    knowledge = {f"doc-{n}": {"title": f"Document {n}", "content": json.dumps(item)} for n, item in enumerate(items)}
    assert len(knowledge) >= 600
    right = {**knowledge, "doc-7": {"title": "Document 7", "content": "New.\n"}}
    del right["doc-9"]

    comparison = compared({"knowledge": knowledge}, {"knowledge": right})

    assert [(part.path, part.change) for part in comparison.sections] == [
        ("knowledge/doc-7", "changed"),
        ("knowledge/doc-9", "removed"),
    ]


def test_compare__many_hostile_parts__share_one_budget_and_say_that_they_are_coarse() -> None:
    chance = random.Random(5)
    left, right = ("\n".join(chance.choices("ab", k=60_000)) + "\n" for _ in range(2))
    before, after = ({f"part-{n}": {"title": "T", "content": text} for n in range(10)} for text in (left, right))

    comparison = compared({"knowledge": before}, {"knowledge": after})

    assert [part.lines.coarse for part in comparison.sections] == [False] * 2 + [True] * 8
    shown = sum(line.op != "equal" for part in comparison.sections for hunk in part.hunks for line in hunk.lines)
    assert shown <= 10_000
    assert all(part.lines.truncated for part in comparison.sections)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text("ab\n", max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


@given(old=json_values, new=json_values)
def test_value_rows__any_two_values__no_rows_only_if_equal(old: Any, new: Any) -> None:
    rows = list(value_rows({"x": old}, {"x": new}))

    assert bool(rows) == (stable(old) != stable(new))
