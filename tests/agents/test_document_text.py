"""Strict loading of JSON and YAML: what is refused is refused with line and column (T23, T24)."""

import json
import re
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from agents.documents import dump_json, load_text
from agents.documents.json_text import load_json
from agents.documents.yaml_text import load_yaml
from console.organizations.errors import InvalidContent, Refusal
from tests.agents.documents import ORDER_AGENT, VALUES, load_document
from tests.samples import SAMPLES

YAML_PIECES = [
    "a",
    "b: ",
    "- ",
    ": ",
    "? ",
    "x y",
    "é",
    "\n",
    "\n  ",
    "\n    ",
    "\n\n",
    "\r\n",
    "  ",
    *"-?:,[]{}#|>+'\"@",
]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("NO", "NO"),
        ("12:30", "12:30"),
        ("1:20:30", "1:20:30"),
        ("017", "017"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("+15555550100", "+15555550100"),
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
        (".5", ".5"),
        ("1.", "1."),
        ("=", "="),
        ("nan", "nan"),
        ("'true'", "true"),
        ('"7"', "7"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-7", -7),
        ("1.50", 1.5),
        ("1e3", 1000),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_load__of_an_unquoted_yaml_word__means_what_it_looks_like(text: str, value: Any) -> None:
    loaded = load_text(f"a: {text}\n".encode())
    assert loaded == {"a": value}
    assert type(loaded["a"]) is type(value)


def test_load__of_keys_that_look_like_values__keeps_them_as_text() -> None:
    assert load_text(b"on: 1\n7: 2\n~: 3\ntrue: 4\n'<<': 5\n") == {"on": 1, "7": 2, "~": 3, "true": 4, "<<": 5}


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a: 1\nb: &x 2", 2, 4, "anchors"),
        ("a: *x", 1, 4, "aliases"),
        ("a: !!python/object/apply:os.system [ls]", 1, 4, "tags"),
        ("a: !x y", 1, 4, "tags"),
        ("a: ! y", 1, 4, "tags"),
        ("b: 1\na: !", 2, 4, "tags"),
        ("a: !x!y z", 1, 4, "tags"),
        ("a: !<x y", 1, 4, "tags"),
        ("a: [b, &]", 1, 8, "anchors"),
        ("a: 1\n...\nb: 2", 3, 1, "second document"),
        ("|\n# Heading\n", 1, 1, "begins with # at the margin"),
        ("# c\r\n--- >-\r\n  \r\n\r\n# Heading", 2, 5, "begins with # at the margin"),
        ("%YAML 1.3\n---\na: 1", 1, 1, "directives"),
        ("# x\n%FOO x\n---\na: 1", 2, 1, "directives"),
        ("\u00e9: \U0001f600 # \u2028\n\u00e9\u00e9: @", 2, 5, "'@'"),
        ("\u00e9: \U0001f600\nb: \u00e9\x07", 2, 5, "U+0007"),
        ('a:\n  - x\n  - "\\ud83d\\ude00"', 3, 8, "surrogate"),
        ("b:\n  <<: {a: 1}", 2, 3, "Merge keys"),
        ("a: 1\nb: 2\na: 3", 3, 1, "twice"),
        ("\u00e9: 1\ne\u0301: 2", 2, 1, "twice"),
        ("a: 1\n---\nb: 2", 2, 1, "second document"),
        ("%YAML 1.1\n---\na: on", 1, 1, "directives"),
        ("a: [1,\nb: 2", 2, 5, "expected"),
        ("a: @x", 1, 4, "cannot start"),
        ("a:\n\t- b", 2, 1, "cannot start"),
        ("a: .inf", 1, 4, "finite"),
        ("a: .NaN", 1, 4, "finite"),
        ("a: 9223372036854775808", 1, 4, "64 bit"),
        ("a: " + "9" * 5000, 1, 4, "64 bit"),
        ("a: 1e400", 1, 4, "64 bit"),
        ("? [a]\n: 1", 1, 3, "key"),
        ("a: \x07", 1, 4, "U+0007"),
        ('a:\n  b: "\\ud800"', 2, 3, "surrogate"),
        ('a: "\\0"', 1, 1, "NUL"),
        ("- 1", 1, 1, "no object"),
        ("", 1, 1, "no object"),
        ('{"a": 1,\n "a": 2}', 2, 2, "twice"),
        ('{"a": 1, "\\u0061": 2}', 1, 10, "twice"),
        ('{"a": {"b": 1, "b": 2}}', 1, 16, "twice"),
        ('{"a": NaN}', 1, 7, "NaN"),
        ('{"a": -Infinity}', 1, 7, "Infinity"),
        ('{"a": 1e400}', 1, 7, "64 bit"),
        ('{"a": ' + "9" * 5000 + "}", 1, 7, "64 bit"),
        ('{"a": 01}', 1, 7, "no value"),
        ('{"a": tru}', 1, 7, "no value"),
        ('{"a": "x\ny"}', 1, 9, "control character"),
        ('{"a": 1,}', 1, 9, "property name"),
        ('{"a": 1} {', 1, 10, "Extra data"),
        ('{"a": [', 1, 8, "value"),
        ("{'a': 1}", 1, 2, "no value"),
        ('{"\u00e9\U0001f600": [1, "\u00e9",\r\n "\u00e9" 1]}', 2, 6, "','"),
        ('{"\u00e9\U0001f600": tru}', 1, 8, "no value"),
        ('{"a": "\U0001f600\\x"}', 1, 9, "escape"),
        ('{"a": "b', 1, 7, "Unterminated"),
        ('{"a": [1}', 1, 9, "','"),
        ('{"a" 1}', 1, 6, "':'"),
        ('{"a": ]}', 1, 7, "value"),
        ('{"a": 1\x0c}', 1, 7, "no value"),
    ],
)
def test_load__of_a_trap__is_refused_with_line_and_column(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(InvalidContent) as refusal:
        load_text(text.encode())
    error = refusal.value.errors[0]
    assert (error.line, error.column) == (line, column)
    assert words in error.message


@pytest.mark.parametrize(
    ("text", "pointer"), [('{"a": ["\\ud800"]}', "/a/0"), ('{"a": "\\u0000"}', "/a"), ('{"a\\u202eb": 1}', "")]
)
def test_load__of_json_text_that_no_part_can_hold__is_refused_with_a_pointer(text: str, pointer: str) -> None:
    with pytest.raises(InvalidContent) as refusal:
        load_text(text.encode())
    assert refusal.value.errors[0].pointer == pointer
    assert refusal.value.errors[0].line == 1


def test_load__of_a_byte_order_mark__is_tolerated_and_utf_16_is_not() -> None:
    assert load_text(b"\xef\xbb\xbfa: 1") == {"a": 1}
    assert load_text(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    with pytest.raises(InvalidContent, match="not UTF-8"):
        load_text("a: 1".encode("utf-16"))
    with pytest.raises(InvalidContent) as refusal:
        load_text(b"a: 1\nb: \xff")
    assert (refusal.value.errors[0].line, refusal.value.errors[0].column) == (2, 4)


def test_load__by_name_and_type__takes_the_format_they_say() -> None:
    assert load_text(b"{a: 1}", filename="a.yml") == {"a": 1}
    assert load_text(b"{a: 1}", content_type="application/yaml; charset=utf-8") == {"a": 1}
    with pytest.raises(InvalidContent, match="Not JSON"):
        load_text(b"a: 1", filename="A.JSON")


def test_load__of_unicode_line_ends_in_yaml__keeps_them_as_the_text_they_are() -> None:
    # YAML 1.2 ends lines at LF and CR alone; older readers change or cut the text at these.
    raw = 'a: x\u2028y\nb: |\n  x\x85y\u2029z\nc: "x\x85 y"\nd: \U0001fffe\n'
    assert load_text(raw.encode()) == {
        "a": "x\u2028y",
        "b": "x\x85y\u2029z\n",
        "c": "x\x85 y",
        "d": "\U0001fffe",
    }
    every = "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    with pytest.raises(InvalidContent, match="noncharacters"):
        load_text(f"a: \u2028{every}".encode())


@given(st.text(st.sampled_from(list('{}[]:,"\\ \n\ttrue0.1-eEu0d8f\u00e9\x01')), max_size=30) | VALUES.map(json.dumps))
def test_load__of_any_json__agrees_with_the_standard_parser(text: str) -> None:
    refusal, value, expected = "", None, None
    try:
        value = load_json(text.encode("utf-8", "surrogatepass")).value
    except Refusal as error:
        refusal = error.detail
    try:
        expected = json.loads(text)
    except ValueError:
        assert refusal
    else:
        # What only we refuse: a key twice, half of a surrogate pair, a number beyond 64 bit. Keys are in NFC.
        assert not refusal or re.search("twice|surrogate|64 bit|NaN|Infinity", refusal)
        assert refusal or as_written(value) == as_written(expected)


def as_written(value: Any) -> str:
    """The value as JSON text in NFC."""
    return normalize("NFC", json.dumps(value, ensure_ascii=False))


@given(st.lists(st.sampled_from(YAML_PIECES), max_size=14).map("".join))
def test_load__of_any_yaml__agrees_with_another_reader_of_yaml_1_2(text: str) -> None:
    try:
        value = load_yaml(text.encode()).value
        expected = YAML(typ="base", pure=True).load(text)
    except (Refusal, YAMLError):
        return
    assert as_text(value) == as_text(expected)


def as_text(value: Any) -> Any:
    """The value with what is empty as the other reader has it: it knows texts alone."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return "" if value is None else value


@pytest.mark.parametrize(
    ("text", "value"),
    [("|2\n# c\n", ""), ("| # c\n", ""), ("|\n  # Heading\n", "# Heading\n"), ("|\n  x\n# c\n", "x\n")],
)
def test_load_yaml__of_a_block_text_beside_comments__takes_each_for_what_it_is(text: str, value: str) -> None:
    assert load_yaml(text.encode()).value == value


@pytest.mark.parametrize("text", ["", "a", '{"a": 1}', '["\\ud83d\\ude00"]'])
def test_load_json__of_one_value__is_that_value(text: str) -> None:
    if text in ("", "a"):
        with pytest.raises(InvalidContent):
            load_json(text.encode())
    else:
        assert load_json(text.encode()).value == json.loads(text)


def test_load__of_a_broken_upstream_file__says_line_and_column() -> None:
    raw = (SAMPLES / "copilot-studio-topics" / "WorkdayManageEmergencyContact.yaml").read_bytes()
    with pytest.raises(InvalidContent) as refusal:
        load_text(raw, filename="topic.yaml")
    error = refusal.value.errors[0]
    assert (error.line, error.column) == (246, 29)
    assert "'@'" in error.message


def test_load_document__of_a_schema_mistake_in_yaml__says_line_column_and_pointer() -> None:
    raw = ORDER_AGENT.replace(b"    greeting: Hello", b"    greting: Hello")
    with pytest.raises(InvalidContent) as refusal:
        load_document(raw)
    assert [(error.pointer, error.line, error.column) for error in refusal.value.errors] == [
        ("/spec/settings/greting", 7, 5)
    ]


def test_load_document__of_schema_mistakes_in_json__says_line_column_and_pointer() -> None:
    raw = dump_json(load_document(ORDER_AGENT))
    raw = raw.replace(b'"greeting"', b'"greting"').replace(b'"to": "bye"', b'"to": "gone", "n\xc3\xa4h": 1')
    with pytest.raises(InvalidContent) as refusal:
        load_document(raw.replace(b'"greting"', b'"greeting"'), filename="a.json")
    (error,) = refusal.value.errors
    lines = raw.decode().split("\n")
    assert error.pointer == "/spec/flow/edges/2/to"
    assert error.line
    assert lines[error.line - 1].index('"to"') + 1 == error.column
    with pytest.raises(InvalidContent) as refusal:
        load_document(raw, filename="a.json")
    assert [
        (error.pointer, lines[(error.line or 0) - 1][(error.column or 0) - 1 :]) for error in refusal.value.errors
    ] == [("/spec/settings/greting", '"greting": "Hello, this is the order desk.",')]


def test_load_document__of_a_missing_key_in_json__says_where_its_object_is() -> None:
    with pytest.raises(InvalidContent) as refusal:
        load_document(
            b'{"apiVersion": "v1", "kind": "Assistant", "metadata": {"name": "a"},\n "spec": {"tools": {"x": {}}}}'
        )
    assert [(error.pointer, error.line, error.column) for error in refusal.value.errors] == [
        ("/spec/tools/x/type", 2, 21)
    ]
