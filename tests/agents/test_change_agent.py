"""Name, description and labels through the settings page of an agent."""

import pytest

from agents.actions import change_agent
from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import archive_agent
from tests.agents.drafting import AGENT, newest_refusal, newest_row, refused, row
from tests.builders import a_candidate, an_agent
from tests.cast import Person
from tests.pages import by_id, has_id, hidden_value, words

PAGE = f"{AGENT}/settings"
FORM = {"name": "Order line", "description": "Orders and returns", "labels": "team: commerce"}


def test_change_agent__by_a_developer__is_kept_with_its_history(organization: Organization, dana: Person) -> None:
    agent, client = an_agent(organization, dana), dana.client()

    response = client.post(PAGE, {**FORM, "token": hidden_value(client.get(PAGE), "token")})

    changed = Agent.objects.get()
    assert response["Location"] == PAGE
    assert (changed.name, changed.slug, changed.labels) == ("Order line", "order-desk", {"team": "commerce"})
    before = {"name": "Order desk", "description": "", "labels": {}}
    after = {"name": "Order line", "description": "Orders and returns", "labels": {"team": "commerce"}}
    expected = row("agent.changed", agent, dana, data={"before": before, "after": after})
    assert newest_row() == expected | {"target": ("agent", str(agent.pk), "Order line")}
    assert changed.history.latest().history_user == dana.user


def test_change_agent__of_what_somebody_changed_meanwhile__shows_both(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    seen = hidden_value(client.get(PAGE), "token")
    change_agent(agent, actor=mara.actor(), name="Mara's desk", description="", labels={})

    response = client.post(PAGE, {**FORM, "token": seen})

    assert response.status_code == 412
    assert "Mara's desk" in words(by_id(response, "saved-now"))
    assert by_id(response, "id_name").get("value") == "Order line"
    assert newest_refusal() == refused("agent.changed", "stale")

    client.post(PAGE, {**FORM, "token": hidden_value(response, "token")})

    assert Agent.objects.get().name == "Order line"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": " "}, "required"),
        ({"labels": ":x"}, "Line 1"),
        ({"slug": "other"}, "slug"),
        ({"name": "a\u200b"}, "U+200B"),
    ],
)
def test_change_agent__with_bad_input__changes_nothing(
    organization: Organization, dana: Person, change: dict[str, str], told: str
) -> None:
    an_agent(organization, dana)

    response = dana.client().post(PAGE, {**FORM, **change})

    assert response.status_code == 422
    assert told in words(by_id(response, "form-errors"))
    assert Agent.objects.get().name == "Order desk"


def test_change_agent__to_what_it_is__is_a_conflict(organization: Organization, dana: Person) -> None:
    an_agent(organization, dana)

    assert dana.client().post(PAGE, {"name": "Order desk"}).status_code == 409


@pytest.mark.parametrize("name", ["quinn", "avery"])
def test_change_agent__without_the_right__reads_only_and_is_refused(
    organization: Organization, dana: Person, request: pytest.FixtureRequest, name: str
) -> None:
    a_candidate(organization, author=dana)
    client = request.getfixturevalue(name).client()

    shown = client.get(PAGE)
    assert (shown.status_code, has_id(shown, "id_name")) == (200, False)
    assert client.post(PAGE, FORM).status_code == 403
    assert Agent.objects.get().name == "Order desk"
    assert newest_refusal() == refused("agent.changed", "permission_denied")


def test_change_agent__of_an_archived_agent__is_a_conflict(
    organization: Organization, dana: Person, mara: Person
) -> None:
    archive_agent(an_agent(organization, dana), actor=mara.actor())

    assert dana.client().post(PAGE, FORM).status_code == 409
    assert not has_id(dana.client().get(PAGE), "id_name")


def test_change_agent__by_who_does_not_see_it__is_not_found(
    organization: Organization, dana: Person, quinn: Person, sam: Person
) -> None:
    an_agent(organization, dana)

    for person in (quinn, sam):
        assert person.client().get(PAGE).status_code == 404
        assert person.client().post(PAGE, FORM).status_code == 404


def test_change_agent__by_another_method__is_not_allowed(organization: Organization, dana: Person) -> None:
    an_agent(organization, dana)

    assert dana.client().patch(PAGE).status_code == 405
