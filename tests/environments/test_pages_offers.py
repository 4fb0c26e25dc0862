"""The agent's page offers exactly what the verbs do: an enabled act is never refused, a refused one says why."""

from collections.abc import Callable

import pytest

from agents.models import Agent, Version
from console.organizations.errors import Refusal
from console.organizations.models import Organization
from environments.actions import (
    lift_hold,
    mark_ready,
    publish,
    push_to_production,
    request_changes,
    revoke_ready,
    rollback,
    withdraw_request,
)
from environments.available import Offer, offers
from environments.policies import permissions_on_agent
from environments.standing import standing_of
from tests import builders
from tests.builders import version_in
from tests.cast import Person, join, new_account
from tests.pages import page, words

STATES = ["staging", "changes_requested", "ready", "production", "superseded", "rolled_back"]
OVERVIEW = "/o/harbourline/agents/order-desk/"


def offered(agent: Agent, person: Person) -> list[Offer]:
    agent = Agent.objects.select_related("organization").get(pk=agent.pk)
    return offers(standing_of(agent), person.actor(), permissions_on_agent(person.user, agent))


def press(verb: str, agent: Agent, version: Version, person: Person) -> str:
    """Do what the offer leads to, as its form would."""
    actor, number = person.actor(), version.number
    calls: dict[str, Callable[[], object]] = {
        "promote_to_staging": lambda: publish(agent, actor=actor),
        "mark_ready": lambda: mark_ready(agent, actor=actor, number=number),
        "request_changes": lambda: request_changes(agent, actor=actor, number=number, reason="No"),
        "withdraw_request": lambda: withdraw_request(agent, actor=actor, number=number),
        "revoke_ready": lambda: revoke_ready(agent, actor=actor, number=number, reason="No"),
        "push_to_production": lambda: push_to_production(agent, actor=actor, number=number),
        "rollback": lambda: rollback(agent, actor=actor, environment="production", number=1, reason="No"),
        "lift_hold": lambda: lift_hold(agent, actor=actor, number=number, reason="Fixed"),
    }
    try:
        calls[verb]()
    except Refusal as refusal:
        return refusal.code
    return "ok"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ["developer", "qa", "org_admin", "auditor"])
def test_offers__role_and_state__do_what_the_verbs_do(
    role: str, state: str, organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    person = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, person, role)
    agent, version = version_in(state, organization, developer=dana, tester=quinn, admin=mara)
    acts = [one for one in offered(agent, person) if one.verb not in {"archive", "unarchive"}]

    for one in [one for one in acts if not one.enabled]:
        assert one.reason or one.holder, one.verb
        assert press(one.verb, agent, version, person) != "ok", one.verb
    for number, one in enumerate(one for one in acts if one.enabled):
        slug = f"again-{number}"
        agent, version = version_in(state, organization, developer=dana, tester=quinn, admin=mara, slug=slug)
        assert press(one.verb, agent, version, person) == "ok", one.verb


def test_offers__auditor__none_and_the_page_says_so(organization: Organization, dana: Person, avery: Person) -> None:
    agent = builders.a_candidate(organization, author=dana)

    assert offered(agent, avery) == []
    response = avery.client().get(OVERVIEW)
    assert "Read only: auditors cannot edit." in words(page(response))
    assert page(response).xpath("//main//form") == []


def test_offers__own_work__refused_with_the_others_named(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, robin, "developer", "qa")
    agent = builders.a_candidate(organization, author=robin)

    mark = next(one for one in offered(agent, robin) if one.verb == "mark_ready")

    assert not mark.enabled
    assert "your own work" in mark.reason
    assert mark.holder is not None
    assert mark.holder.people == ["Quinn Abara"]


def test_offers__draft_behind_a_rollback__refused_with_the_merge(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara)
    builders.edited(agent, dana, "Another prompt.\n")

    promote = next(one for one in offered(agent, dana) if one.verb == "promote_to_staging")

    assert not promote.enabled
    assert "Mara Lindqvist rolled Production back to v1" in promote.reason
    assert promote.fix_url == f"{OVERVIEW}draft/merge?number=1"


def test_overview__developer__sees_the_next_step_and_who_takes_it(
    organization: Organization, dana: Person, quinn: Person
) -> None:
    builders.a_candidate(organization, author=dana)

    response = dana.client().get(OVERVIEW)

    (button,) = page(response).xpath("//button[normalize-space()='Mark Ready for Production']")
    assert button.get("aria-disabled") == "true"
    (why,) = page(response).xpath("//*[@id=$id]", id=button.get("aria-describedby"))
    assert words(why) == "Needs QA: Quinn Abara."


def test_overview__only_a_draft__is_404_for_qa_and_strangers(
    organization: Organization, dana: Person, quinn: Person, sam: Person
) -> None:
    builders.an_agent(organization, dana)

    for person in (quinn, sam):
        assert person.client().get(OVERVIEW).status_code == 404
    assert dana.client().get(OVERVIEW).status_code == 200


def test_overview__archived__offers_only_to_bring_it_back(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = builders.an_agent(organization, dana)

    response = mara.client().post(f"{OVERVIEW}archive", follow=True)

    assert "Order desk is archived." in words(page(response))
    agent.refresh_from_db()
    assert [one.verb for one in offered(agent, mara)] == ["unarchive"]
    assert "This agent is archived" in words(page(dana.client().get(OVERVIEW)))
    assert mara.client().get(f"{OVERVIEW}archive").status_code == 405
    mara.client().post(f"{OVERVIEW}unarchive")
    agent.refresh_from_db()
    assert agent.archived_at is None
