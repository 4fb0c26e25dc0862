"""A candidate sent back to the developers. What its page shows stands in test_pages_deciding."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments.models import SignOff
from tests.agents.drafting import newest_row
from tests.builders import a_small_agent, published
from tests.cast import Person
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
from tests.environments.standing import served, state_of

VERB = "release.changes_requested"


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    made = a_small_agent(organization, dana)
    published(made, dana, "v1")
    return made


def form_of(agent: Agent, reason: str = "It promises refunds") -> dict[str, str]:
    version = agent.versions.newest_first()[0]
    return {
        "decision": "request_changes",
        "number": str(version.number),
        "expected_digest": version.digest,
        "reason": reason,
    }


def test_request_changes__candidate__stays_pinned_with_the_decision(agent: Agent, quinn: Person) -> None:
    client = quinn.client()
    with nothing_changes(agent, events=0):
        form = seen(client, DECIDE, "request_changes")
    assert form | {"reason": "It promises refunds"} == form_of(agent)

    response = client.post(DECIDE, form_of(agent))

    version, signed = agent.versions.get(), SignOff.objects.get(agent=agent)
    assert response["Location"] == DECIDE
    assert (state_of(version), served(agent)) == ("changes_requested", {"staging": 1})
    assert (signed.decision, signed.by, signed.note) == ("changes_requested", quinn.user, "It promises refunds")
    assert (signed.version, signed.digest, signed.environment.slug) == (version, version.digest, "staging")
    assert newest_row() == decision_row(VERB, agent, quinn, "It promises refunds")


def test_request_changes__by_others__404_to_strangers_403_without_the_right(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person, sam: Person
) -> None:
    assert_closed_to(sam, agent, DECIDE, form_of(agent))
    for person in (dana, mara, avery):
        said = ("mark ready for Production or request changes", "QA", "Quinn Abara")
        assert_without_right(person, agent, DECIDE, form_of(agent), VERB, *said)


def test_request_changes__twice_or_replaced_or_not_what_was_seen__refused(
    agent: Agent, dana: Person, quinn: Person
) -> None:
    client, form = quinn.client(), form_of(agent)
    with nothing_changes(agent, events=1):
        response = client.post(DECIDE, form | {"expected_digest": "0" * 64})
    assert_refused(response, 412, VERB, "stale", "v1 is not what you reviewed")
    assert "It promises refunds" in typed(response)
    client.post(DECIDE, form)

    with nothing_changes(agent, events=1):
        response = client.post(DECIDE, form_of(agent, "Once more"))
    assert_refused(response, 409, VERB, "illegal_transition", "v1 is in the state Changes requested")
    assert "Once more" in typed(response)
    published(agent, dana, "v2")
    with nothing_changes(agent, events=1):
        response = client.post(DECIDE, form | {"number": "1"})
    assert_refused(response, 409, VERB, "illegal_transition", "v1 is in the state Superseded")


def test_request_changes__bad_input__422_and_a_missing_reason_is_on_record(agent: Agent, quinn: Person) -> None:
    client = quinn.client()

    assert_bad_texts(client, agent, DECIDE, form_of(agent), "reason")
    for missing in ("", " \n\t "):
        with nothing_changes(agent, events=1):
            response = client.post(DECIDE, form_of(agent, missing))
        assert_refused(response, 422, VERB, "invalid", "Say why")
    with nothing_changes(agent, events=0):
        assert client.post(DECIDE, form_of(agent) | {"number": "9" * 30}).status_code in {404, 422}
        assert client.post(DECIDE, form_of(agent) | {"number": "7"}).status_code == 404
