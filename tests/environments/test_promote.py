"""A version that exists into Staging again. What its page shows stands in test_pages_moving."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import lift_hold, rollback
from environments.models import Deployment
from tests.agents.drafting import newest_row
from tests.builders import a_small_agent, published, pushed
from tests.cast import Person
from tests.environments.asking import (
    PROMOTE,
    PUSH,
    assert_bad_texts,
    assert_closed_to,
    assert_refused,
    assert_without_right,
    move_row,
    nothing_changes,
    seen,
    typed,
)
from tests.environments.standing import served, state_of
from tests.remembering import remembered

VERB = "release.promoted"
FIRST = f"{PROMOTE}?version=1"


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    """v2 is in Staging, v1 was."""
    made = a_small_agent(organization, dana)
    published(made, dana, "v1")
    published(made, dana, "v2")
    return made


@pytest.fixture
@remembered
def held(agent: Agent, dana: Person, quinn: Person, mara: Person) -> Agent:
    """Production went back from v4 to v3; Staging still serves v4."""
    pushed(agent, dana, quinn, mara, "v3")
    pushed(agent, dana, quinn, mara, "v4")
    rollback(agent, actor=mara.actor(), environment="production", number=3, reason="Wrong answers")
    return agent


def form_of(agent: Agent, number: int, live: int) -> dict[str, str]:
    digest = agent.versions.get(number=number).digest
    return {"expected_digest": digest, "expected_live": str(live), "note": "Once more"}


def test_promote__superseded_version__is_a_candidate_again(agent: Agent, dana: Person) -> None:
    client = dana.client()
    with nothing_changes(agent, events=0):
        form = seen(client, FIRST)
    assert form | {"note": "Once more"} == form_of(agent, 1, live=2)

    response = client.post(FIRST, form | {"note": "Once more"})

    move = Deployment.objects.filter(agent=agent).newest_first()[0]
    assert response["Location"] == f"/o/harbourline/agents/order-desk/releases/{move.pk}/"
    assert served(agent) == {"staging": 1}
    states = [state_of(version) for version in agent.versions.order_by("number")]
    assert states == ["staging", "superseded"]
    assert newest_row() == move_row(VERB, agent, dana, reason="Once more")


def test_promote__live_version__stays_live_and_can_only_be_pushed_unchanged(held: Agent, mara: Person) -> None:
    client, form = mara.client(), form_of(held, 3, live=4)

    assert client.post(f"{PROMOTE}?version=3", form).status_code == 302

    assert served(held) == {"staging": 3, "production": 3}
    assert state_of(held.versions.get(number=3)) == "production"
    with nothing_changes(held, events=1):
        response = client.post(f"{PUSH}?version=3", form | {"number": "3", "expected_live": "3"})
    assert_refused(response, 409, "release.pushed_to_production", "unchanged", "Production serves v3 already")


def test_promote__held_version__409_and_after_the_hold_a_candidate_that_needs_a_new_sign_off(
    held: Agent, dana: Person, mara: Person
) -> None:
    address, form = f"{PROMOTE}?version=4", form_of(held, 4, live=4)
    with nothing_changes(held, events=1):
        response = dana.client().post(address, form)
    assert_refused(response, 409, VERB, "on_hold", "v4 was rolled back by Mara Lindqvist: Wrong answers")
    assert "Once more" in typed(response)
    lift_hold(held, actor=mara.actor(), number=4, reason="The tool was down")

    assert dana.client().post(address, form).status_code == 302

    assert state_of(held.versions.get(number=4)) == "staging"
    assert newest_row() == move_row(VERB, held, dana, reason="Once more")
    with nothing_changes(held, events=1):
        refused = mara.client().post(PUSH, form | {"number": "4", "expected_live": "3"})
    assert_refused(refused, 409, "release.pushed_to_production", "illegal_transition", "is in the state Staging")


def test_promote__by_others__404_to_strangers_403_without_the_right(
    agent: Agent, quinn: Person, avery: Person, sam: Person
) -> None:
    form = form_of(agent, 1, live=2)

    assert_closed_to(sam, agent, FIRST, form)
    for person in (quinn, avery):
        said = ("promote to Staging", "Developer", "Org Admin", "Dana Reyes", "Mara Lindqvist")
        assert_without_right(person, agent, FIRST, form, VERB, *said)


def test_promote__not_possible_now__refused_with_the_text_kept(agent: Agent, dana: Person) -> None:
    client = dana.client()

    for address, number, live, status, code, said in [
        (f"{PROMOTE}?version=2", 2, 2, 409, "unchanged", "Staging serves v2 already"),
        (f"{FIRST}&environment=production", 1, 0, 409, "conflict", "Production is not a staging environment"),
        (f"{FIRST}&environment=development", 1, 0, 409, "conflict", "Development is not a staging environment"),
        (FIRST, 2, 2, 412, "stale", "v1 is not what you reviewed"),
        (FIRST, 1, 1, 412, "stale", "now serves v2, by Dana Reyes"),
    ]:
        with nothing_changes(agent, events=1):
            response = client.post(address, form_of(agent, number, live))
        assert_refused(response, status, VERB, code, said)
        assert "Once more" in typed(response)


def test_promote__bad_input__422_or_404_and_no_verb_is_asked(agent: Agent, dana: Person) -> None:
    client, form = dana.client(), form_of(agent, 1, live=2)

    assert_bad_texts(client, agent, FIRST, form, "note")
    for wrong in ("0", "3", "-1", "1.0", "²", "99999999999"):
        with nothing_changes(agent, events=0):
            assert client.post(f"{PROMOTE}?version={wrong}", form).status_code == 404, wrong
