"""A right or a rule that ends while an act is under way: the log tells them in an order that holds (G16)."""

import dataclasses
from functools import partial

import pytest
from django.db import connection

from agents.actions import save_draft
from agents.actions.drafts import draft_token
from agents.models import Agent
from audit.models import ChainHead, Event
from console.departures import remove_member
from console.organizations.actions import revoke_key
from console.organizations.models import Organization
from console.rules import change_settings
from environments.actions import mark_ready, push_to_production
from environments.models import Release
from tests.api.calling import program
from tests.builders import a_candidate, a_ready_version, an_agent, draft_of
from tests.cast import Person
from tests.races import attempt, held, outcomes_at_once, start, wait_for_waiters

pytestmark = pytest.mark.django_db(transaction=True)


def _order(organization: Organization) -> list[tuple[str, str]]:
    events = Event.objects.filter(organization=organization).order_by("-sequence")[:2]
    return [(event.verb, event.outcome) for event in events][::-1]


def test_push_to_production__a_rule_is_changed_while_it_waits__comes_before_the_rule(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    change_settings(organization, actor=mara.actor(), changes={"fresh_sign_in_for_production": False})
    agent = a_ready_version(organization, author=dana, tester=quinn)
    long_ago = dataclasses.replace(mara.actor(), proven_at=None)
    rule = {"fresh_sign_in_for_production": True}

    with held(lambda: Agent.objects.select_for_update().get(pk=agent.pk)):
        push = attempt(lambda: push_to_production(agent, actor=long_ago, number=1, expected_live=0))
        wait_for_waiters(1)
        change = attempt(lambda: change_settings(organization, actor=mara.actor(), changes=rule))
        wait_for_waiters(2)

    assert (push.result(), change.result()) == ("ok", "ok")
    assert _order(organization) == [("release.pushed_to_production", "done"), ("organization.settings_changed", "done")]


def test_mark_ready__its_actor_is_removed_while_it_waits__comes_before_the_removal(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent, membership = a_candidate(organization, author=dana), quinn.membership_in(organization)

    with held(lambda: list(Release.objects.select_for_update().filter(agent=agent))):
        sign = attempt(lambda: mark_ready(agent, actor=quinn.actor(), number=1))
        wait_for_waiters(1)
        removal = attempt(lambda: remove_member(membership, actor=mara.actor()))
        wait_for_waiters(2)

    assert (sign.result(), removal.result()) == ("ok", "ok")
    assert _order(organization) == [("release.marked_ready", "done"), ("member.removed", "done")]


def test_reading__its_key_is_revoked_while_the_use_is_noted__tells_nothing(
    organization: Organization, dana: Person
) -> None:
    developer = program(dana, organization, "developer")

    with held(lambda: list(ChainHead.objects.select_for_update())):
        revocation = attempt(lambda: revoke_key(developer.key, actor=dana.actor()))
        wait_for_waiters(1)
        reading = start(lambda: developer.get("/agents").status)
        wait_for_waiters(2)

    assert (revocation.result(), reading.result()) == ("ok", 401)


def test_save_draft__two_agents_with_the_same_new_texts_in_another_order__both_are_saved(
    organization: Organization, dana: Person
) -> None:
    agents = [an_agent(organization, dana, slug=f"agent-{number}") for number in range(2)]
    tokens = [draft_token(draft_of(agent)) for agent in agents]
    texts = [{"title": "Terms", "content": f"Text {number}"} for number in range(4)]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END'"
        )
        cursor.execute("CREATE TRIGGER slowly BEFORE INSERT ON agents_part FOR EACH ROW EXECUTE FUNCTION slowly()")

    def save(number: int) -> None:
        ordered = texts if number else texts[::-1]
        config = {"knowledge": {f"k{place}": text for place, text in enumerate(ordered)}}
        save_draft(agents[number], actor=dana.actor(), config=config, token=tokens[number])

    try:
        assert outcomes_at_once(partial(save, 0), partial(save, 1)) == ["ok", "ok"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION slowly CASCADE")
