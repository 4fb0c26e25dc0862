"""A version pinned to a named environment, under the rights and gates of a promotion or a push into it."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from console.rules import change_settings
from environments.models import Deployment
from tests.agents.drafting import newest_row
from tests.builders import a_small_agent, approved, published
from tests.cast import Person
from tests.environments.asking import (
    activation,
    assert_bad_texts,
    assert_closed_to,
    assert_other_methods,
    assert_refused,
    assert_without_right,
    move_row,
    nothing_changes,
    seen,
    typed,
)
from tests.environments.standing import served, state_of

VERB = "release.activated"
FORM = {"expected_live": "0", "note": "Kept", "ticket": "OPS-7"}


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person) -> Agent:
    """v2 is ready, v1 was in Staging before."""
    made = a_small_agent(organization, dana)
    published(made, dana, "v1")
    approved(made, dana, quinn, "v2")
    return made


def test_activate__in_staging__is_a_promotion(agent: Agent, dana: Person) -> None:
    client, address = dana.client(), activation(1, "staging")
    with nothing_changes(agent, events=0):
        form = seen(client, address)
    assert form == {"expected_live": "2"}

    response = client.post(address, form | {"note": "Look again"})

    move = Deployment.objects.filter(agent=agent).newest_first()[0]
    assert response["Location"] == f"/o/harbourline/agents/order-desk/releases/{move.pk}/"
    assert (move.action, served(agent)) == ("activate", {"staging": 1})
    states = [state_of(version) for version in agent.versions.order_by("number")]
    assert states == ["staging", "superseded"]
    assert newest_row() == move_row(VERB, agent, dana, reason="Look again")


def test_activate__in_production__is_a_push(agent: Agent, mara: Person) -> None:
    client, address = mara.client(), activation(2, "production")

    response = client.post(address, seen(client, address) | {"note": "Go", "ticket": "OPS-7"})

    move = Deployment.objects.filter(agent=agent).newest_first()[0]
    assert response["Location"].endswith(f"/releases/{move.pk}/")
    assert (move.action, move.ticket, served(agent)["production"]) == ("activate", "OPS-7", 2)
    assert move.sign_off is not None
    assert {gate["state"] for gate in move.gates} == {"pass"}
    assert state_of(move.version) == "production"
    assert newest_row() == move_row(VERB, agent, mara, reason="Go")


def test_activate__by_others__404_to_strangers_403_without_the_right_of_that_environment(
    agent: Agent, dana: Person, quinn: Person, avery: Person, sam: Person
) -> None:
    assert_closed_to(sam, agent, activation(1, "staging"), FORM)
    for person in (quinn, avery):
        said = ("promote to Staging", "Developer", "Org Admin", "Dana Reyes", "Mara Lindqvist")
        assert_without_right(person, agent, activation(1, "staging"), FORM, VERB, *said)
    admins = ("push to Production", "Org Admin", "Mara Lindqvist")
    assert_without_right(dana, agent, activation(2, "production"), FORM, VERB, *admins)
    assert_other_methods(dana.client(), agent, activation(1, "staging"))


def test_activate__not_possible_now__refused_with_the_text_kept(agent: Agent, mara: Person) -> None:
    client = mara.client()

    for number, environment, live, status, code, said in [
        (2, "staging", "2", 409, "unchanged", "Staging serves v2 already"),
        (1, "production", "0", 409, "illegal_transition", "v1 is in the state Superseded"),
        (1, "development", "0", 409, "conflict", "Development shows the draft"),
        (1, "staging", "1", 412, "stale", "now serves v2, by Dana Reyes"),
        (2, "production", "1", 412, "stale", "now serves nothing"),
    ]:
        with nothing_changes(agent, events=1):
            response = client.post(activation(number, environment), FORM | {"expected_live": live})
        assert_refused(response, status, VERB, code, said)
        assert "Kept" in typed(response)


def test_activate__into_production_without_its_gates__refused_like_a_push(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    change_settings(organization, actor=mara.actor(), changes={"ticket_required": True})
    organization.refresh_from_db()
    agent = a_small_agent(organization, dana)
    approved(agent, dana, quinn, "v1")
    address = activation(1, "production")

    with nothing_changes(agent, events=1):
        response = mara.client().post(address, FORM | {"ticket": " "})
    assert_refused(response, 409, VERB, "gate_failed", "A change ticket is required")
    with nothing_changes(agent, events=1):
        response = mara.stale_client().post(address, FORM)
    assert_refused(response, 403, VERB, "reauthentication_required", "within the last 15 minutes")
    assert "Kept" in typed(response)
    assert mara.client().post(address, FORM).status_code == 302


def test_activate__bad_input__422_or_404_and_no_verb_is_asked(agent: Agent, mara: Person) -> None:
    client, address = mara.client(), activation(2, "production")

    assert_bad_texts(client, agent, address, FORM, "note")
    for wrong in ({"ticket": "x" * 101}, {"ticket": "a\x00b"}, {"expected_live": ""}):
        with nothing_changes(agent, events=0):
            response = client.post(address, FORM | wrong)
        assert (response.status_code, "Kept" in typed(response)) == (422, True)
    for nowhere in (activation(9, "staging"), activation(0, "staging"), activation(1, "nowhere"), activation(1, "")):
        with nothing_changes(agent, events=0):
            assert client.post(nowhere, FORM).status_code == 404
