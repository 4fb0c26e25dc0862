"""An earlier version served again at once. What its page shows stands in test_pages_returning."""

from datetime import timedelta

import pytest

from agents.models import Agent
from audit.clock import shifted_by
from console.organizations.models import Organization
from console.rules import change_settings
from environments.models import Deployment, Hold
from tests.agents.drafting import newest_row
from tests.builders import a_small_agent, published, pushed
from tests.cast import Person, join, new_account
from tests.environments.asking import (
    ROLLBACK,
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
from tests.environments.standing import served

VERB = "release.rolled_back"
FORM = {"number": "1", "expected_live": "2", "reason": "Wrong answers"}


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    """v2 is live, v1 was; v3 waits in Staging."""
    made = a_small_agent(organization, dana)
    pushed(made, dana, quinn, mara, "v1")
    pushed(made, dana, quinn, mara, "v2")
    published(made, dana, "v3")
    return made


def states(agent: Agent) -> list[str]:
    return list(agent.versions.order_by("number").values_list("release__state", flat=True))


def open_holds(agent: Agent) -> list[tuple[int, str, str]]:
    holds = Hold.objects.filter(agent=agent, lifted_at=None).order_by("version__number")
    return list(holds.values_list("version__number", "reason", "by__name"))


def test_rollback__previous_version__is_served_and_the_other_held(agent: Agent, mara: Person) -> None:
    client = mara.client()
    with nothing_changes(agent, events=0):
        form = seen(client, ROLLBACK)
    assert form | {"reason": "Wrong answers"} == FORM

    response = client.post(ROLLBACK, FORM)

    move = Deployment.objects.get(agent=agent, action="rollback")
    assert response["Location"] == f"/o/harbourline/agents/order-desk/releases/{move.pk}/"
    assert served(agent) == {"staging": 3, "production": 1}
    assert states(agent) == ["production", "rolled_back", "staging"]
    assert open_holds(agent) == [(2, "Wrong answers", "Mara Lindqvist")]
    first = Deployment.objects.get(agent=agent, action="push", version__number=1)
    assert (move.note, move.sign_off, move.gates) == ("Wrong answers", first.sign_off, [])
    assert newest_row() == move_row(VERB, agent, mara, reason="Wrong answers")


def test_rollback__by_others__404_to_strangers_403_without_the_right(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person, sam: Person
) -> None:
    assert_closed_to(sam, agent, ROLLBACK, FORM)
    for person in (dana, quinn, avery):
        assert_without_right(person, agent, ROLLBACK, FORM, VERB, "roll back", "Org Admin", "Mara Lindqvist")
    assert_other_methods(mara.client(), agent, ROLLBACK)


def test_rollback__to_what_is_served_held_or_was_never_there__409(agent: Agent, mara: Person) -> None:
    client = mara.client()
    with nothing_changes(agent, events=1):
        response = client.post(ROLLBACK, FORM | {"number": "3"})
    assert_refused(response, 409, VERB, "illegal_transition", "v3 was never in Production")
    assert "Wrong answers" in typed(response)
    client.post(ROLLBACK, FORM)

    with nothing_changes(agent, events=1):
        response = client.post(ROLLBACK, FORM | {"expected_live": "1", "reason": "Twice"})
    assert_refused(response, 409, VERB, "unchanged", "Production serves v1 already")
    with nothing_changes(agent, events=1):
        response = client.post(ROLLBACK, FORM | {"number": "2", "expected_live": "1", "reason": "And back"})
    assert_refused(response, 409, VERB, "on_hold", "v2 was itself rolled back by Mara Lindqvist: Wrong answers")
    assert "And back" in typed(response)


def test_rollback__somebody_was_faster__412_names_who_and_nothing_is_executed(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    pushed(agent, dana, quinn, mara, "v4")

    with nothing_changes(agent, events=1):
        response = mara.client().post(ROLLBACK, FORM)

    assert_refused(response, 412, VERB, "stale", "now serves v4, by Mara Lindqvist")
    assert "Wrong answers" in typed(response)


def test_rollback__where_nothing_is_served_or_no_such_place__404_with_the_text(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = a_small_agent(organization, dana)
    published(agent, dana, "v1")
    client = mara.client()

    with nothing_changes(agent, events=1):
        response = client.post(ROLLBACK, FORM)
    assert_refused(response, 404, VERB, "environment_unpinned", "Production serves nothing")
    assert "Wrong answers" in typed(response)
    for nowhere in (f"{ROLLBACK}?environment=nowhere", ROLLBACK.replace("order-desk", "nobody")):
        with nothing_changes(agent, events=0):
            assert client.post(nowhere, FORM).status_code == 404


def test_rollback__author_old_approval_no_ticket_old_sign_in__nothing_slows_it(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    join(agent.organization, mara, robin, "developer", "org_admin")
    pushed(agent, robin, quinn, mara, "v4")
    pushed(agent, dana, quinn, mara, "v5")
    change_settings(agent.organization, actor=mara.actor(), changes={"ticket_required": True})

    with shifted_by(timedelta(days=60)):
        response = robin.stale_client().post(ROLLBACK, FORM | {"number": "4", "expected_live": "5"})

    assert response.status_code == 302
    assert served(agent)["production"] == 4
    assert newest_row() == move_row(VERB, agent, robin, reason="Wrong answers")


def test_rollback__several_times__holds_each_version_rolled_away_from(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    pushed(agent, dana, quinn, mara, "v4")
    client = mara.client()

    client.post(ROLLBACK, FORM | {"number": "2", "expected_live": "4", "reason": "First"})
    client.post(ROLLBACK, FORM | {"number": "1", "expected_live": "2", "reason": "Second"})

    assert served(agent)["production"] == 1
    assert open_holds(agent) == [(2, "Second", "Mara Lindqvist"), (4, "First", "Mara Lindqvist")]
    assert states(agent) == ["production", "rolled_back", "superseded", "rolled_back"]


def test_rollback__of_staging__holds_the_candidate_but_never_a_live_version(agent: Agent, mara: Person) -> None:
    client, address = mara.client(), f"{ROLLBACK}?environment=staging"

    client.post(address, FORM | {"number": "2", "expected_live": "3", "reason": "Broken"})
    assert served(agent) == {"staging": 2, "production": 2}
    assert open_holds(agent) == [(3, "Broken", "Mara Lindqvist")]
    assert newest_row() == move_row(VERB, agent, mara, reason="Broken")
    client.post(address, FORM | {"number": "1", "expected_live": "2", "reason": "Compare with v1"})

    assert served(agent) == {"staging": 1, "production": 2}
    assert open_holds(agent) == [(3, "Broken", "Mara Lindqvist")]
    assert states(agent) == ["staging", "production", "rolled_back"]


def test_rollback__bad_input__422_and_a_missing_reason_is_on_record(agent: Agent, mara: Person) -> None:
    client = mara.client()

    assert_bad_texts(client, agent, ROLLBACK, FORM, "reason")
    for missing in ("", " \n "):
        with nothing_changes(agent, events=1):
            response = client.post(ROLLBACK, FORM | {"reason": missing})
        assert_refused(response, 422, VERB, "invalid", "Say why")
    for wrong in ({"number": "0"}, {"number": "v1"}, {"expected_live": "-1"}, {"number": ""}):
        with nothing_changes(agent, events=0):
            response = client.post(ROLLBACK, FORM | wrong)
        assert (response.status_code, "Wrong answers" in typed(response)) == (422, True)
    with nothing_changes(agent, events=0):
        assert client.post(ROLLBACK, FORM | {"number": "9"}).status_code == 404
