"""Example calls of tools: made from the schema of their parameters, checked, never fetched."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.documents import load_text
from agents.schema.examples import call_errors, example_of
from console.organizations.errors import InvalidContent
from tests.samples import vendor_files

ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string", "minLength": 6},
        "when": {"type": "string", "format": "date"},
        "urgency": {"enum": ["low", "high"]},
        "seats": {"type": "integer", "minimum": 2, "maximum": 9},
        "price": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
        "lines": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/line"}},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "kind": {"allOf": [{"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]}]},
    },
    "required": ["order_id", "gone"],
    "$defs": {"line": {"type": "object", "properties": {"sku": {"type": "string", "default": "A-1"}}}},
}


def test_example__of_a_schema__fits_it_and_shows_what_there_is() -> None:
    example = example_of(ORDER)

    assert call_errors(ORDER, example) == []
    assert (example["urgency"], example["seats"], example["when"]) == ("low", 2, "2026-11-20")
    assert example["lines"] == [{"sku": "A-1"}, {"sku": "A-1"}]
    assert example["kind"] == {"a": 1}


@pytest.mark.parametrize(
    ("arguments", "pointer", "words"),
    [
        ({"order_id": 7, "gone": 1}, "/order_id", "string"),
        ({"order_id": "1234567"}, "", '"gone" is a required property'),
        ({"order_id": "1234567", "gone": 1, "lines": [{"sku": 1}, {}]}, "/lines/0/sku", "string"),
        ({"order_id": "1234567", "gone": 1, "when": "soon"}, "/when", "date"),
    ],
)
def test_call__that_does_not_fit__says_where(arguments: Any, pointer: str, words: str) -> None:
    assert [(error.pointer, words in error.message) for error in call_errors(ORDER, arguments)] == [(pointer, True)]


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"properties": {"a": {"$ref": "file:///etc/hostname"}}},
        {"type": "objekt"},
        {"pattern": "("},
    ],
)
def test_schema__that_leads_outside_or_is_none__is_told_and_not_fetched(schema: dict[str, Any]) -> None:
    assert [error.message[:25] for error in call_errors(schema, {"a": 1})] == ["The schema cannot be used"]


def test_pattern__made_to_take_for_ever__does_not() -> None:
    begun = time.monotonic()

    call_errors({"properties": {"a": {"pattern": "^(a|a)*(?=b)$"}}}, {"a": "a" * 40})

    assert time.monotonic() - begun < 2


loops = st.recursive(
    st.sampled_from(
        [
            {"type": "string"},
            {"$ref": "#"},
            {"allOf": [{"$ref": "#"}]},
            True,
            {"type": ["integer", "null"]},
            {"enum": []},
        ]
    ),
    lambda inner: (
        st.fixed_dictionaries({"type": st.just("object"), "properties": st.dictionaries(st.sampled_from("ab"), inner)})
        | st.fixed_dictionaries({"type": st.just("array"), "items": inner, "minItems": st.integers(0, 10**9)})
        | st.fixed_dictionaries({"anyOf": st.lists(inner, max_size=2), "maxLength": st.none() | st.integers(-3, 3)})
    ),
    max_leaves=5,
)


@given(loops)
def test_example__of_any_schema__is_made_in_bounded_work(schema: Any) -> None:
    assert len(repr(example_of(schema))) < 100_000


def test_example__of_real_tools__fits_their_schemas() -> None:
    checked = 0
    for path in vendor_files():
        try:
            found = load_text(path.read_bytes(), filename=path.name)
        except InvalidContent:
            continue
        for schema in parameters_in(found):
            # What a pattern wants cannot be guessed.
            wrong = [
                error for error in call_errors(schema, example_of(schema)) if "does not match" not in error.message
            ]
            assert wrong == [], path
            checked += 1

    assert checked > 10


def parameters_in(value: Any) -> list[dict[str, Any]]:
    """The schemas of parameters anywhere in a vendor's file."""
    if isinstance(value, list):
        return [found for item in value for found in parameters_in(item)]
    if not isinstance(value, dict):
        return []
    own = value.get("parameters")
    found = [own] if isinstance(own, dict) and own.get("type") == "object" else []
    return found + [inner for item in value.values() for inner in parameters_in(item)]
