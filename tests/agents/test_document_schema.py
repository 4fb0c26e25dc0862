"""What is a document, what is worth a look, and the published JSON Schema."""

import socket
from copy import deepcopy
from typing import Any

import jsonschema_rs
import pytest

from agents.documents import section_text
from agents.places import placed
from agents.schema import empty_document, json_schema, problems, validate, validate_document
from console.organizations.errors import InvalidContent
from tests.agents.documents import ORDER_AGENT, load_document


def errors_of(config: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidContent) as refusal:
        validate(config)
    return [(error.pointer, error.message) for error in refusal.value.errors]


@pytest.mark.parametrize(
    ("config", "pointer", "words"),
    [
        ({"promt": "x"}, "/promt", "no section 'promt'"),
        ({"prompt": 3}, "/prompt", "must be text"),
        ({"settings": {"greting": "x"}}, "/settings/greting", "not known here"),
        ({"settings": {"model": "gpt"}}, "/settings/model", "map of keys"),
        ({"settings": {"model": {"temperature": "1"}}}, "/settings/model/temperature", "without quotation marks"),
        (
            {"settings": {"model": {"temperature": 3}}},
            "/settings/model/temperature",
            "temperature must be less than or equal to 2",
        ),
        ({"settings": {"language": "english please"}}, "/settings/language", "language must match"),
        ({"tools": {"A B": {"type": "http"}}}, "/tools/A B", "not a slug"),
        ({"tools": {"x\u200b": {"type": "http"}}}, "/tools/x\u200b", "U+200B"),
        ({"tools": {"x": {}}}, "/tools/x/type", "missing"),
        ({"tools": {"x": {"type": "f", "parameters": {"type": "strin"}}}}, "/tools/x/parameters/type", "JSON Schema"),
        ({"tools": {"x": {"type": "f", "parameters": []}}}, "/tools/x/parameters", "map of keys"),
        ({"flow": {"nodes": {"a": {"type": "end"}}}}, "/flow/start", "missing"),
        ({"flow": {"start": "b", "nodes": {"a": {"type": "end"}}}}, "/flow/start", "no node 'b'. Name one of: a"),
        (
            {"flow": {"start": "a", "nodes": {"a": {"type": "end"}}, "edges": [{"from": "a", "to": "z"}]}},
            "/flow/edges/0/to",
            "no node 'z'",
        ),
        ({"knowledge": {"k": {"title": "K"}}}, "/knowledge/k/content", "missing"),
        ({"tests": {"t": {"turns": []}}}, "/tests/t/turns", "at least 1"),
        ({"tests": {"t": {"turns": [{}]}}}, "/tests/t/turns/0", "needs `user`"),
        ({"policies": {"p": 1}}, "/policies/p", "map of keys"),
        ({"variables": {"a b": {}}}, "/variables/a b", "not a key"),
        ({"extensions": {"Vapi": {}}}, "/extensions/Vapi", "not a slug"),
        ([], "", "map of keys"),
        (None, "", "map of keys"),
    ],
)
def test_validate__of_one_mistake__says_where_and_what_to_do(config: Any, pointer: str, words: str) -> None:
    found = errors_of(config)
    assert [where for where, _ in found] == [pointer]
    assert words in found[0][1]


def test_validate__of_many_mistakes__lists_fifty() -> None:
    assert len(errors_of({"tools": {f"t{number}": {} for number in range(80)}})) == 50


def test_validate__of_vendors_own_knobs__takes_them() -> None:
    validate(
        {
            "settings": {"model": {"name": "m", "topP": 0.2}, "voice": {"style": 1}, "transcriber": {"numerals": True}},
            "tools": {"x": {"type": "mcp", "server": {"url": "https://a.example"}}},
            "extensions": {"acme": 3, "vapi": None},
        }
    )


def test_validate__of_a_schema_that_names_an_address__fetches_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        for schema in (
            {"$schema": address},
            {"$ref": address},
            {"properties": {"a": {"$id": address, "$schema": address}}},
        ):
            validate({"tools": {"x": {"type": "function", "parameters": schema}}})
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"apiVersion": "v2"}, "/apiVersion"),
        ({"kind": "Squad"}, "/kind"),
        ({"metadata": {}}, "/metadata/name"),
        ({"metadata": {"name": " "}}, "/metadata/name"),
        ({"metadata": {"name": "a\u202eb"}}, "/metadata/name"),
        ({"metadata": {"name": "x" * 201}}, "/metadata/name"),
        ({"metadata": {"name": "a", "labels": {"team": "x\ny"}}}, "/metadata/labels/team"),
        ({"status": "live"}, "/status"),
        ({"spec": {"prompt": 1}}, "/spec/prompt"),
        ({"spec": {"flow": {"start": "b", "nodes": {"a": {"type": "end"}}}}}, "/spec/flow/start"),
    ],
)
def test_validate_document__of_a_wrong_envelope__says_where(change: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidContent) as refusal:
        validate_document({**empty_document("a"), **change})
    assert [error.pointer for error in refusal.value.errors] == [pointer]


def test_json_schema__is_a_schema_that_agrees_with_the_models() -> None:
    schema = json_schema()
    jsonschema_rs.meta.validate(schema)
    assert schema["$id"] == "/schemas/agent-v1.json"
    document = load_document(ORDER_AGENT)
    assert jsonschema_rs.is_valid(schema, document)
    document["spec"]["promt"] = "x"
    assert not jsonschema_rs.is_valid(schema, document)
    assert set(schema["$defs"]["Spec"]["properties"]) == {
        *(
            "settings",
            "prompt",
            "flow",
            "knowledge",
            "tools",
            "integrations",
            "policies",
            "variables",
            "tests",
            "extensions",
        )
    }


def test_problems__of_a_sound_document__are_none_but_an_address_that_every_environment_shares() -> None:
    config = deepcopy(load_document(ORDER_AGENT)["spec"])
    (found,) = problems(config)
    assert (found.severity, found.pointer, found.start) == ("warning", "/tools/order-lookup/endpoint", 0)

    config["tools"]["order-lookup"]["endpoint"] = "{{company}}/orders"
    assert problems(config) == []


def test_problems__of_a_text__say_where_in_it_they_stand() -> None:
    prompt = "Hello {{ who }}.\nSee https://orders.example/help for more.\n"
    document = {"title": "Keys", "content": f"One\nsk-{'a' * 30}\n"}
    config = {"prompt": prompt, "knowledge": {"keys": document}, "variables": {"unused": {}}}
    found = problems(config)

    assert [(one.kind, one.pointer) for one in found] == [
        ("undeclared", "/prompt"),
        ("unused", "/variables/unused"),
        ("address", "/prompt"),
        ("secret", "/knowledge/keys/content"),
    ]
    assert [prompt[one.start : one.end] for one in found if one.pointer == "/prompt"] == [
        "who",
        "https://orders.example/help",
    ]
    (undeclared, address) = placed("prompt", prompt, prompt, [found[0], found[2]])
    assert (undeclared.line, undeclared.column, undeclared.end, address.line) == (1, 10, 13, 2)
    (secret,) = placed("knowledge/keys", section_text(config, "knowledge/keys"), document, [found[3]])
    assert (secret.line, secret.column) == (5, 1)
    (unused,) = placed("variables", "other: {}\nunused: {}\n", config["variables"], [found[1]])
    assert unused.line == 2


def test_problems__of_a_flow_that_names_an_absent_document__are_errors() -> None:
    nodes = {"a": {"type": "say", "knowledge": ["returns", "gone"]}, "b": {"type": "end"}}
    flow = {"start": "a", "nodes": nodes, "edges": [{"from": "a", "to": "b"}]}
    found = problems({"flow": flow, "knowledge": {"returns": {"title": "Returns", "content": "x"}}})

    assert [(one.severity, one.kind, one.pointer) for one in found] == [("error", "missing", "/flow/nodes/a/knowledge")]


def test_problems__of_loose_ends__are_warnings_and_errors() -> None:
    config = deepcopy(load_document(ORDER_AGENT)["spec"])
    config["prompt"] += "{{ who }} {{greeting}} {{company | upper}}"
    config["flow"]["nodes"]["island"] = {"type": "say"}
    config["flow"]["nodes"]["look"]["tool"] = "gone"
    config["tools"]["leak"] = {"type": "http", "endpoint": "https://u:pw12345@a.example", "api_key": "abcdefgh1234"}
    config["extensions"]["acme"] = {"note": "sk-" + "a" * 30, "secret": "{{FROM_ENV}}"}
    assert [(found.severity, found.pointer) for found in problems(config)] == [
        ("warning", "/prompt"),
        ("error", "/flow/nodes/look/tool"),
        ("warning", "/flow/nodes/island"),
        ("warning", "/flow/nodes/island"),
        ("warning", "/tools/order-lookup/endpoint"),
        ("error", "/tools/leak/endpoint"),
        ("warning", "/tools/leak/api_key"),
        ("error", "/extensions/acme/note"),
    ]
