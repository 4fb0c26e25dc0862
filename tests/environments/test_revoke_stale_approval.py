"""Approvals that the console takes back by itself, because what they were given on does not hold any more."""

from datetime import timedelta

import pytest

from audit.clock import shifted_by
from audit.models import Event
from console.celery import app
from console.organizations.actor import SYSTEM
from console.organizations.errors import Refusal
from console.organizations.models import Organization
from environments.actions import archive_agent, mark_ready, revoke_stale_approval
from environments.jobs import revoke_stale_approvals
from environments.models import SignOff
from tests.builders import a_small_agent, approved, published, pushed
from tests.cast import Person
from tests.environments.ageing import (
    NOTICED,
    Approved,
    Way,
    approved_by_noor,
    signer_lost_the_role,
    ticket_rule_switched_on,
)
from tests.environments.asking import AGENT, nothing_changes, undone
from tests.environments.standing import state_of
from tests.pages import page, words

VERB = "release.approval_expired"


def taken_back() -> int:
    """Run the task as the scheduler does; how many approvals it took back."""
    return int(revoke_stale_approvals.delay().get())


def test_revoke_stale_approval__that_does_not_hold__is_taken_back_with_the_reason(
    organization: Organization, dana: Person, mara: Person, subtests: pytest.Subtests
) -> None:
    case = approved_by_noor(organization, dana, mara)

    for way in NOTICED:
        with subtests.test(way.name), undone():
            way.happens(case)
            with shifted_by(timedelta(days=way.days)):
                assert taken_back() == 1
                with nothing_changes(case.agent, events=0):
                    assert taken_back() == 0
            assert_taken_back(case, way)


def assert_taken_back(case: Approved, way: Way) -> None:
    """The sign-off and the event say what the console did and why."""
    version = case.agent.versions.get(number=2)
    signed = SignOff.objects.filter(version=version).newest_first()[0]
    assert state_of(version) == "staging"
    assert (signed.decision, signed.by, signed.note, signed.digest) == ("expired", None, way.said, version.digest)
    event = Event.objects.filter(organization=case.agent.organization).newest_first()[0]
    assert (event.verb, event.outcome, event.refusal) == (VERB, "done", "")
    assert (event.actor, event.actor_label, event.door) == (None, "Slipway", "job")
    assert (event.target_id, event.agent_id, event.environment) == (str(case.agent.pk), case.agent.pk, "staging")
    assert (event.before_digest, event.after_digest, event.reason) == ("", version.digest, way.said)
    assert event.data == {"version": 2, "sign_off": str(signed.pk)}


def test_revoke_stale_approval__one_of_several__leaves_the_others(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    case = approved_by_noor(organization, dana, mara)
    others = [a_small_agent(organization, dana, slug=slug) for slug in ("candidate", "ready", "live")]
    published(others[0], dana, "v1")
    approved(others[1], dana, quinn, "v1")
    pushed(others[2], dana, quinn, mara, "v1")
    with nothing_changes(case.agent, events=0):
        assert taken_back() == 0
    signer_lost_the_role(case)

    assert taken_back() == 1

    assert [state_of(agent.versions.get()) for agent in others] == ["staging", "ready", "production"]
    assert state_of(case.agent.versions.get(number=2)) == "staging"


def test_revoke_stale_approval__after_it__says_why_and_qa_decides_anew(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    case = approved_by_noor(organization, dana, mara)
    ticket_rule_switched_on(case)
    taken_back()

    assert "Changed since: the change-ticket rule." in words(page(quinn.client().get(f"{AGENT}releases/")))
    mark_ready(case.agent, actor=quinn.actor(), number=2)
    assert taken_back() == 0
    assert state_of(case.agent.versions.get(number=2)) == "ready"


def test_revoke_stale_approval__of_an_archived_agent__is_taken_back_too(
    organization: Organization, dana: Person, mara: Person
) -> None:
    case = approved_by_noor(organization, dana, mara)
    archive_agent(case.agent, actor=mara.actor())
    signer_lost_the_role(case)

    assert taken_back() == 1
    assert state_of(case.agent.versions.get(number=2)) == "staging"


def test_revoke_stale_approval__of_what_is_not_ready__is_refused(
    organization: Organization, dana: Person, mara: Person
) -> None:
    case = approved_by_noor(organization, dana, mara)

    with nothing_changes(case.agent, events=1), pytest.raises(Refusal, match="v1 is in the state Superseded"):
        revoke_stale_approval(case.agent, actor=SYSTEM, number=1)


def test_revoke_stale_approval__task__is_on_the_schedule_every_minute() -> None:
    entry = app.conf.beat_schedule["stale-approvals"]

    assert (entry["task"], entry["schedule"]) == (revoke_stale_approvals.name, 60.0)
