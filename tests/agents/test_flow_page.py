"""The flow of a draft by plain forms: acts, their undoing, two people at once, one node, rights."""

from typing import Any

import pytest

from agents.actions import save_section, section_token
from agents.models import Agent, Draft
from console.organizations.models import Organization
from tests.agents.drafting import DRAFT, digest_of, newest_row
from tests.builders import CONFIG, an_agent, config_of, draft_of, published
from tests.cast import Person
from tests.pages import by_id, has_id, page, sent_by, words

FLOW, ACT, UNDO = f"{DRAFT}/flow/", f"{DRAFT}/flow/act", f"{DRAFT}/flow/undo"
NODES = f"{DRAFT}/flow/nodes"
FLOW_VALUE: dict[str, Any] = {
    "start": "greet",
    "nodes": {
        "greet": {"type": "say", "text": "Hello", "acme": {"voice": 1}, "position": {"x": 1, "y": 2}},
        "look": {"type": "tool", "tool": "order-lookup"},
        "bye": {"type": "end"},
    },
    "edges": [
        {"from": "greet", "to": "look", "when": "calm", "acme": 7},
        {"from": "look", "to": "bye"},
        {"from": "greet", "to": "bye"},
    ],
}


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    """An agent with a flow of three nodes."""
    return an_agent(organization, dana, config={**CONFIG, "flow": FLOW_VALUE})


def flow_of(agent: Agent) -> Any:
    """The flow in the draft."""
    return config_of(agent).get("flow")


def edges_of(agent: Agent) -> list[tuple[str, str]]:
    """The edges in the draft."""
    return [(edge["from"], edge["to"]) for edge in flow_of(agent)["edges"]]


def act(agent: Agent, act: str, **typed: str) -> dict[str, str]:
    """What the page sends for an act, as somebody who looks now."""
    return {"act": act, "token": section_token(draft_of(agent), "flow"), **typed}


def test_flow__from_nothing__is_built_by_forms_alone_and_taken_back(organization: Organization, dana: Person) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    empty = client.get(FLOW)
    assert "answers from prompt and knowledge only" in words(by_id(empty, "main"))

    client.post(ACT, act(agent, "add", type="say", text="Hello"))
    shown = client.post(ACT, act(agent, "add", type="end", name="bye", after="say", when="done"), follow=True)

    assert flow_of(agent) == {
        "start": "say",
        "nodes": {"say": {"type": "say", "text": "Hello"}, "bye": {"type": "end"}},
        "edges": [{"from": "say", "to": "bye", "when": "done"}],
    }
    assert newest_row()["reason"] == "Flow: add"
    assert "Done: bye added, say → bye added." in words(by_id(shown, "undo"))
    assert page(shown).xpath("//select[@name='after']/option[@selected]/text()") == ["bye"]

    back = client.post(UNDO, sent_by(shown, "undo"), follow=True)

    assert list(flow_of(agent)["nodes"]) == ["say"]
    client.post(UNDO, sent_by(back, "undo"))
    assert sorted(flow_of(agent)["nodes"]) == ["bye", "say"]


@pytest.mark.parametrize(
    ("name", "typed", "nodes", "edges"),
    [
        (
            "insert 0",
            {"name": "ask", "type": "collect"},
            4,
            [("greet", "ask"), ("ask", "look"), ("look", "bye"), ("greet", "bye")],
        ),
        ("duplicate look", {}, 4, [("greet", "look"), ("look", "bye"), ("greet", "bye"), ("look_2", "bye")]),
        ("delete look", {}, 2, [("greet", "bye")]),
        ("rename look", {"name": "find"}, 3, [("greet", "find"), ("find", "bye"), ("greet", "bye")]),
        ("start look", {}, 3, [("greet", "look"), ("look", "bye"), ("greet", "bye")]),
        (
            "connect bye",
            {"target": "greet"},
            3,
            [("greet", "look"), ("look", "bye"), ("greet", "bye"), ("bye", "greet")],
        ),
        ("change 1", {"target": "greet", "when": "again"}, 3, [("greet", "look"), ("look", "greet"), ("greet", "bye")]),
        ("remove 0", {}, 3, [("look", "bye"), ("greet", "bye")]),
        ("up 2", {}, 3, [("greet", "bye"), ("look", "bye"), ("greet", "look")]),
        ("down 0", {}, 3, [("greet", "bye"), ("look", "bye"), ("greet", "look")]),
    ],
)
def test_act__each__is_saved_and_keeps_what_vendors_wrote(
    agent: Agent, dana: Person, name: str, typed: dict[str, str], nodes: int, edges: list[tuple[str, str]]
) -> None:
    response = dana.client().post(ACT, act(agent, name, **typed))

    assert (response.status_code, len(flow_of(agent)["nodes"]), edges_of(agent)) == (302, nodes, edges)
    assert flow_of(agent)["nodes"]["greet"] == FLOW_VALUE["nodes"]["greet"]
    assert section_token(Draft.history.filter(agent=agent).earliest(), "flow") in response["Location"]


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("add", {"name": "greet", "type": "say", "text": "My words"}, "There is a node greet already"),
        ("add", {"name": "a b", "type": "say", "text": "My words"}, "Use letters"),
        ("rename greet", {"name": "bye", "here": "greet"}, "There is a node bye already"),
        ("connect greet", {"target": "gone", "when": "My words", "here": "greet"}, "no node gone"),
        ("delete gone", {}, "no node gone"),
        ("explode greet", {}, "no such act"),
        ("remove 99", {}, "no such transition"),
        ("add", {"name": "x", "unknown": "1"}, "no field"),
    ],
)
def test_act__impossible__is_told_in_place_and_keeps_what_was_typed(
    agent: Agent, dana: Person, name: str, typed: dict[str, str], told: str
) -> None:
    before = digest_of(agent)

    response = dana.client().post(ACT, act(agent, name, **typed))

    assert (response.status_code, digest_of(agent)) == (422, before)
    assert told in words(by_id(response, "main"))
    texts = "".join(page(response).xpath("//main//textarea/text()")) + " ".join(
        page(response).xpath("//main//input/@value")
    )
    assert all(value in texts for key, value in typed.items() if key in ("name", "text", "when") and value != "x")
    assert page(response).xpath("string(//title)").startswith("Error: ")


def test_act__after_a_colleague_changed_the_flow__shows_both_and_loses_nothing(
    agent: Agent, dana: Person, mara: Person
) -> None:
    mine = act(agent, "add", name="wait", type="say", text="One moment", after="greet")
    theirs = {**FLOW_VALUE, "nodes": {**FLOW_VALUE["nodes"], "bye": {"type": "end", "text": "Goodbye"}}}
    save_section(agent, actor=mara.actor(), path="flow", value=theirs, token=mine["token"])
    before = digest_of(agent)

    response = dana.client().post(ACT, mine)

    assert (response.status_code, digest_of(agent)) == (412, before)
    shown = words(by_id(response, "main")) + "".join(page(response).xpath("//textarea/text()"))
    assert "One moment" in shown
    assert "Goodbye" in shown


def test_node__through_its_form__keeps_its_place_and_foreign_fields(agent: Agent, dana: Person) -> None:
    client = dana.client()
    shown = client.get(f"{NODES}/greet")
    sent = sent_by(shown, "section")
    assert (sent["type"], sent["text"]) == ("say", "Hello")
    assert "acme" in words(by_id(shown, "kept"))

    client.post(f"{NODES}/greet", sent)
    assert Draft.history.filter(agent=agent).count() == 1
    saved = client.post(f"{NODES}/greet", {**sent, "text": "Good morning", "variable": "mood"})

    assert saved["Location"] == f"{NODES}/greet"
    greet = {**FLOW_VALUE["nodes"]["greet"], "text": "Good morning", "variable": "mood"}
    assert flow_of(agent) == {**FLOW_VALUE, "nodes": {**FLOW_VALUE["nodes"], "greet": greet}}

    wrong = client.post(f"{NODES}/greet", {**sent_by(client.get(f"{NODES}/greet"), "section"), "type": " "})
    assert (wrong.status_code, "This is needed" in words(by_id(wrong, "main"))) == (422, True)


def test_node__deleted_by_a_colleague_meanwhile__keeps_the_text(agent: Agent, dana: Person, mara: Person) -> None:
    client = dana.client()
    sent = sent_by(client.get(f"{NODES}/look"), "section")
    mara.client().post(ACT, act(agent, "delete look"))

    response = client.post(f"{NODES}/look", {**sent, "text": "My words"})

    assert response.status_code == 412
    assert "My words" in "".join(page(response).xpath("//textarea/text()"))
    assert client.get(f"{NODES}/look").status_code == 404


def test_flow__with_problems__tells_them_at_the_nodes(agent: Agent, dana: Person) -> None:
    client = dana.client()
    client.post(ACT, act(agent, "add", name="island", type="say"))

    told = words(by_id(client.get(FLOW), "node-island"))

    assert "No way leads from the start to 'island'" in told
    assert "'island' is a dead end" in told


def test_flow__for_each_role__is_read_edited_or_not_there(
    agent: Agent, dana: Person, avery: Person, quinn: Person, sam: Person
) -> None:
    sent = act(agent, "delete look")
    shown = avery.client().get(FLOW)
    assert "Read only" in words(by_id(shown, "main"))
    assert not has_id(shown, "add")
    assert avery.client().get(f"{NODES}/look").status_code == 200

    refused = [person.client().post(ACT, sent).status_code for person in (avery, quinn, sam)]
    assert refused[0] == 403
    assert refused[2] == 404
    undone = {"token": sent["token"], "was": sent["token"]}
    assert [person.client().post(UNDO, undone).status_code for person in (avery, sam)] == [403, 404]
    assert dana.client().get(ACT).status_code == 405
    published(agent, dana)
    assert quinn.client().get(FLOW).status_code == 403
    assert len(flow_of(agent)["nodes"]) == 3


@pytest.mark.parametrize("was", ["0" * 64, "x", "' or 1=1"])
def test_undo__to_what_never_was__is_not_found(agent: Agent, dana: Person, was: str) -> None:
    response = dana.client().post(UNDO, {"token": section_token(draft_of(agent), "flow"), "was": was})

    assert response.status_code == 404
    assert len(flow_of(agent)["nodes"]) == 3
