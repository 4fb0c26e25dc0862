"""Parts of the draft as fields made from the schema: nothing else is touched, mistakes stand at their field."""

from typing import Any

import pytest
from django.test import Client

from agents.actions import save_section, section_token
from agents.models import Agent, Draft
from console.organizations.models import Organization
from tests.agents.drafting import DRAFT, digest_of
from tests.builders import an_agent, config_of, draft_of, published
from tests.cast import Person
from tests.pages import by_id, page, sent_by, words

WHOLE: dict[str, Any] = {
    "settings": {
        "language": "en-US",
        "greeting": "Hello,\nthis is the order desk.",
        "model": {
            "provider": "openai",
            "name": "gpt-4.1",
            "temperature": 0.3,
            "seed": 7,
            "fallbacks": [{"name": "mini", "x": 1}],
        },
        "voice": {"stability": 0.5},
        "transcriber": {"keywords": ["order", "parcel"]},
    },
    "prompt": "Be brief.",
    "tools": {
        "look": {
            "type": "http",
            "method": "GET",
            "endpoint": "https://key@orders.example/orders",
            "auth_ref": "secrets://orders",
            "parameters": {
                "type": "object",
                "properties": {"id": {"type": "string", "minLength": 3}},
                "required": ["id"],
            },
            "timeout": 5,
            "$server": {"id": "abc"},
        }
    },
    "integrations": {"slack": {"kind": "slack", "auth_ref": "secrets://slack", "settings": {"channel": "support"}}},
    "knowledge": {"fees": {"title": "Fees", "content": "\nNone.\n\n", "tags": ["money"]}},
    "policies": {"safety": {"blocked_topics": ["medical"]}, "limits": {"per_minute": 60}},
    "variables": {"company": {"required": True, "acme": 1}, "days": {"default": "60"}, "voice.id": {"default": None}},
    "tests": {"finds": {"turns": [{"user": "Where?", "expect": {"tool": "look"}, "acme": 2}, {"agent": "Here."}]}},
}
PARTS = [
    *("settings", "policies", "variables", "tools/look", "integrations/slack", "knowledge/fees", "tests/finds"),
]
SHOWN: dict[str, dict[str, str]] = {}


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    """An agent that has something in every section."""
    return an_agent(organization, dana, config=WHOLE)


def edit(part: str) -> str:
    """The address of a part."""
    return f"{DRAFT}/edit/{part}"


def form_of(client: Client, part: str) -> dict[str, str]:
    """What the fields of a part send as they are shown; asked once: the agent is the same in each of these tests."""
    if part not in SHOWN:
        SHOWN[part] = sent_by(client.get(edit(part)), "section")
    return SHOWN[part]


@pytest.mark.parametrize("part", PARTS)
def test_fields__sent_as_they_are_shown__change_nothing(agent: Agent, dana: Person, part: str) -> None:
    client, before = dana.client(), digest_of(agent)

    response = client.post(edit(part), sent_by(client.get(edit(part)), "section"))

    assert (response.status_code, digest_of(agent)) == (302, before)
    assert Draft.history.filter(agent=agent).count() == 1
    assert config_of(agent)["tools"]["look"]["$server"] == {"id": "abc"}


@pytest.mark.parametrize(
    ("part", "typed", "steps", "expected"),
    [
        ("settings", {"language": "de"}, ["language"], "de"),
        ("settings", {"model.temperature": "1"}, ["model"], {**WHOLE["settings"]["model"], "temperature": 1}),
        ("settings", {"model.temperature": ""}, ["model", "seed"], 7),
        ("settings", {"transcriber.keywords": "order\r\n\r\n late "}, ["transcriber", "keywords"], ["order", "late"]),
        ("settings", {"transcriber.keywords": ""}, ["transcriber"], None),
        ("settings", {"voice.speed": "1.5"}, ["voice"], {"stability": 0.5, "speed": 1.5}),
        ("settings", {"model.fallbacks": "- {name: nano}"}, ["model", "fallbacks"], [{"name": "nano"}]),
        ("tools/look", {"method": ""}, ["method"], None),
        ("tools/look", {"parameters": '{"type": "object"}'}, ["parameters"], {"type": "object"}),
        ("tools/look", {"auth_ref": "{{ token }}"}, ["auth_ref"], "{{ token }}"),
        ("integrations/slack", {"settings": "channel: '#7'"}, ["settings"], {"channel": "#7"}),
        ("knowledge/fees", {"source": "handbook"}, ["content"], "\nNone.\n\n"),
        ("variables", {"r0.description": "Shown"}, ["company"], {"required": True, "acme": 1, "description": "Shown"}),
        ("variables", {"r3.key": "rate", "r3.default": "0.5"}, ["rate"], {"default": 0.5}),
        ("variables", {"r1.default": ""}, ["days"], {}),
        ("variables", {"act": "remove 1"}, ["days"], None),
        ("policies", {"r2.key": "hours", "r2.rule": "from: 8"}, ["hours"], {"from": 8}),
        ("policies", {"r0.rule": "per_minute: 30"}, ["limits"], {"per_minute": 30}),
        ("tests/finds", {"description": "Proof"}, ["turns"], WHOLE["tests"]["finds"]["turns"]),
        ("tests/finds", {"act": "remove 1"}, ["turns"], WHOLE["tests"]["finds"]["turns"][:1]),
        ("tests/finds", {"r3.user": "And now?"}, ["turns"], [*WHOLE["tests"]["finds"]["turns"], {"user": "And now?"}]),
        (
            "tests/finds",
            {"r0.expect": "contains: x"},
            ["turns", 0],
            {"user": "Where?", "expect": {"contains": "x"}, "acme": 2},
        ),
    ],
)
def test_fields__one_of_them_changed__changes_that_alone(
    agent: Agent, dana: Person, part: str, typed: dict[str, str], steps: list[Any], expected: Any
) -> None:
    client = dana.client()

    response = client.post(edit(part), {**form_of(client, part), **typed})

    assert response.status_code == 302, words(by_id(response, "form-errors"))
    now, found = config_of(agent), value_at(config_of(agent), [*part.split("/"), *steps])
    assert found == expected
    others = [other for other in PARTS if other != part]
    assert all(value_at(now, other.split("/")) == value_at(WHOLE, other.split("/")) for other in others)


@pytest.mark.parametrize(
    ("part", "typed", "field", "told"),
    [
        ("settings", {"model.temperature": "hot"}, "model.temperature", "Write a number"),
        ("settings", {"model.temperature": "9"}, "model.temperature", "must be less"),
        ("settings", {"language": "?"}, "language", "must match"),
        ("settings", {"model.fallbacks": "- provider: x\n- {}"}, "model.fallbacks", "name is missing"),
        ("settings", {"model.fallbacks": "a: [\n"}, "model.fallbacks", "Line"),
        ("tools/look", {"parameters": '{"type":\n "objekt"}'}, "parameters", "Line 1, column 2"),
        ("tools/look", {"parameters": "{"}, "parameters", "Line 1"),
        ("tools/look", {"auth_ref": "sk-live-1234"}, "auth_ref", "never write the secret"),
        ("tools/look", {"type": ""}, "type", "This is needed"),
        ("variables", {"r3.key": "a b"}, "r3.key", "Use letters"),
        ("variables", {"r3.key": "company"}, "r3.key", "twice"),
        ("variables", {"r3.default": "5"}, "r3.key", "Use letters"),
        ("policies", {"r0.rule": "text"}, "r0.rule", "must be a map"),
        ("policies", {"r2.key": "new"}, "r2.rule", "must be a map"),
        ("tests/finds", {"r0.expect": "- 1"}, "r0.expect", "must be a map"),
        ("settings", {"nonsense": "1"}, None, "no field 'nonsense'"),
    ],
)
def test_fields__with_a_mistake__say_so_there_and_keep_what_was_typed(
    agent: Agent, dana: Person, part: str, typed: dict[str, str], field: str | None, told: str
) -> None:
    client, before = dana.client(), digest_of(agent)
    sent = {**form_of(client, part), **typed}

    response = client.post(edit(part), sent)

    assert (response.status_code, digest_of(agent)) == (422, before)
    assert told in words(by_id(response, "form-errors"))
    again = sent_by(response, "section")
    assert {name: again[name] for name in typed if name in again} == {
        name: text for name, text in typed.items() if name in again
    }
    if field:
        (control,) = page(response).xpath("//*[@name=$name and @aria-invalid='true']", name=field)
        assert told in words(control.xpath("ancestor::div[contains(@class, 'field')][1]")[0])


def test_fields__changed_since_the_version__go_back_one_by_one(agent: Agent, dana: Person) -> None:
    published(agent, dana)
    client = dana.client()
    sent = sent_by(client.get(edit("settings")), "section")
    client.post(edit("settings"), {**sent, "language": "de", "greeting": "", "model.temperature": "1"})

    shown = client.get(edit("settings"))
    resets = page(shown).xpath("//button[starts-with(@value, 'reset ')]")
    assert [words(reset) for reset in resets] == [
        f"Reset to v1: {name}" for name in ("Language", "Greeting", "Temperature")
    ]
    client.post(edit("settings"), {**sent_by(shown, "section"), "act": resets[1].get("value").replace("\n", "\r\n")})

    settings = config_of(agent)["settings"]
    assert (settings["greeting"], settings["language"]) == (WHOLE["settings"]["greeting"], "de")


def test_fields__after_a_colleague_saved_the_part__show_both_and_can_be_merged(
    agent: Agent, dana: Person, mara: Person
) -> None:
    client = dana.client()
    sent = sent_by(client.get(edit("settings")), "section")
    theirs = {**WHOLE["settings"], "language": "de", "voice": {"stability": 0.9}}
    save_section(agent, actor=mara.actor(), path="settings", value=theirs, token=sent["token"])

    response = client.post(edit("settings"), {**sent, "greeting": "Mine"})

    assert response.status_code == 412
    texts = "".join(page(response).xpath("//textarea/text()"))
    assert "greeting: Mine" in texts
    client.post(edit("settings"), {"text": "greeting: Both\n", "token": section_token(draft_of(agent), "settings")})
    assert config_of(agent)["settings"] == {"greeting": "Both"}


def test_fields__for_each_role__are_edited_read_or_not_there(
    agent: Agent, dana: Person, avery: Person, sam: Person
) -> None:
    sent = sent_by(dana.client().get(edit("tools/look")), "section")
    shown = avery.client().get(edit("tools/look"))
    assert "method: GET" in words(by_id(shown, "section"))
    assert not page(shown).xpath("//main//button[normalize-space()='Save']")
    assert [person.client().post(edit("tools/look"), sent).status_code for person in (avery, sam)] == [403, 404]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ('{"id": "abc"}', "Fits the parameters"),
        ('{"id": "a"}', '/id: Line 1, column 2: "a" is shorter than 3 characters'),
        ("{}", "required property"),
        ("{\n", "Line 2"),
    ],
)
def test_call__of_a_tool__is_checked_and_not_made(agent: Agent, dana: Person, arguments: str, told: str) -> None:
    client, before = dana.client(), digest_of(agent)
    shown = client.get(edit("tools/look"))
    assert sent_by(shown, "section")["endpoint"] == "https://key@orders.example/orders"
    assert "GET orders.example" in words(by_id(shown, "call"))
    assert "Fits the parameters" in words(by_id(shown, "arguments-result"))

    response = client.post(f"{DRAFT}/call/tools/look", {"arguments": arguments})

    assert (response.status_code, digest_of(agent)) == (200, before)
    assert told in words(by_id(response, "arguments-result"))
    assert client.post(f"{DRAFT}/call/tools/gone", {"arguments": "{}"}).status_code == 404


def value_at(value: Any, steps: list[Any]) -> Any:
    """The value at some steps, None where there is none."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else value[step] if value else None
    return value
