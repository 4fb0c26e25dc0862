"""Before and after of an event, and which filter left nothing to see."""

import pytest

from agents.models import Agent
from audit.models import Event
from console.organizations.models import Organization
from tests import builders
from tests.cast import Person
from tests.pages import page, words

AUDIT = "/o/harbourline/audit"


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    return builders.two_live_versions(organization, author=dana, tester=quinn, admin=mara)


def address_of(verb: str) -> str:
    event = Event.objects.filter(verb=verb).exclude(before_digest="").newest_first()[0]
    return f"{AUDIT}/{event.sequence}/difference"


def test_event_difference__of_a_push_and_of_a_save__shows_both_sides(
    agent: Agent, dana: Person, quinn: Person, avery: Person
) -> None:
    builders.edited(agent, dana, "Three.\n")
    push, save = address_of("release.pushed_to_production"), address_of("draft.saved")

    assert "v2 against v1: 1 change" in words(page(avery.client().get(push)))
    assert "against v2: 1 change" in words(page(avery.client().get(save)))
    linked = page(avery.client().get(push.removesuffix("/difference"))).xpath("//a[@data-key='d']/@href")
    assert linked == [push]
    assert quinn.client().get(push).status_code == 200  # what went through Staging
    assert quinn.client().get(save).status_code == 404  # an event that QA does not see


def test_event_difference__strangers_nothing_changed_and_unknown__is_404(
    agent: Agent, avery: Person, sam: Person
) -> None:
    ready = Event.objects.filter(verb="release.marked_ready").newest_first()[0]

    assert sam.client().get(address_of("release.pushed_to_production")).status_code == 404
    assert avery.client().get(f"{AUDIT}/{ready.sequence}/difference").status_code == 404
    assert avery.client().get(f"{AUDIT}/977/difference").status_code == 404


@pytest.mark.usefixtures("agent")
def test_audit_page__empty__names_the_filter_that_removed_the_most(avery: Person) -> None:
    client = avery.client()

    nobody = client.get(AUDIT, {"actor": "Nobody", "environment": "production"})
    nowhere = client.get(AUDIT, {"actor": "Quinn Abara", "action": "release.published", "outcome": "done"})

    assert "The filter that removed the most is Actor: without it, 2 match." in words(page(nobody))
    assert "The filter that removed the most is Action" in words(page(nowhere))
