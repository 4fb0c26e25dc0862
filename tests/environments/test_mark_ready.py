"""QA's sign-off: of exactly this content, by other eyes. What its page shows stands in test_pages_deciding."""

from collections.abc import Callable

import pytest

from agents.models import Agent
from console.organizations.actions import change_roles
from console.organizations.models import Organization
from console.rules import change_settings
from environments.actions import promote, publish
from environments.models import SignOff
from environments.rules import Rules
from tests.agents.drafting import newest_row
from tests.builders import a_small_agent, approved, edited, published
from tests.cast import Person, join, new_account
from tests.environments.asking import (
    DECIDE,
    assert_bad_texts,
    assert_closed_to,
    assert_other_methods,
    assert_refused,
    assert_without_right,
    decision_row,
    nothing_changes,
    seen,
    typed,
    undone,
)
from tests.environments.standing import served, state_of

VERB = "release.marked_ready"


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    """v1, by Dana, is in Staging."""
    made = a_small_agent(organization, dana)
    published(made, dana, "v1")
    return made


@pytest.fixture
def robin(organization: Organization, mara: Person) -> Person:
    """Robin Hale, Developer and QA."""
    person = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, person, "developer", "qa")
    return person


def form_of(agent: Agent, note: str = "Ten orders tried") -> dict[str, str]:
    version = agent.versions.newest_first()[0]
    return {"decision": "mark_ready", "number": str(version.number), "expected_digest": version.digest, "note": note}


def test_mark_ready__candidate__is_signed_off_as_it_is(agent: Agent, quinn: Person) -> None:
    client = quinn.client()
    with nothing_changes(agent, events=0):
        form = seen(client, DECIDE, "mark_ready")
    assert form | {"note": "Ten orders tried"} == form_of(agent)

    response = client.post(DECIDE, form_of(agent))

    version, signed = agent.versions.get(), SignOff.objects.get(agent=agent)
    assert response["Location"] == DECIDE
    assert (state_of(version), served(agent)) == ("ready", {"staging": 1})
    assert (signed.decision, signed.by, signed.note) == ("ready", quinn.user, "Ten orders tried")
    assert (signed.version, signed.digest, signed.is_self_approval) == (version, version.digest, False)
    entry = {"production": Rules().in_force()}
    rules = {"four_eyes": True, "ticket_required": False, "decided_in": "staging", "entry": entry}
    assert signed.basis == {"digest": version.digest, "variables": [], "rules": rules}
    assert len(signed.fingerprint) == 64
    assert newest_row() == decision_row(VERB, agent, quinn, "Ten orders tried", self_approval=False)


def test_mark_ready__by_others__404_to_strangers_403_without_the_right(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person, sam: Person
) -> None:
    assert_closed_to(sam, agent, DECIDE, form_of(agent))
    for person in (dana, mara, avery):
        said = ("mark ready for Production or request changes", "QA", "Quinn Abara")
        assert_without_right(person, agent, DECIDE, form_of(agent), VERB, *said)
    assert_other_methods(quinn.client(), agent, DECIDE)


def test_mark_ready__not_what_was_seen_or_no_candidate__refused_with_the_text_kept(
    agent: Agent, dana: Person, quinn: Person
) -> None:
    client, first = quinn.client(), form_of(agent)
    with nothing_changes(agent, events=1):
        response = client.post(DECIDE, first | {"expected_digest": "0" * 64})
    assert_refused(response, 412, VERB, "stale", "v1 is not what you reviewed")
    assert "Ten orders tried" in typed(response)
    client.post(DECIDE, first)
    with nothing_changes(agent, events=1):
        response = client.post(DECIDE, first)
    assert_refused(response, 409, VERB, "illegal_transition", "v1 is in the state Ready for Production")
    assert "Ten orders tried" in typed(response)
    published(agent, dana, "v2")
    with nothing_changes(agent, events=1):
        response = client.post(DECIDE, first)
    assert_refused(response, 409, VERB, "illegal_transition", "v1 is in the state Superseded")


def test_mark_ready__bad_input__422_or_404_and_the_note_may_be_left_out(agent: Agent, quinn: Person) -> None:
    client = quinn.client()

    assert_bad_texts(client, agent, DECIDE, form_of(agent), "note")
    for wrong in ({"number": "0"}, {"number": "one"}, {"number": ""}, {"expected_digest": "f" * 63}):
        with nothing_changes(agent, events=0):
            assert client.post(DECIDE, form_of(agent) | wrong).status_code == 422
    with nothing_changes(agent, events=0):
        assert client.post(DECIDE, form_of(agent) | {"number": "2"}).status_code == 404
    assert client.post(DECIDE, form_of(agent, "")).status_code == 302


def wrote_and_published(agent: Agent, robin: Person, dana: Person, mara: Person) -> None:
    """The author."""
    published(agent, robin, "v2")


def wrote_what_another_published(agent: Agent, robin: Person, dana: Person, mara: Person) -> None:
    """A contributor through another person's publish."""
    edited(agent, robin, "v2")
    publish(agent, actor=dana.actor())


def wrote_first_and_another_last(agent: Agent, robin: Person, dana: Person, mara: Person) -> None:
    """A contributor whose text another person changed before publishing it."""
    edited(agent, robin, "v2 begun")
    published(agent, dana, "v2")


def wrote_what_it_stands_on(agent: Agent, robin: Person, dana: Person, mara: Person) -> None:
    """The author of the base, which nobody approved."""
    published(agent, robin, "v2")
    published(agent, dana, "v3")


def wrote_the_same_content_before(agent: Agent, robin: Person, dana: Person, mara: Person) -> None:
    """The author of an earlier version with this content, published again by another person."""
    published(agent, robin, "v2")
    approved(agent, dana, join_tester(agent, mara), "v3")
    published(agent, dana, "v2")


def promoted_it(agent: Agent, robin: Person, dana: Person, mara: Person) -> None:
    """Who brought somebody else's version to Staging."""
    published(agent, dana, "v2")
    promote(agent, actor=robin.actor(), number=1, environment="staging")
    promote(agent, actor=robin.actor(), number=2, environment="staging")


def changed_roles_since(agent: Agent, robin: Person, dana: Person, mara: Person) -> None:
    """The author as a developer, who is a tester only by now."""
    organization = agent.organization
    change_roles(robin.membership_in(organization), actor=mara.actor(), roles=["developer"])
    published(agent, robin, "v2")
    change_roles(robin.membership_in(organization), actor=mara.actor(), roles=["qa"])


def join_tester(agent: Agent, mara: Person) -> Person:
    """Somebody else who tests."""
    person = new_account("noor@example.com", "Noor Basri")
    join(agent.organization, mara, person, "qa")
    return person


OWN: list[Callable[..., None]] = [
    wrote_and_published,
    wrote_what_another_published,
    wrote_first_and_another_last,
    wrote_what_it_stands_on,
    wrote_the_same_content_before,
    promoted_it,
    changed_roles_since,
]


def test_mark_ready__own_work__403_self_approval_naming_others(
    agent: Agent, robin: Person, dana: Person, mara: Person, quinn: Person, subtests: pytest.Subtests
) -> None:
    client = robin.client()

    for came_about in OWN:
        with subtests.test(came_about.__name__), undone():
            came_about(agent, robin, dana, mara)
            with nothing_changes(agent, events=1):
                response = client.post(DECIDE, form_of(agent))
            assert_refused(response, 403, VERB, "self_approval", "another person must mark ready for Production")
            assert newest_row()["actor"] == "Robin Hale"
            assert "Quinn Abara" in newest_row()["reason"]
            assert "Robin Hale" not in newest_row()["reason"]
            assert "Ten orders tried" in typed(response)


def test_mark_ready__own_work_while_the_rule_is_off__is_flagged_for_ever(
    agent: Agent, robin: Person, dana: Person, mara: Person, subtests: pytest.Subtests
) -> None:
    change_settings(agent.organization, actor=mara.actor(), changes={"four_eyes": False})

    for came_about in (wrote_and_published, promoted_it):
        with subtests.test(came_about.__name__), undone():
            came_about(agent, robin, dana, mara)
            assert robin.client().post(DECIDE, form_of(agent)).status_code == 302
            assert SignOff.objects.get(agent=agent, by=robin.user).is_self_approval
            assert newest_row() == decision_row(VERB, agent, robin, "Ten orders tried", self_approval=True)


def test_mark_ready__work_below_that_others_approved__is_no_own_work(
    agent: Agent, robin: Person, dana: Person, quinn: Person
) -> None:
    approved(agent, robin, quinn, "v2")
    published(agent, dana, "v3")

    assert robin.client().post(DECIDE, form_of(agent)).status_code == 302
    assert newest_row() == decision_row(VERB, agent, robin, "Ten orders tried", self_approval=False)
