"""Find and act: what the palette offers is what the buttons offer, to the same people, for the same reasons."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agents.models import Agent
from console.organizations.models import Organization
from tests import builders
from tests.cast import Person
from tests.pages import page, words

ADDRESS = "/o/harbourline/palette"
TEXTS = ["push", "desk", "v2", "", "\0", "%", "_" * 300, "v99999999999999999999"]


def asked(person: Person, text: str, agent: str = "") -> dict[str, str]:
    """The options for a question: words without their keys, and where they lead or why they do not."""
    answer = person.client().get(ADDRESS, {"q": text, "agent": agent})
    assert answer.status_code == 200
    found = {}
    for option in page(answer).xpath("//*[@role='option']"):
        label = words(option.find(".//b")) + "".join(
            f" | {words(one)}" for one in option.xpath(".//span[@class='meta']")
        )
        refused = option.get("aria-disabled") == "true"
        found[label] = (
            words(option.xpath(".//span[@class='why']")[0]) if refused else option.get("data-href") or "script"
        )
    return found


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    """Order desk: v1 is live, v2 waits for QA."""
    made = builders.a_live_version(organization, author=dana, tester=quinn, admin=mara)
    builders.published(made, dana, "You answer questions about orders.\nBe kind.\n")
    return made


def test_palette__by_role__offers_and_refuses_what_the_buttons_do(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    home = "/o/harbourline/agents/order-desk/"

    assert asked(quinn, "ready order")["Mark Ready for Production | Order desk"] == f"{home}staging"
    assert (
        asked(mara, "push order")["Push to Production: v2 | Order desk"]
        == "Version 2 has not been marked ready. Needs QA: Quinn Abara."
    )
    assert asked(dana, "mark ready ord")["Mark Ready for Production | Order desk"] == "Needs QA: Quinn Abara."
    assert "there is nothing to go back to" in asked(mara, "roll back order")["Rollback | Order desk"]
    assert not [label for label in asked(avery, "push order") if label.startswith("Push")]
    assert "Push to Production: v2 | Order desk" not in asked(quinn, "push order")


def test_palette__for_an_agent__opens_it_its_environments_its_versions_and_its_comparison(
    agent: Agent, dana: Person, mara: Person
) -> None:
    home = "/o/harbourline/agents/order-desk/"
    named = asked(mara, "ord")
    numbered = asked(mara, "order v2")

    assert named["Order desk | Agent"] == home
    assert named["Staging: v2 | Order desk"] == f"{home}env/staging"
    assert named["Edit the draft | Order desk"] == f"{home}draft/"
    assert numbered["Open v2 | Order desk"] == f"{home}versions/2/"
    assert numbered["Compare v2 with Production | Order desk"] == f"{home}compare?from=environment%3Aproduction&to=2"
    assert "Open v9 | Order desk" not in asked(mara, "order v9")
    assert asked(mara, "v1", agent="order-desk")["Open v1 | Order desk"] == f"{home}versions/1/"
    assert "Rollback | Order desk" in asked(mara, "", agent="order-desk")


def test_palette__for_pages_and_acts_of_the_organization__names_who_may(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    assert asked(dana, "new agent")["New agent"] == "/o/harbourline/agents/new"
    assert asked(quinn, "new agent")["New agent"] == "Needs Developer, Org Admin: Dana Reyes, Mara Lindqvist."
    assert asked(mara, "invi")["Invite"] == "/o/harbourline/members#invite"
    assert asked(quinn, "invi")["Invite"] == "Needs Org Admin: Mara Lindqvist."
    assert asked(dana, "dark")["Light or dark"] == "script"
    assert asked(dana, "pref")["Preferences | Your account"] == "/me/preferences"
    assert "Members | Page" not in asked(dana, "memb")
    assert asked(dana, "zzzz no such words") == {}


def test_palette__of_another_organization_and_of_hidden_agents__says_nothing(
    organization: Organization, dana: Person, quinn: Person, sam: Person
) -> None:
    builders.an_agent(organization, dana)

    assert "Order desk | Agent" in asked(dana, "order")
    assert asked(quinn, "order") == {}
    assert asked(quinn, "v1", agent="order-desk") == {}
    assert sam.client().get(ADDRESS, {"q": "order"}).status_code == 404
    assert sam.client().get("/o/elsewhere/palette", {"q": "order", "agent": "order-desk"}).status_code == 200
    assert b"Order desk" not in sam.client().get("/o/elsewhere/palette", {"q": "order", "agent": "order-desk"}).content


@pytest.mark.usefixtures("cold")
def test_palette__with_more_agents__costs_the_same_number_of_queries(
    organization: Organization, mara: Person, dana: Person
) -> None:
    for number in range(4):
        builders.a_candidate(organization, author=dana, slug=f"desk-{number}", name=f"Desk {number}")
    client = mara.client()
    client.get(ADDRESS)
    few = {text: queries(client, text) for text in TEXTS}
    for number in range(5):
        builders.a_candidate(organization, author=dana, slug=f"more-{number}-desk", name=f"More desk {number}")
    many = {text: queries(client, text) for text in TEXTS}

    assert many == few
    assert max(few.values()) <= 110


def queries(client: Client, text: str) -> int:
    """How many queries the answer to a question takes."""
    with CaptureQueriesContext(connection) as caught:
        assert client.get(ADDRESS, {"q": text}).status_code == 200
    return len(caught)


def test_search__without_scripts__is_a_page_of_links(agent: Agent, dana: Person) -> None:
    answer = dana.client().get("/o/harbourline/search", {"q": "order"})
    links = {words(link): link.get("href") for link in page(answer).xpath("//main//li/a")}

    assert links["Order desk"] == "/o/harbourline/agents/order-desk/"
    assert links["Compare"] == "/o/harbourline/agents/order-desk/compare?" + (
        "from=environment%3Aproduction&to=environment%3Astaging"
    )
    assert "Promote to Staging Order desk Staging serves exactly this draft: v2." in words(page(answer))
    assert page(answer).xpath("//input[@id='find']")[0].get("value") == "order"
