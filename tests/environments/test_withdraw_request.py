"""A request for changes taken back."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import request_changes
from environments.models import SignOff
from tests.agents.drafting import newest_row
from tests.builders import a_small_agent, published
from tests.cast import Person, join, new_account
from tests.environments.asking import (
    DECIDE,
    assert_bad_texts,
    assert_closed_to,
    assert_refused,
    assert_without_right,
    decision_row,
    nothing_changes,
    seen,
    typed,
)
from tests.environments.standing import state_of
from tests.remembering import remembered

VERB = "release.request_withdrawn"


@pytest.fixture
@remembered
def agent(organization: Organization, dana: Person, quinn: Person) -> Agent:
    made = a_small_agent(organization, dana)
    published(made, dana, "v1")
    request_changes(made, actor=quinn.actor(), number=1, reason="Too long")
    return made


def form_of(agent: Agent, note: str = "My mistake") -> dict[str, str]:
    digest = agent.versions.get(number=1).digest
    return {"decision": "withdraw_request", "number": "1", "expected_digest": digest, "note": note}


def test_withdraw_request__by_another_tester__is_a_candidate_again(
    organization: Organization, agent: Agent, mara: Person
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, robin, "qa")
    client = robin.client()
    with nothing_changes(agent, events=0):
        form = seen(client, DECIDE, "withdraw_request")
    assert form | {"note": "My mistake"} == form_of(agent)

    response = client.post(DECIDE, form_of(agent))

    assert response["Location"] == DECIDE
    assert state_of(agent.versions.get()) == "staging"
    decisions = SignOff.objects.filter(agent=agent).order_by("at").values_list("decision", "by__name", "note")
    assert list(decisions) == [
        ("changes_requested", "Quinn Abara", "Too long"),
        ("withdrawn", "Robin Hale", "My mistake"),
    ]
    assert newest_row() == decision_row(VERB, agent, robin, "My mistake")
    assert seen(client, DECIDE, "mark_ready")["number"] == "1"


def test_withdraw_request__by_others__404_to_strangers_403_without_the_right(
    agent: Agent, dana: Person, mara: Person, avery: Person, sam: Person
) -> None:
    assert_closed_to(sam, agent, DECIDE, form_of(agent))
    for person in (dana, mara, avery):
        said = ("mark ready for Production or request changes", "QA", "Quinn Abara")
        assert_without_right(person, agent, DECIDE, form_of(agent), VERB, *said)


def test_withdraw_request__of_nothing_or_of_a_replaced_version__409(agent: Agent, dana: Person, quinn: Person) -> None:
    client = quinn.client()
    client.post(DECIDE, form_of(agent))

    with nothing_changes(agent, events=1):
        response = client.post(DECIDE, form_of(agent, "Again"))
    assert_refused(response, 409, VERB, "illegal_transition", "Withdraw the request starts from Changes requested")
    assert "Again" in typed(response)
    request_changes(agent, actor=quinn.actor(), number=1, reason="Really")
    published(agent, dana, "v2")
    with nothing_changes(agent, events=1):
        response = client.post(DECIDE, form_of(agent, "Too late"))
    assert_refused(response, 409, VERB, "illegal_transition", "v1 is in the state Superseded")
    assert "Too late" in typed(response)


def test_withdraw_request__bad_input__422_and_the_note_may_be_left_out(agent: Agent, quinn: Person) -> None:
    client = quinn.client()

    assert_bad_texts(client, agent, DECIDE, form_of(agent), "note")
    assert client.post(DECIDE, form_of(agent, "")).status_code == 302
    assert newest_row() == decision_row(VERB, agent, quinn, "")
