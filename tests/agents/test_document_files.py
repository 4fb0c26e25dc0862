"""Writing documents: import(export(x)) is x for JSON, YAML and ZIP; hostile archives are refused (T44, G34)."""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from agents.canonical import normalise
from agents.documents import (
    dump_json,
    dump_yaml,
    dump_zip,
    load_text,
    load_zip,
    parse_section,
    section_text,
    sections,
    with_section,
)
from agents.documents.sections import value_at
from agents.importers import import_file
from agents.parts import join, split
from console.organizations.errors import InvalidContent, Refusal, TooLarge
from tests.agents.documents import CONFIGS, ORDER_AGENT, TEXT, document, load_document
from tests.samples import vendor_files

WAYS: list[tuple[Callable[[Any], bytes], Callable[[bytes], dict[str, Any]]]] = [
    (dump_json, load_document),
    (dump_yaml, load_document),
    (dump_zip, load_zip),
]


def check_round_trips(whole: dict[str, Any]) -> None:
    before = split(whole["spec"])
    for dump, load in WAYS:
        written = dump(whole)
        read = load(written)
        assert split(read["spec"]) == before
        assert read["metadata"] == whole["metadata"]
        assert dump(read) == written


@given(CONFIGS)
def test_export__of_any_document__imports_with_the_same_digest(config: dict[str, Any]) -> None:
    check_round_trips(document(config))


@given(TEXT)
def test_export__of_any_text__keeps_every_character(text: str) -> None:
    config = {
        "prompt": text,
        "knowledge": {"k": {"title": "K", "content": text}},
        "extensions": {"x": [text, {"y": text}]},
    }
    check_round_trips(document(config))


def test_export__of_a_document_with_every_section__imports_as_it_was() -> None:
    whole = load_document(ORDER_AGENT)
    check_round_trips(whole)
    assert join(split(whole["spec"]).parts, split(whole["spec"]).layout) == whole["spec"]


@pytest.mark.parametrize("path", vendor_files(), ids=lambda path: "/".join(path.parts[-3:]))
def test_export__of_an_imported_vendor_file__imports_with_the_same_digest(path: Any) -> None:
    check_round_trips(import_file(path.read_bytes(), filename=path.name)[1])


def test_export__of_yaml__is_readable() -> None:
    text = dump_yaml(load_document(ORDER_AGENT)).decode()
    assert text.startswith("apiVersion: v1\nkind: Assistant\nmetadata:\n  name: order-agent\n")
    assert "  prompt: |\n    You answer questions about orders of {{company}}.\n" in text


def test_export__of_a_zip__has_one_file_per_part() -> None:
    with zipfile.ZipFile(io.BytesIO(dump_zip(load_document(ORDER_AGENT)))) as archive:
        assert archive.namelist() == [
            *("agent.yaml", "prompt.md", "flow.yaml", "knowledge/returns.md", "tools/order-lookup.yaml"),
            *("integrations/slack.yaml", "policies.yaml", "variables.yaml", "tests/finds-order.yaml"),
            "extensions/vapi.yaml",
        ]
        assert archive.read("prompt.md") == b"You answer questions about orders of {{company}}.\n"
        assert archive.read("knowledge/returns.md") == (
            b"---\ntitle: Returns\nsource: handbook\n---\nWithin 30 days.\n---\nNo receipt, no return."
        )


AGENT = b"apiVersion: v1\nkind: Assistant\nmetadata: {name: a}\n"


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return buffer.getvalue()


def test_load_zip__of_a_folder_made_by_hand__is_taken() -> None:
    raw = packed(
        ("my-agent/", b""),
        ("my-agent/agent.yml", b"metadata: {name: a}\nspec: {settings: {greeting: Hi}}"),
        ("my-agent/prompt.md", b"\xef\xbb\xbfBe kind.\r\n"),
        ("my-agent/knowledge/faq.md", b"# Questions \n\nNone."),
        ("my-agent/tools/x.json", b'{"type": "http", "endpoint": "https://a.example"}'),
        ("__MACOSX/my-agent/._agent.yml", b"\0\1"),
        ("my-agent/.DS_Store", b"\0"),
    )
    loaded = load_zip(raw)
    assert loaded["metadata"] == {"name": "a"}
    assert loaded["spec"] == {
        "settings": {"greeting": "Hi"},
        "prompt": "Be kind.\n",
        "knowledge": {"faq": {"title": "Questions", "content": "# Questions \n\nNone."}},
        "tools": {"x": {"type": "http", "endpoint": "https://a.example"}},
    }


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("prompt.md")
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    return info


def encrypted() -> bytes:
    raw = bytearray(packed(("agent.yaml", AGENT)))
    raw[raw.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def lying() -> bytes:
    raw = bytearray(packed(("agent.yaml", AGENT), ("prompt.md", b"x" * 5000)))
    struct.pack_into("<L", raw, raw.rfind(b"PK\x01\x02") + 24, 10)
    return bytes(raw)


BAD_ZIPS: dict[str, tuple[bytes, str]] = {
    "no zip": (b"PK\x03\x04 nothing", "not a ZIP"),
    "cut": (packed(("agent.yaml", AGENT))[:-8], "not a ZIP"),
    "damaged": (packed(("agent.yaml", AGENT)).replace(b"PK\x01\x02", b"PK\x01\x03"), "damaged"),
    "empty": (packed(), "needs one agent.yaml"),
    "climbing": (packed(("agent.yaml", AGENT), ("../prompt.md", b"x")), "'../prompt.md'"),
    "climbing deep": (packed(("agent.yaml", AGENT), ("tools/../../x.yaml", b"x")), "no place"),
    "absolute": (packed(("agent.yaml", AGENT), ("/etc/passwd", b"x")), "'/etc/passwd'"),
    "backslash": (packed(("agent.yaml", AGENT), ("tools\\x.yaml", b"type: http")), "no place"),
    "unknown": (packed(("agent.yaml", AGENT), ("run.sh", b"x")), "'run.sh'"),
    "markdown tool": (packed(("agent.yaml", AGENT), ("tools/x.md", b"x")), "no place"),
    "bad slug": (packed(("agent.yaml", AGENT), ("tools/A B.yaml", b"x")), "no place"),
    "link": (packed(("agent.yaml", AGENT), (link(), b"/etc/passwd")), "is a link"),
    "encrypted": (encrypted(), "encrypted"),
    "lying size": (lying(), "damaged"),
    "twice": (packed(("agent.yaml", AGENT + b"spec: {prompt: x}"), ("prompt.md", b"y")), "twice"),
    "two endings": (packed(("agent.yaml", AGENT), ("flow.yaml", b"{}"), ("flow.json", b"{}")), "twice"),
    "two agents": (packed(("agent.yaml", AGENT), ("agent.json", b"{}")), "needs one agent.yaml"),
    "other method": (packed(("agent.yaml", AGENT), method=zipfile.ZIP_LZMA) + b"", "unusual"),
    "broken yaml": (packed(("agent.yaml", AGENT), ("flow.yaml", b"a: [")), "flow.yaml"),
    "bad front matter": (packed(("agent.yaml", AGENT), ("knowledge/k.md", b"---\ntitle: x\n")), "front matter"),
    "not utf-8": (packed(("agent.yaml", AGENT), ("prompt.md", b"\xff")), "prompt.md"),
    "wrong content": (packed(("agent.yaml", AGENT), ("flow.yaml", b"start: a")), "/spec/flow/nodes"),
    "many": (packed(("agent.yaml", AGENT), *((f"tools/t{n}.yaml", b"") for n in range(5001))), "5,000"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", BAD_ZIPS)
def test_load_zip__of_a_hostile_archive__is_refused_as_a_whole(name: str) -> None:
    raw, words = BAD_ZIPS[name]
    with pytest.raises(InvalidContent) as refusal:
        load_zip(raw)
    assert words in refusal.value.detail


def test_load_zip__of_a_bomb__is_refused_before_it_is_unpacked() -> None:
    bomb = packed(("agent.yaml", AGENT), *((f"knowledge/k{n}.md", b"0" * 4_000_000) for n in range(5)))
    with pytest.raises(TooLarge, match="unpacked"):
        load_zip(bomb)
    with pytest.raises(TooLarge):
        load_zip(b"PK\x03\x04" + b"\0" * 16 * 1024 * 1024)


@given(CONFIGS)
def test_section_text__of_any_section__parses_back_exactly(config: dict[str, Any]) -> None:
    plain = normalise(config)
    for path in sections(plain):
        text = section_text(plain, path)
        parsed = parse_section(path, text)
        if text.strip():
            assert parsed == value_at(plain, path)
        else:
            assert parsed is None
        assert split(with_section(plain, path, value_at(plain, path))) == split(plain)


@pytest.mark.parametrize(
    ("path", "text", "pointer", "line", "column"),
    [
        ("flow", "start: a\nnodes:\n  a: {type: end}\nedges:\n  - from: a\n    to: z\n", "/flow/edges/0/to", 6, 5),
        ("flow", "start: a\nnodes: [\n", "/flow", 3, 1),
        ("tools/x", "type: http\nmethod: FETCH\n", "/tools/x/method", 2, 1),
        ("tools/x", "description: d\n", "/tools/x/type", 1, 1),
        ("settings", "model:\n  name: m\n  temperature: warm\n", "/settings/model/temperature", 3, 3),
        ("knowledge/k", "---\ntitle: [a]\n---\nText", "/knowledge/k/title", 2, 1),
        ("variables", "a: {}\na: {}\n", "/variables", 2, 1),
        ("policies", "just text", "/policies", 1, 1),
        ("flow", '{"start": "a",\n "nodes": {"a": {"type": 1}}}', "/flow/nodes/a/type", 2, 18),
        ("flow", '{"start": "a",\n "nodes": {"a": {"type": "end"}}', "/flow", 2, 33),
        ("tools/x", '{"type": "http",\n\t"\u00e9": "\u00e9", "method": "FETCH"}', "/tools/x/method", 2, 12),
        ("variables", '{"a": {},\n "a": {}}', "/variables", 2, 2),
        ("tools/x", "{type: http, method: 7}", "/tools/x/method", 1, 14),
        ("tools/x", "type: http\nname: \ud800", "/tools/x", 2, 7),
    ],
)
def test_parse_section__of_a_mistake__says_line_column_and_pointer(
    path: str, text: str, pointer: str, line: int, column: int
) -> None:
    with pytest.raises(InvalidContent) as refusal:
        parse_section(path, text)
    error = refusal.value.errors[0]
    assert (error.pointer, error.line, error.column) == (pointer, line, column)


def test_with_section__changes_one_item_and_blank_text_removes_it() -> None:
    config = load_document(ORDER_AGENT)["spec"]
    changed = with_section(config, "tools/order-lookup", parse_section("tools/order-lookup", "type: http\n"))
    assert changed["tools"] == {"order-lookup": {"type": "http"}}
    assert config["tools"]["order-lookup"]["method"] == "GET"
    removed = with_section(config, "tools/order-lookup", parse_section("tools/order-lookup", " \n"))
    assert "tools" not in removed
    assert removed["prompt"] == config["prompt"]


def test_parse_section__of_knowledge__takes_markdown_with_and_without_front_matter() -> None:
    plain = parse_section("knowledge/faq", "# Opening hours\n\nNote: closed on Sundays.\n")
    assert plain == {"title": "Opening hours", "content": "# Opening hours\n\nNote: closed on Sundays.\n"}
    assert parse_section("knowledge/faq", "Just a line") == {"title": "faq", "content": "Just a line"}
    assert parse_section("policies", '{"p": {"a": "\\ud83d\\ude00"}}') == {"p": {"a": "\U0001f600"}}
    assert parse_section("knowledge/faq", "title: F\nsource: doc-1\n") == {"title": "F", "source": "doc-1"}


@pytest.mark.parametrize("path", ["secret", "prompt/x", "tools/../x", "tools/A", "tools/", ""])
def test_section__of_an_unknown_path__is_refused(path: str) -> None:
    with pytest.raises(Refusal):
        section_text({}, path)
    with pytest.raises(Refusal):
        parse_section(path, "a: 1")


def test_load_text__of_what_was_written_at_the_limits__is_taken() -> None:
    lines = "An answer of ordinary length, forty letters.\n" * 20_000
    config = {"prompt": lines, "knowledge": {"k": {"title": "K", "content": lines[:-1]}}}
    wide = {"extensions": {"x": {f"key {number}": "a few words" for number in range(19_990)}}}
    for dump in (dump_json, dump_yaml):
        assert load_text(dump(document(config)))["spec"] == config
        assert load_text(dump(document(wide)))["spec"] == wide
    assert load_zip(dump_zip(document({"prompt": "x" * 1_000_000})))["spec"] == {"prompt": "x" * 1_000_000}


def test_load_zip__of_a_schema_mistake__says_member_line_and_column() -> None:
    flow = b"start: a\nnodes:\n  a: {type: end}\nedges:\n  - {from: a,\n     to: z}\n"
    raw = packed(("agent.yaml", AGENT), ("flow.yaml", flow), ("knowledge/k.md", b"---\nsource: s\ntitle: K\n---\nText"))
    with pytest.raises(InvalidContent) as refusal:
        load_zip(raw)
    (error,) = refusal.value.errors
    assert (error.pointer, error.line, error.column) == ("/spec/flow/edges/0/to", 6, 6)
    assert error.message.startswith("flow.yaml: There is no node 'z'")
    with pytest.raises(InvalidContent) as refusal:
        load_zip(packed(("agent.yaml", AGENT + b"spec:\n  settings: {x: 1}\n"), ("prompt.md", b"Hi")))
    (error,) = refusal.value.errors
    assert (error.pointer, error.line, error.column) == ("/spec/settings/x", 5, 14)
