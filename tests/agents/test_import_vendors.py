"""Vapi and ElevenLabs: every leaf of every sample comes back, and stands in the right section meanwhile."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from ruamel.yaml import YAML

from agents.importers import detect, from_elevenlabs, from_vapi, import_file, to_elevenlabs, to_vapi
from agents.parts import join, split
from agents.schema import validate_document
from console.organizations.errors import InvalidContent
from tests.agents.documents import CONFIGS, VALUES, config_digest, document
from tests.samples import SAMPLES, vendor_files

EXPORT = {"vapi": to_vapi, "elevenlabs": to_elevenlabs}


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every leaf as text, so that true is not 1; 1.0 and 1 are the same number in JSON."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        number = isinstance(value, float) and value.is_integer()
        yield path, json.dumps(int(value) if number else value)


def original(path: Path) -> Any:
    """The file as an independent reader sees it."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else YAML(typ="safe", pure=True).load(text)


def stored(path: Path) -> tuple[str, dict[str, Any]]:
    """The imported document as it is after it was stored as parts and read again."""
    found, whole = import_file(path.read_bytes(), filename=path.name)
    parts = split(whole["spec"])
    return found, {**whole, "spec": join(parts.parts, parts.layout)}


@pytest.mark.parametrize("path", vendor_files(), ids=lambda path: "/".join(path.parts[-3:]))
def test_import__of_every_vendor_file__loses_no_leaf(path: Path) -> None:
    found, whole = stored(path)
    assert found == path.relative_to(SAMPLES).parts[0].partition("-")[0]
    assert dict(leaves(EXPORT[found](whole))) == dict(leaves(original(path)))


def spec_of(name: str) -> dict[str, Any]:
    return stored(SAMPLES / name)[1]["spec"]  # type: ignore[no-any-return]


def test_import__of_a_vapi_assistant__lands_in_the_right_sections() -> None:
    _, whole = stored(SAMPLES / "vapi-everlast/assistant.json")
    spec = whole["spec"]
    assert whole["metadata"] == {"name": "Everlast Anna - Lead Qualification"}
    assert spec["settings"]["language"] == "de"
    assert spec["settings"]["greeting"].startswith("Guten Tag, hier ist Anna von Everlast Consulting.")
    assert spec["settings"]["model"] == {
        "provider": "anthropic",
        "name": "claude-3-5-sonnet-20241022",
        "temperature": 0.7,
        "max_tokens": 1024,
        "emotionRecognitionEnabled": True,
    }
    assert spec["settings"]["voice"]["voice_id"] == "Matilda"
    assert spec["settings"]["transcriber"] == {
        "provider": "deepgram",
        "model": "nova-2",
        "smartFormat": True,
        "endpointing": 250,
    }
    assert spec["prompt"].startswith("Du bist Anna, eine freundliche und professionelle Mitarbeiterin")
    assert sorted(spec["tools"]) == [
        *("book-appointment", "check-availability", "end-call-summary", "log-consent"),
        *("qualify-lead", "record-objection", "update-sentiment"),
    ]
    assert spec["tools"]["log-consent"]["type"] == "function"
    assert spec["tools"]["log-consent"]["name"] == "logConsent"
    assert spec["tools"]["log-consent"]["description"] == "Protokolliert DSGVO-Consent"
    assert spec["tools"]["log-consent"]["parameters"]["required"] == ["consentGiven", "consentType"]
    assert spec["extensions"]["vapi"]["silenceTimeoutSeconds"] == 30
    assert "model" not in spec["extensions"]["vapi"]


def test_import__of_vapis_production_file__lands_in_the_same_sections() -> None:
    spec = spec_of("vapi-everlast/assistant-prod.json")
    assert spec["settings"]["language"] == "de"
    assert spec["settings"]["greeting"].startswith("Hallo! Hier ist Anna von Everlast.")
    assert spec["prompt"].startswith("Du bist Anna, eine freundliche und professionelle Vertriebsassistentin")
    assert spec["settings"]["voice"]["settings"]["style"] == 0.3
    assert len(spec["tools"]) == 6
    assert spec["tools"]["qualify-lead"]["parameters"]["required"] == [
        "budget",
        "timeline",
        "decisionMaker",
        "interestLevel",
    ]


def test_import__of_tools_by_id_and_server_fields__keeps_both_apart() -> None:
    spec = spec_of("vapi-appointments/assistant.json")
    slug = "e3e93618-65cc-430e-96a1-99e96c97a6ab"
    assert spec["tools"][slug] == {"type": "reference", "ref": slug, "vendor": "vapi"}
    assert spec["extensions"]["vapi"]["$server"] == {
        "id": "cda9d127-ac08-45d3-93d7-3d18ad9570fc",
        "orgId": "db5415bc-b28a-407c-be48-dcc9869b0f12",
        "createdAt": "2025-09-19T07:58:36.229Z",
        "updatedAt": "2025-11-14T10:14:04.366Z",
        "isServerUrlSecretSet": False,
    }
    data = original(SAMPLES / "vapi-appointments/assistant.json")
    data.update(id="another", updatedAt="2026-01-01T00:00:00Z")
    assert config_digest(from_vapi(data)["spec"]) == config_digest(spec)


def test_import__of_vapi_gitops_files__lands_where_it_should() -> None:
    spec = spec_of("vapi-gitops/dev/assistants/inbound-customer-support.yml")
    assert spec["settings"]["model"] == {"provider": "openai", "name": "gpt-4.1"}
    assert spec["settings"]["greeting"].startswith("Hi there, this is Alex from TechSolutions")
    assert sorted(spec["tools"]) == ["get-user", "transfer-call"]
    assert spec_of("vapi-gitops/dev/tools/get-user.yml")["tools"]["get_user_tool"] == {
        "type": "http",
        "method": "GET",
        "endpoint": "https://dummyjson.com/users/1",
        "name": "get_user_tool",
    }
    output = spec_of("vapi-gitops/dev/structuredOutputs/customer-sentiment.yml")
    assert output["extensions"]["vapi"]["$kind"] == "structuredOutput"


def test_import__of_a_vapi_workflow__is_a_flow() -> None:
    spec = spec_of("vapi-everlast/workflow.json")
    assert spec["flow"]["start"] == "step_1_greeting_consent"
    assert list(spec["flow"]["nodes"]) == [
        *("step_1_greeting_consent", "step_2_bant_qualifier", "step_3_objection_handler"),
        *("step_4_closer_booking", "step_5_summary"),
    ]
    ways = {(edge["from"], edge["to"], edge["when"]) for edge in spec["flow"]["edges"]}
    assert ("step_2_bant_qualifier", "step_3_objection_handler", "objection_detected") in ways
    assert ("step_1_greeting_consent", "step_2_bant_qualifier", "onConsentGranted") in ways
    assert len(spec["flow"]["edges"]) == 10
    assert spec["settings"]["language"] == "de"
    assert spec["settings"]["voice"]["voice_id"] == "Matilda"
    assert len(spec["tools"]) == 6


def test_import__of_elevenlabs_agents__lands_in_the_right_sections() -> None:
    _, whole = stored(SAMPLES / "elevenlabs-market-insights/elevenlabs/agent_configs/gsves_market_insights.json")
    spec = whole["spec"]
    assert whole["metadata"] == {"name": "Gsves Market Insights"}
    assert spec["settings"]["language"] == "en"
    assert spec["settings"]["model"]["name"] == "gpt-4o"
    assert spec["settings"]["model"]["max_tokens"] == 500
    assert spec["settings"]["voice"]["model_id"] == "eleven_turbo_v2"
    assert spec["settings"]["transcriber"]["keywords"][:2] == ["LTB", "QE"]
    assert len(spec["knowledge"]) == 5
    assert spec["knowledge"]["the-candlestick-trading-bible"]["title"].startswith("THE CANDLESTICK TRADING BIBLE")
    assert len(spec["tools"]) == 8
    minimal = spec_of("elevenlabs-cli-templates/minimal.json")
    assert minimal["prompt"] == "You are Example, a helpful AI assistant."
    assert minimal["settings"] == {
        "language": "en",
        "model": {"name": "gemini-2.5-flash", "temperature": 0},
        "voice": {"model_id": "eleven_flash_v2", "voice_id": "cjVigY5qzO86Huf0OWal"},
    }
    old = spec_of("elevenlabs-market-insights/elevenlabs/agent_configs/dev/gsves_market_insights.json")
    assert old["settings"]["greeting"].startswith("Hello! I'm G'sves")
    assert "get_stock_price" in old["tools"]


def test_import__of_an_elevenlabs_workflow__keeps_its_canvas_out_of_the_digest_and_gives_it_back() -> None:
    data = original(SAMPLES / "elevenlabs-cli-templates/minimal.json")
    node = {"type": "override_agent", "position": {"x": 120.5, "y": -3}, "edge_order": [], "label": "Greet"}
    data["workflow"] = {
        "nodes": {"start_node": {"type": "start", "position": {"x": 0, "y": 0}}, "n1": node},
        "edges": {},
    }
    moved = json.loads(json.dumps(data))
    moved["workflow"]["nodes"]["n1"]["position"] = {"x": 7, "y": 8}
    before, after = import_file(json.dumps(data).encode())[1], import_file(json.dumps(moved).encode())[1]
    assert config_digest(before["spec"]) == config_digest(after["spec"])
    for whole, exported in ((before, data), (after, moved)):
        parts = split(whole["spec"])
        assert to_elevenlabs({**whole, "spec": join(parts.parts, parts.layout)}) == exported
    moved["workflow"]["nodes"]["n1"]["label"] = "Other"
    assert config_digest(import_file(json.dumps(moved).encode())[1]["spec"]) != config_digest(before["spec"])


@pytest.mark.parametrize(
    ("name", "language", "prompt", "greeting"),
    [
        ("vapi-everlast/assistant.json", "transcriber/language", "model/messages/0/content", "firstMessage"),
        ("vapi-everlast/assistant-prod.json", "language transcriber/language", "systemPrompt", "firstMessage"),
        (
            "elevenlabs-cli-templates/default.json",
            "conversation_config/agent/language",
            "conversation_config/agent/prompt/prompt",
            "conversation_config/agent/first_message",
        ),
    ],
)
def test_export__after_an_edit__has_the_edit_in_the_vendors_place(
    name: str, language: str, prompt: str, greeting: str
) -> None:
    found, whole = stored(SAMPLES / name)
    whole["spec"]["settings"].update(language="fr", greeting="Bonjour")
    whole["spec"]["prompt"] = "Soyez bref."
    before, after = dict(leaves(original(SAMPLES / name))), dict(leaves(EXPORT[found](whole)))
    changed = {"/".join(map(str, path)): leaf for path, leaf in after.items() if before.get(path) != leaf}
    assert changed == {**dict.fromkeys(language.split(), '"fr"'), prompt: '"Soyez bref."', greeting: '"Bonjour"'}
    assert before.keys() == after.keys()


def test_export__after_tools_were_edited_added_and_removed__has_the_same_tools() -> None:
    _, whole = stored(SAMPLES / "vapi-everlast/assistant-prod.json")
    tools = whole["spec"]["tools"]
    tools["qualify-lead"]["description"] = "Shorter."
    del tools["log-consent"]
    tools["ring"] = {"type": "http", "endpoint": "https://ring.example.com", "method": "POST"}
    exported = to_vapi(whole)["tools"]
    assert [tool.get("name") or tool["function"]["name"] for tool in exported] == [
        *("qualifyLead", "bookAppointment", "recordObjection", "endCallSummary", "updateSentiment", "ring")
    ]
    assert exported[0]["function"]["description"] == "Shorter."
    assert exported[-1] == {"type": "apiRequest", "name": "ring", "url": "https://ring.example.com", "method": "POST"}


def test_export__of_a_document_of_ours__is_complete_for_both_vendors() -> None:
    whole = document(
        {
            "prompt": "Be kind.",
            "settings": {
                "greeting": "Hi",
                "language": "en",
                "model": {"name": "gpt-4.1", "max_tokens": 9},
                "voice": {"voice_id": "v"},
            },
            "tools": {"look-up": {"type": "function", "description": "d", "parameters": {"type": "object"}}},
        }
    )
    assert to_vapi(whole) == {
        "name": "generated",
        "firstMessage": "Hi",
        "transcriber": {"language": "en"},
        "model": {
            "model": "gpt-4.1",
            "maxTokens": 9,
            "messages": [{"role": "system", "content": "Be kind."}],
            "tools": [
                {
                    "type": "function",
                    "function": {"name": "look-up", "description": "d", "parameters": {"type": "object"}},
                }
            ],
        },
        "voice": {"voiceId": "v"},
    }
    agent = to_elevenlabs(whole)["conversation_config"]["agent"]
    assert agent["prompt"]["prompt"] == "Be kind."
    assert agent["prompt"]["llm"] == "gpt-4.1"
    assert agent["prompt"]["tools"] == [
        {"type": "client", "name": "look-up", "description": "d", "parameters": {"type": "object"}}
    ]


def test_export__to_another_vendor__leaves_out_what_only_the_first_one_knows() -> None:
    _, whole = stored(SAMPLES / "vapi-everlast/assistant.json")
    data = to_elevenlabs(whole)
    assert data["conversation_config"]["agent"]["prompt"]["llm"] == "claude-3-5-sonnet-20241022"
    assert data["conversation_config"]["agent"]["first_message"].startswith("Guten Tag")
    assert data["conversation_config"]["tts"] == {"provider": "11labs", "voice_id": "Matilda"}
    assert "emotionRecognitionEnabled" not in json.dumps(data)


def test_import__of_odd_places_and_types__still_loses_nothing() -> None:
    for data in (
        {"name": "a", "model": {"name": "x", "model": "y", "temperature": "hot", "messages": []}, "voice": "matilda"},
        {"name": "\u202e", "firstMessage": None, "transcriber": {"language": 7}, "tools": ["by-id", 3, {"type": None}]},
        {
            "name": "b",
            "firstMessage": "",
            "model": {"messages": [{"role": "user", "content": "u"}, {"role": "system", "content": "s"}]},
        },
        {"firstMessage": "x", "systemPrompt": "s", "model": {"messages": [{"role": "system", "content": "t"}]}},
        {"firstMessage": "x", "model": {"tools": [{"type": "function", "name": "n", "function": {"name": "m"}}] * 2}},
        {"firstMessage": "x", "functions": [{"name": "f", "parameters": {"type": "strin"}}], "$slipway": "prompt"},
        {"firstMessage": "x", "model": {"knowledgeBase": {"provider": "g", "fileIds": ["f-1", "f-2"]}}},
        {"name": "w", "nodes": [{"name": "n", "type": "say", "metadata": {"position": {"x": 1, "y": 2}}}], "edges": []},
        {"firstMessage": "x", "$server": [], "model": {"tools": [{"type": "mcp", "name": "m", "$server": 1}]}},
        {"name": "w", "steps": [{"id": "a b", "type": "x"}]},
        {"type": "apiRequest", "name": "t", "url": "https://a.example", "id": "i", "orgId": "o", "createdAt": "c"},
    ):
        assert detect(data) == "vapi"
        whole = from_vapi(data)
        validate_document(whole)
        parts = split(whole["spec"])
        assert to_vapi({**whole, "spec": join(parts.parts, parts.layout)}) == data


@given(VALUES, VALUES, VALUES)
def test_import__of_any_elevenlabs_agent__loses_nothing(agent: Any, tts: Any, further: Any) -> None:
    data = split_normal(
        {"name": "n", "conversation_config": {"agent": agent, "tts": tts, "asr": {"language": "de"}}, "x": further}
    )
    whole = from_elevenlabs(data)
    validate_document(whole)
    assert to_elevenlabs(whole) == data


def split_normal(value: dict[str, Any]) -> dict[str, Any]:
    return join(split({"extensions": {"x": value}}).parts)["extensions"]["x"]  # type: ignore[no-any-return]


@given(CONFIGS)
def test_export__of_any_document_to_a_vendor__is_no_error(config: dict[str, Any]) -> None:
    json.dumps(to_vapi(document(config)))
    json.dumps(to_elevenlabs(document(config)))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("vapi-appointments/flows/Appointment Scheduling AI_v.0.0.3.json", "n8n"),
        ("dify-workflows/simple-kimi.yml", "Dify"),
        ("copilot-studio-topics/GetPaySlips.yaml", "Copilot Studio"),
        ("rasa-financial-demo/domain.yml", "Rasa"),
        ("pipecat-flows/editor/minimal.json", "no agent that is known"),
    ],
)
def test_import__of_another_products_file__is_refused_by_its_name(name: str, words: str) -> None:
    with pytest.raises(InvalidContent, match=words):
        import_file((SAMPLES / name).read_bytes(), filename=name)
