"""A new agent through its page."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from tests.agents.drafting import AGENTS, digest_of, newest_refusal, newest_row, refused, row
from tests.builders import an_agent, config_of
from tests.cast import Person
from tests.pages import by_id, heading, page, words

NEW = f"{AGENTS}/new"
FORM = {"name": "Order desk", "slug": "order-desk", "labels": "team: commerce\nurgent", "start": "outline"}


def test_create_agent__by_a_developer__leads_to_its_draft(organization: Organization, dana: Person) -> None:
    response = dana.client().post(NEW, FORM)

    agent = Agent.objects.get()
    assert response["Location"] == f"{AGENTS}/order-desk/draft/"
    assert (agent.name, agent.labels, agent.released_at) == ("Order desk", {"team": "commerce", "urgent": ""}, None)
    assert "You are Order desk of {{company}}" in config_of(agent)["prompt"]
    assert newest_row() == row("agent.created", agent, dana, after=digest_of(agent), data={"slug": "order-desk"})


def test_create_agent__empty__has_nothing_in_its_draft(organization: Organization, dana: Person) -> None:
    dana.client().post(NEW, {**FORM, "start": "empty"})

    assert config_of(Agent.objects.get()) == {}


def test_create_agent__by_a_stranger__is_not_found(organization: Organization, sam: Person) -> None:
    assert sam.client().get(NEW).status_code == 404
    assert sam.client().post(NEW, FORM).status_code == 404


@pytest.mark.parametrize("name", ["quinn", "avery"])
def test_create_agent__without_the_right__is_refused_and_recorded(
    organization: Organization, request: pytest.FixtureRequest, name: str
) -> None:
    client = request.getfixturevalue(name).client()

    assert client.get(NEW).status_code == 403
    response = client.post(NEW, FORM)

    assert response.status_code == 403
    assert "create and import agents" in words(by_id(response, "main"))
    assert not Agent.objects.exists()
    assert newest_refusal() == refused("agent.created", "permission_denied")


def test_create_agent__by_another_method__is_not_allowed(organization: Organization, dana: Person) -> None:
    assert dana.client().put(NEW).status_code == 405


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "Order\u202edesk"}, "U+202E"),
        ({"slug": "Order Desk"}, "lower-case letters"),
        ({"labels": ": commerce"}, "Line 1"),
        ({"labels": "team: a\nteam: b"}, "Line 2"),
        ({"start": "copy"}, "copy"),
        ({"organization": "elsewhere"}, "organization"),
    ],
)
def test_create_agent__with_bad_input__says_what_and_keeps_the_text(
    organization: Organization, dana: Person, change: dict[str, str], told: str
) -> None:
    response = dana.client().post(NEW, {**FORM, "description": "Typed by hand", **change})

    assert response.status_code == 422
    assert told in words(by_id(response, "form-errors"))
    assert "Typed by hand" in words(by_id(response, "create"))
    assert page(response).xpath("string(//title)").startswith("Error: ")
    assert not Agent.objects.exists()


def test_create_agent__with_a_taken_name__is_a_conflict_that_keeps_the_text(
    organization: Organization, dana: Person
) -> None:
    an_agent(organization, dana)

    response = dana.client().post(NEW, {**FORM, "name": "Another desk"})

    assert (response.status_code, heading(response)) == (409, "New agent")
    assert "exists already" in words(by_id(response, "form-errors"))
    assert by_id(response, "id_name").get("value") == "Another desk"
    assert newest_refusal() == refused("agent.created", "slug_taken")
