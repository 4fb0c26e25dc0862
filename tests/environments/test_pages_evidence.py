"""Records as evidence: what was moved, decided and seen then is what the page shows later, whatever happened since."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from agents.models import Agent
from audit.clock import database_time, shifted_by
from console.organizations.actions import change_roles
from console.organizations.models import Organization
from console.rules import change_settings
from environments import records
from environments.actions import push_to_production, rollback
from environments.models import Deployment, SignOff
from tests import builders
from tests.cast import Person
from tests.pages import has_id, heading, page, words

AGENT = "/o/harbourline/agents/order-desk/"


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    return builders.two_live_versions(organization, author=dana, tester=quinn, admin=mara)


def push_of(agent: Agent, number: int) -> str:
    move = Deployment.objects.filter(agent=agent, version__number=number, environment__slug="production").first()
    assert move is not None
    return f"{AGENT}releases/{move.pk}/"


def part(person: Person, address: str, name: str) -> str:
    """A part of the page as markup, so that nothing in it can change unseen."""
    (found,) = page(person.client().get(address)).xpath("//*[@id=$name]", name=name)
    return str(etree.tostring(found, encoding="unicode"))


def gates_of(person: Person, address: str) -> str:
    """The checklist as the record shows it."""
    return words(page(person.client().get(address)).xpath("//*[@id='gates']/../..")[0])


def test_record__after_later_versions_roles_and_rules__shows_what_was_then(
    organization: Organization, agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    address = push_of(agent, 2)
    difference, gates = part(avery, address, "diff"), gates_of(avery, address)

    builders.pushed(agent, dana, quinn, mara, "You answer nothing.\n")
    builders.pushed(agent, dana, quinn, mara, builders.CONFIG["prompt"])
    rollback(agent, actor=mara.actor(), environment="production", number=2, reason="Back to the kind one")
    change_settings(organization, actor=mara.actor(), changes={"ticket_required": True, "four_eyes": False})
    change_roles(quinn.membership_in(organization), actor=mara.actor(), roles=["auditor"])

    text = words(page(avery.client().get(address)).xpath("//main")[0])
    assert part(avery, address, "diff") == difference
    assert gates_of(avery, address) == gates
    assert "Quinn Abara QA" in text  # the role at that moment
    assert "No ticket is asked for" not in text
    assert "OPS-1" in text
    assert "when v3 took its place." in text


def test_record__a_decision__has_one_too_against_what_was_live_then(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    first, second = SignOff.objects.filter(agent=agent).order_by("at")
    builders.pushed(agent, dana, quinn, mara, "Three.\n")

    earliest, later = (avery.client().get(f"{AGENT}releases/{one.pk}/") for one in (first, second))

    assert heading(later) == "Quinn Abara marked v2 ready for Production STG"
    assert "v2 against v1: 1 change" in words(page(later))
    assert "against Production (nothing)" in words(page(earliest))
    assert "Four eyes: neither the author nor a contributor may approve or push." in words(page(later))
    listed = page(avery.client().get(f"{AGENT}releases/")).xpath("//ol//a/@href")
    assert f"{AGENT}releases/{second.pk}/" in listed


def test_record__roles__strangers_404_and_content_only_for_readers(
    agent: Agent, quinn: Person, sam: Person, avery: Person
) -> None:
    signed = SignOff.objects.filter(agent=agent).latest("at")
    for address in (push_of(agent, 2), f"{AGENT}releases/{signed.pk}/"):
        assert sam.client().get(address).status_code == 404
        assert has_id(quinn.client().get(address), "diff")  # what is live went through Staging
    assert avery.client().get(f"{AGENT}releases/01a1fab4-58d3-7167-8000-000000000000/").status_code == 404


def test_record__a_young_push__offers_the_way_back_to_who_may(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    def offered(person: Person, address: str) -> list[str]:
        return [words(link) for link in page(person.client().get(address)).xpath("//main//a[@data-key='b']")]

    address = push_of(agent, 2)
    assert offered(mara, address) == ["Rollback to v1"]
    assert offered(dana, address) == offered(avery, address) == []
    assert offered(mara, push_of(agent, 1)) == []
    with shifted_by(records.WATCHED):
        assert offered(mara, address) == []
    rollback(agent, actor=mara.actor(), environment="production", number=1, reason="Wrong")
    assert offered(mara, address) == []


def test_record__versions_that_came_along__are_listed_with_what_their_authors_wrote(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    builders.published(agent, dana, "Three.\n", "Shorter")
    builders.approved(agent, dana, quinn, "Four.\n")
    push_to_production(agent, actor=mara.actor(), number=4)

    text = words(page(mara.client().get(push_of(agent, 4))).xpath("//*[@id='included']/../..")[0])

    assert "Included versions 2 versions" in text
    assert "v3 ShorterDana Reyes" in text


def test_record__printed__says_who_printed_it_when_and_from_where(agent: Agent, avery: Person) -> None:
    address = push_of(agent, 2)

    (footer,) = page(avery.client().get(address)).xpath("//footer[@class='evidence']")

    assert f"http://testserver{address}" in words(footer)
    assert "by Avery Stone (avery.stone@example.com)" in words(footer)
    assert f"{database_time():%Y-%m-%d}" in words(footer)
    digests = page(avery.client().get(address)).xpath("//span[@class='whole-digest']")
    assert {len(words(digest)) for digest in digests} == {64}


@pytest.mark.usefixtures("cold")
def test_record__longer_history__costs_no_more_queries(agent: Agent, dana: Person, quinn: Person, mara: Person) -> None:
    address, client = push_of(agent, 2), mara.client()
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(3):
        builders.pushed(agent, dana, quinn, mara, f"More {number}.\n")

    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(many) <= len(few) <= 45
