"""An approval taken back by a person. The rules take it back in test_revoke_stale_approval."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import push_to_production
from environments.models import SignOff
from tests.agents.drafting import newest_row
from tests.builders import a_small_agent, approved
from tests.cast import Person
from tests.environments.asking import (
    DECIDE,
    PUSH,
    assert_bad_texts,
    assert_closed_to,
    assert_refused,
    assert_without_right,
    decision_row,
    nothing_changes,
    seen,
    typed,
)
from tests.environments.standing import served, state_of

VERB = "release.ready_revoked"


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person) -> Agent:
    made = a_small_agent(organization, dana)
    approved(made, dana, quinn, "v1")
    return made


def form_of(agent: Agent, reason: str = "A customer called") -> dict[str, str]:
    digest = agent.versions.get(number=1).digest
    return {"decision": "revoke_ready", "number": "1", "expected_digest": digest, "reason": reason}


@pytest.mark.parametrize("name", ["quinn", "mara"])
def test_revoke_ready__by_qa_or_admin__is_a_candidate_again_and_cannot_be_pushed(
    name: str, agent: Agent, quinn: Person, mara: Person
) -> None:
    person = {"quinn": quinn, "mara": mara}[name]
    client = person.client()
    with nothing_changes(agent, events=0):
        form = seen(client, DECIDE, "revoke_ready")
    assert form | {"reason": "A customer called"} == form_of(agent)

    response = client.post(DECIDE, form_of(agent))

    signed = SignOff.objects.filter(agent=agent).newest_first()[0]
    assert response["Location"] == DECIDE
    assert (state_of(agent.versions.get()), served(agent)) == ("staging", {"staging": 1})
    assert (signed.decision, signed.by, signed.note) == ("revoked", person.user, "A customer called")
    assert newest_row() == decision_row(VERB, agent, person, "A customer called")
    with nothing_changes(agent, events=1):
        seen_ = {"number": "1", "expected_digest": form["expected_digest"], "expected_live": "0"}
        pushed = mara.client().post(PUSH, seen_)
    assert_refused(pushed, 409, "release.pushed_to_production", "illegal_transition")


def test_revoke_ready__by_others__404_to_strangers_403_without_the_right(
    agent: Agent, dana: Person, avery: Person, sam: Person
) -> None:
    assert_closed_to(sam, agent, DECIDE, form_of(agent))
    for person in (dana, avery):
        said = ("revoke an approval", "QA", "Org Admin", "Mara Lindqvist", "Quinn Abara")
        assert_without_right(person, agent, DECIDE, form_of(agent), VERB, *said)


def test_revoke_ready__twice_or_of_a_live_version__409(agent: Agent, quinn: Person, mara: Person) -> None:
    push_to_production(agent, actor=mara.actor(), number=1)

    with nothing_changes(agent, events=1):
        response = quinn.client().post(DECIDE, form_of(agent))

    assert_refused(response, 409, VERB, "illegal_transition", "v1 is in the state Production")
    assert "A customer called" in typed(response)


def test_revoke_ready__bad_input__422_and_a_missing_reason_is_on_record(agent: Agent, mara: Person) -> None:
    client = mara.client()

    assert_bad_texts(client, agent, DECIDE, form_of(agent), "reason")
    with nothing_changes(agent, events=1):
        response = client.post(DECIDE, form_of(agent, " "))
    assert_refused(response, 422, VERB, "invalid", "Say why")
