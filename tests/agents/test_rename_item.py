"""Renaming an item: its content stays, the flow follows, nobody's name is taken."""

from typing import Any

import pytest

from agents.actions import section_token
from agents.models import Agent
from console.organizations.models import Organization
from tests.agents.drafting import DRAFT, digest_of, newest_row, row
from tests.builders import CONFIG, an_agent, config_of, draft_of
from tests.cast import Person
from tests.pages import by_id, page, words

ACT = f"{DRAFT}/items/tools/act"
TOOLS: dict[str, Any] = {
    "look": {"type": "http", "endpoint": "https://a.example", "acme": 1, "$server": {"id": "7"}},
    "other": {"type": "function", "description": "Another one"},
}
FLOW = {
    "start": "a",
    "nodes": {"a": {"type": "tool", "tool": "look", "position": {"x": 1}}, "b": {"type": "tool", "tool": "other"}},
    "edges": [{"from": "a", "to": "b"}],
}


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    """An agent whose flow calls its tools."""
    return an_agent(organization, dana, config={**CONFIG, "tools": TOOLS, "flow": FLOW})


def sent(agent: Agent, name: str) -> dict[str, str]:
    """What the list of tools sends."""
    return {"act": "rename look", "name": name, "token": section_token(draft_of(agent), "tools/look")}


def test_rename_item__of_a_tool__takes_its_content_and_the_flow_along(agent: Agent, dana: Person) -> None:
    before = digest_of(agent)

    response = dana.client().post(ACT, sent(agent, "find-order"))

    assert response["Location"] == f"{DRAFT}/items/tools#item-find-order"
    config = config_of(agent)
    assert config["tools"] == {"find-order": TOOLS["look"], "other": TOOLS["other"]}
    assert [node["tool"] for node in config["flow"]["nodes"].values()] == ["find-order", "other"]
    assert config["flow"]["nodes"]["a"]["position"] == {"x": 1}
    reason = "Renamed tools/look to find-order"
    assert newest_row() == row("draft.saved", agent, dana, before=before, after=digest_of(agent), reason=reason)


@pytest.mark.parametrize(("name", "told"), [("other", "There is other already"), ("No Slug", "Use small letters")])
def test_rename_item__to_a_name_that_is_taken_or_none__keeps_what_was_typed(
    agent: Agent, dana: Person, name: str, told: str
) -> None:
    before = digest_of(agent)

    response = dana.client().post(ACT, sent(agent, name))

    assert (response.status_code, digest_of(agent)) == (422, before)
    assert told in words(by_id(response, "form-errors"))
    assert page(response).xpath("//input[@id='rename-look']/@value") == [name]


def test_rename_item__changed_or_gone_meanwhile__is_refused(agent: Agent, dana: Person, mara: Person) -> None:
    seen = sent(agent, "find-order")
    save = {"text": "type: function\n", "token": seen["token"]}
    assert mara.client().post(f"{DRAFT}/edit/tools/look", save).status_code == 302
    assert dana.client().post(ACT, seen).status_code == 412

    mara.client().post(f"{DRAFT}/remove/tools/look", {"token": sent(agent, "")["token"]})
    assert dana.client().post(ACT, seen).status_code == 404


def test_rename_item__by_who_may_not__is_refused(agent: Agent, avery: Person, sam: Person) -> None:
    answers = [person.client().post(ACT, sent(agent, "find-order")).status_code for person in (avery, sam)]

    assert answers == [403, 404]
    assert "look" in config_of(agent)["tools"]
