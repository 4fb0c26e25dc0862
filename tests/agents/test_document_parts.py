"""Parts, digests and the layout that no digest knows."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given

from agents.canonical import canonical, normalise
from agents.parts import digest, join, manifest_digest, part_paths, split
from console.organizations.errors import InvalidContent, TooLarge
from tests.agents.documents import CONFIGS, ORDER_AGENT, config_digest, load_document


def order_agent() -> dict[str, Any]:
    return load_document(ORDER_AGENT)["spec"]  # type: ignore[no-any-return]


def test_split__of_every_section__gives_one_part_per_item() -> None:
    assert list(split(order_agent()).parts) == [
        *("settings", "prompt", "flow", "knowledge/returns", "tools/order-lookup", "integrations/slack"),
        *("policies", "variables", "tests/finds-order", "extensions/vapi"),
    ]


@given(CONFIGS)
def test_split__of_what_join_gives__is_the_same(config: dict[str, Any]) -> None:
    whole = split(config)
    joined = join(whole.parts, whole.layout)
    assert split(joined) == whole
    assert split(join(whole.parts)).digest == whole.digest


def test_digest__of_known_content__is_this_one() -> None:
    # A literal: stored digests must never change their meaning.
    whole = split({"prompt": "Hi\r\nthere", "settings": {"voice": {"speed": 1.0}, "language": "en"}})
    assert whole.parts == {"settings": b'{"language":"en","voice":{"speed":1}}', "prompt": b'"Hi\\nthere"'}
    assert whole.manifest["prompt"] == digest(b'"Hi\\nthere"')
    assert whole.digest == manifest_digest(dict(reversed(whole.manifest.items())))
    assert whole.digest == "c37caec455b377fd9a96eb16f20986627bb8e8b5db47aefb9dea6197d5f70865"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (1.0, 1),
        (-0.0, 0),
        (1e3, 1000),
        ("a\r\nb\rc", "a\nb\nc"),
        ({"\u00e9": 1}, {"e\u0301": 1}),
        ((1, 2), [1, 2]),
    ],
)
def test_canonical__of_equal_content__is_equal(one: Any, other: Any) -> None:
    assert canonical(normalise(one)) == canonical(normalise(other))


@pytest.mark.parametrize(
    ("one", "other"), [("e\u0301", "\u00e9"), (1, "1"), (True, 1), (None, ""), (0.1, 0.2), ("a ", "a")]
)
def test_canonical__of_different_content__differs(one: Any, other: Any) -> None:
    assert canonical(normalise(one)) != canonical(normalise(other))


@pytest.mark.parametrize(
    ("config", "pointer"),
    [
        ({"prompt": "a\0b"}, "/prompt"),
        ({"extensions": {"x": {"a": float("nan")}}}, "/extensions/x/a"),
        ({"extensions": {"x": [1, float("inf")]}}, "/extensions/x/1"),
        ({"extensions": {"x": 2**63}}, "/extensions/x"),
        ({"extensions": {"x": -(2**63) - 1}}, "/extensions/x"),
        ({"extensions": {"x": "\ud800"}}, "/extensions/x"),
        ({"extensions": {"x": {"\u00e9": 1, "e\u0301": 2}}}, "/extensions/x/\u00e9"),
        ({"extensions": {"x": {"a\u202eb": 1}}}, "/extensions/x"),
        ({"extensions": {"x": {"a\nb": 1}}}, "/extensions/x"),
        ({"extensions": {"x": {"k" * 201: 1}}}, "/extensions/x"),
        ({"extensions": {"x": {7: 1}}}, "/extensions/x"),
        ({"extensions": {"x": {"a/b~c": object()}}}, "/extensions/x/a~1b~0c"),
        ({"promt": "x"}, "/promt"),
        ({"tools": []}, "/tools"),
        ({"tools": {"": {}}}, "/tools/"),
    ],
)
def test_split__of_what_has_no_canonical_form__is_refused_with_a_pointer(config: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidContent) as refusal:
        split(config)
    assert [error.pointer for error in refusal.value.errors] == [pointer]


def test_split__at_the_limits__is_taken_and_one_beyond_is_refused() -> None:
    deep: Any = 1
    for _ in range(30):
        deep = [deep]
    assert split({"extensions": {"x": deep}}).parts
    with pytest.raises(InvalidContent, match="32 levels"):
        split({"extensions": {"x": [deep]}})
    assert split({"extensions": {"x": [1] * 19_997}}).parts
    with pytest.raises(InvalidContent, match="20,000"):
        split({"extensions": {"x": [1] * 19_998}})
    part = "x" * (1024 * 1024 - 2)
    assert split({"prompt": part}).parts
    with pytest.raises(TooLarge, match="prompt"):
        split({"prompt": part + "x"})
    with pytest.raises(TooLarge, match="canonical"):
        split({"extensions": {"a": part, "b": part, "c": "x"}})


def test_layout__of_server_fields_and_positions__changes_no_digest_and_comes_back() -> None:
    config = order_agent()
    moved = deepcopy(config)
    moved["flow"]["nodes"]["greet"]["position"] = {"x": -1, "y": 0}
    moved["flow"]["viewport"] = {"zoom": 2}
    moved["flow"]["nodes"]["ask"]["metadata"] = {"position": {"x": 3, "y": 4}}
    moved["extensions"]["vapi"]["$server"] = {"id": "another", "updatedAt": "2026-01-01"}
    moved["tools"]["order-lookup"]["$server"] = {"id": "t1"}
    assert config_digest(moved) == config_digest(config)
    whole = split(moved)
    assert whole.layout is not None
    assert whole.layout != split(config).layout
    assert join(whole.parts, whole.layout) == normalise(moved)
    assert b"another" not in b"".join(whole.parts.values())
    changed = deepcopy(config)
    changed["flow"]["nodes"]["ask"]["position"] = "a job that is asked for"
    assert config_digest(changed) != config_digest(config)


def test_layout__of_a_vendors_own_workflow__changes_no_digest_and_comes_back() -> None:
    drawn = {"type": "say", "position": {"x": 1.5, "y": 2}, "edge_order": ["e"], "metadata": {"position": {"x": 3}}}
    workflow = {"nodes": {"start": drawn, "end": {"position": "text"}}, "edges": {"e": {"source": "start"}}}
    config = {"extensions": {"elevenlabs": {"workflow": {**workflow, "viewport": {"zoom": 1}}, "$server": {"id": 7}}}}
    moved = deepcopy(config)
    moved["extensions"]["elevenlabs"]["workflow"]["nodes"]["start"]["position"] = {"x": -4, "y": 0}  # type: ignore[index]
    whole = split(moved)
    assert whole.digest == config_digest(config)
    assert whole.layout != split(config).layout
    assert join(whole.parts, whole.layout) == normalise(moved)
    assert json.loads(whole.parts["extensions/elevenlabs"]) == {
        "workflow": {
            "nodes": {"start": {"type": "say", "edge_order": ["e"]}, "end": {"position": "text"}},
            "edges": {"e": {"source": "start"}},
        }
    }


def test_join__with_a_layout_whose_places_hold_content_now__keeps_the_content() -> None:
    node = {"type": "say", "position": {"x": 1}, "metadata": {"position": {"x": 2}}}
    layout = split({"flow": {"start": "a", "nodes": {"a": node}, "viewport": {"zoom": 1}, "edges": []}}).layout
    for config in (
        {"flow": {"start": "a", "nodes": {"a": {"type": "say", "position": "cook", "metadata": "m"}}}},
        {"flow": {"start": "a", "nodes": {"a": {"type": "say", "position": "", "metadata": {"position": "p"}}}}},
    ):
        joined = join(split(config).parts, layout)
        assert joined["flow"].pop("viewport") == {"zoom": 1}
        assert joined == config


def test_join__with_the_layout_of_another_configuration__leaves_out_what_has_no_place() -> None:
    layout = split(order_agent()).layout
    config = {"flow": {"start": "new", "nodes": {"new": {"type": "end"}}, "edges": []}, "extensions": {"vapi": "text"}}
    assert join(split(config).parts, layout) == config
    assert join({}, layout) == {}


def test_join__of_a_path_that_is_none__is_an_error() -> None:
    for path in ("tools", "prompt/x", "secret", ""):
        with pytest.raises(ValueError, match="not the path of a part"):
            join({path: b"1"})


def test_part_paths__of_empty_sections__are_none() -> None:
    assert part_paths({"prompt": "", "tools": {}, "flow": None, "settings": {}}) == []
    assert json.loads(split({"extensions": {"vapi": {}}}).parts["extensions/vapi"]) == {}
