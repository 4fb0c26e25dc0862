"""Rollback and lifting a hold in the browser."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import rollback
from environments.models import Hold
from tests import builders
from tests.cast import Person
from tests.environments.standing import served
from tests.pages import by_id, hidden_value, page, words

AGENT = "/o/harbourline/agents/order-desk/"
ROLLBACK = f"{AGENT}rollback"


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    made = builders.two_live_versions(organization, author=dana, tester=quinn, admin=mara)
    builders.pushed(made, dana, quinn, mara, "Three.\n")
    return made


def test_rollback_page__previous_is_chosen_and_says_what_changes_back(agent: Agent, mara: Person) -> None:
    response = mara.client().get(ROLLBACK)

    text = words(page(response).xpath("//main")[0])
    assert "Production serves v3. It gets v2 back at once, and v3 goes on hold." in text
    assert "v2 against Production (v3)" in text
    assert "Staging keeps serving v3." in text
    assert hidden_value(response, "number") == "2"
    assert hidden_value(response, "expected_live") == "3"
    assert [words(button) for button in page(response).xpath("//main//form//button")] == ["Rollback to v2"]


def test_rollback__works__holds_the_version_on_every_page(agent: Agent, mara: Person, quinn: Person) -> None:
    client = mara.client()

    form = {"number": "2", "expected_live": "3", "reason": "Wrong answers"}
    response = client.post(ROLLBACK, form, follow=True)

    assert "Mara Lindqvist rolled Production back from v3 to v2. v3 is on hold." in words(page(response))
    assert served(agent) == {"staging": 3, "production": 2}
    for path in ("", "releases/", "compare", "promote?version=1", "rollback", "env/production"):
        text = words(page(client.get(f"{AGENT}{path}")))
        assert "v3 is on hold" in text
        assert "Rolled back by Mara Lindqvist: Wrong answers" in text
    text = words(page(quinn.client().get(AGENT)))
    assert "v3 is on hold" in text
    assert "Lift hold: v3" not in text


def test_rollback__another_version__is_the_one_the_page_speaks_of(agent: Agent, mara: Person) -> None:
    response = mara.client().get(f"{ROLLBACK}?environment=production&version=1")

    assert "It gets v1 back at once" in words(page(response))
    assert hidden_value(response, "number") == "1"


def test_rollback__without_a_reason__422_and_nothing_moves(agent: Agent, mara: Person) -> None:
    response = mara.client().post(ROLLBACK, {"number": "1", "expected_live": "3", "reason": " "})

    assert response.status_code == 422
    assert "Say why" in words(by_id(response, "refused"))
    assert hidden_value(response, "number") == "1"
    assert served(agent)["production"] == 3


def test_rollback__production_moved_meanwhile__412_with_the_text(agent: Agent, mara: Person) -> None:
    rollback(agent, actor=mara.actor(), environment="production", number=2, reason="First")

    response = mara.client().post(ROLLBACK, {"number": "1", "expected_live": "3", "reason": "Second"})

    assert response.status_code == 412
    assert "now serves v2, by Mara Lindqvist" in words(by_id(response, "refused"))
    assert words(page(response).xpath("//textarea[@name='reason']")[0]) == "Second"
    assert hidden_value(response, "expected_live") == "2"
    assert served(agent)["production"] == 2


def test_rollback__roles__403_names_who_can(
    agent: Agent, dana: Person, quinn: Person, avery: Person, sam: Person
) -> None:
    for person in (dana, quinn, avery):
        response = person.client().get(ROLLBACK)
        assert response.status_code == 403
        assert "Mara Lindqvist" in words(page(response))
        form = {"number": "2", "expected_live": "3", "reason": "Kept"}
        assert person.client().post(ROLLBACK, form).status_code == 403
    assert sam.client().get(ROLLBACK).status_code == 404
    assert served(agent)["production"] == 3


def test_rollback_page__nothing_to_go_back_to__says_so(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    builders.a_live_version(organization, author=dana, tester=quinn, admin=mara)

    assert "There is no earlier version to go back to." in words(page(mara.client().get(ROLLBACK)))
    assert mara.client().get(f"{ROLLBACK}?environment=nowhere").status_code == 404
    assert mara.client().get(f"{ROLLBACK}?environment=development").status_code == 404


def test_rollback_page__held_version__is_listed_and_cannot_be_chosen(agent: Agent, mara: Person) -> None:
    rollback(agent, actor=mara.actor(), environment="production", number=2, reason="Wrong")

    response = mara.client().get(f"{ROLLBACK}?version=3")

    assert hidden_value(response, "number") == "1"
    assert "On hold" in words(page(response).xpath("//table//tr[th[contains(., 'v3')]]")[0])


def test_lift_hold__with_a_reason__frees_the_version(agent: Agent, mara: Person, dana: Person) -> None:
    rollback(agent, actor=mara.actor(), environment="production", number=2, reason="Wrong")
    address = f"{AGENT}hold/3/lift"

    assert dana.client().get(address).status_code == 403
    assert mara.client().post(address, {"reason": ""}).status_code == 422
    response = mara.client().post(address, {"reason": "The tool was down"}, follow=True)

    assert "The hold on v3 is lifted." in words(page(response))
    assert "v3 is on hold" not in words(page(response))
    assert Hold.objects.get().lift_reason == "The tool was down"
    assert mara.client().get(address).status_code == 404
    assert mara.client().post(address, {"reason": "Twice"}).status_code == 409
