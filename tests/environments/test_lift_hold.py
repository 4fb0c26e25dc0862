"""A version that was rolled back set free again."""

import pytest

from agents.actions import fork_draft
from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import mark_ready, promote, push_to_production, rollback
from environments.models import Hold
from tests.agents.drafting import newest_row, row
from tests.builders import a_small_agent, edited, published, pushed
from tests.cast import Person
from tests.environments.asking import (
    PUSH,
    assert_bad_texts,
    assert_closed_to,
    assert_other_methods,
    assert_refused,
    assert_without_right,
    lifting,
    nothing_changes,
    typed,
)
from tests.environments.standing import served, state_of
from tests.remembering import remembered

VERB = "release.hold_lifted"
PAGE, FORM = lifting(2), {"reason": "The tool was down"}


@pytest.fixture
@remembered
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    """Production went back from v2 to v1; Staging still serves v2."""
    made = a_small_agent(organization, dana)
    pushed(made, dana, quinn, mara, "v1")
    pushed(made, dana, quinn, mara, "v2")
    rollback(made, actor=mara.actor(), environment="production", number=1, reason="Wrong answers")
    return made


def test_lift_hold__with_a_reason__frees_the_version_and_moves_nothing(agent: Agent, mara: Person) -> None:
    client = mara.client()
    with nothing_changes(agent, events=0):
        assert client.get(PAGE).status_code == 200

    response = client.post(PAGE, FORM)

    version, hold = agent.versions.get(number=2), Hold.objects.get(agent=agent)
    assert response["Location"] == "/o/harbourline/agents/order-desk/"
    assert (hold.lifted_by, hold.lift_reason) == (mara.user, "The tool was down")
    assert hold.lifted_at is not None
    assert (hold.reason, state_of(version)) == ("Wrong answers", "superseded")
    assert served(agent) == {"staging": 2, "production": 1}
    data = {"version": 2}
    assert newest_row() == row(VERB, agent, mara, after=version.digest, reason="The tool was down", data=data)


def test_lift_hold__by_others__404_to_strangers_403_without_the_right(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person, sam: Person
) -> None:
    assert_closed_to(sam, agent, PAGE, FORM)
    for person in (dana, quinn, avery):
        assert_without_right(person, agent, PAGE, FORM, VERB, "lift a hold", "Org Admin", "Mara Lindqvist")
    assert_other_methods(mara.client(), agent, PAGE)


def test_lift_hold__of_what_is_not_held__409_and_of_what_is_not_there_404(agent: Agent, mara: Person) -> None:
    client = mara.client()
    with nothing_changes(agent, events=1):
        response = client.post(lifting(1), FORM)
    assert_refused(response, 409, VERB, "illegal_transition", "v1 is in the state Production")
    assert "The tool was down" in typed(response)
    client.post(PAGE, FORM)

    with nothing_changes(agent, events=1):
        response = client.post(PAGE, {"reason": "Twice"})
    assert_refused(response, 409, VERB, "illegal_transition", "v2 is in the state Superseded")
    assert "Twice" in typed(response)
    for nothing in (0, 9, 10**18):
        with nothing_changes(agent, events=0):
            assert client.post(lifting(nothing), FORM).status_code == 404, nothing


def test_lift_hold__afterwards__needs_a_promotion_and_a_new_sign_off(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    client = mara.client()
    client.post(PAGE, FORM)
    digest = agent.versions.get(number=2).digest
    form = {"number": "2", "expected_digest": digest, "expected_live": "1"}

    with nothing_changes(agent, events=1):
        response = client.post(PUSH, form)
    assert_refused(response, 409, "release.pushed_to_production", "illegal_transition", "is in the state Superseded")
    promote(agent, actor=dana.actor(), number=2, environment="staging")
    mark_ready(agent, actor=quinn.actor(), number=2)

    assert client.post(PUSH, form).status_code == 302
    assert served(agent) == {"staging": 2, "production": 2}


def test_lift_hold__of_content_that_another_version_has_too__frees_both(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    fork_draft(agent, actor=dana.actor(), number=1)
    published(agent, dana, "v3")
    mara.client().post(PAGE, FORM)
    edited(agent, dana, "v2")

    version = published(agent, dana, "v2")

    assert (version.number, version.digest) == (4, agent.versions.get(number=2).digest)
    mark_ready(agent, actor=quinn.actor(), number=4)
    push_to_production(agent, actor=mara.actor(), number=4)
    assert served(agent) == {"staging": 4, "production": 4}


def test_lift_hold__bad_input__422_and_a_missing_reason_is_on_record(agent: Agent, mara: Person) -> None:
    client = mara.client()

    assert_bad_texts(client, agent, PAGE, FORM, "reason")
    for missing in ({"reason": "  "}, {}):
        with nothing_changes(agent, events=1):
            response = client.post(PAGE, missing)
        assert_refused(response, 422, VERB, "invalid", "Say why")
