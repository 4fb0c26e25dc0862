"""The compare page: any two sides for whoever may read both, never silent, bounded, and told the same by a link."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent, Draft
from console.organizations.models import Organization
from tests import builders
from tests.cast import Person
from tests.pages import by_id, has_id, page, words

AGENT = "/o/harbourline/agents/order-desk/"
COMPARE = f"{AGENT}compare/"


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    """v2 is live, v1 was, v3 waits in Staging, the draft differs from it."""
    made = builders.two_live_versions(organization, author=dana, tester=quinn, admin=mara)
    builders.published(made, mara, "Three.\n")
    builders.edited(made, dana, "Four.\n")
    return made


def told(person: Person, address: str, status: int = 200) -> str:
    response = person.client().get(address)
    assert response.status_code == status, address
    return words(page(response).xpath("//main")[0])


def test_compare__any_two_sides__by_address(agent: Agent, dana: Person) -> None:
    save = Draft.history.filter(agent=agent).earliest().pk

    for pair, sentence in {
        "v1...v2": "v2 against v1: 1 change in 1 of 4 sections.",
        "production...staging": "Staging (v3) against Production (v2): 1 change",
        "environment:production...draft": "Draft against Production (v2): 1 change",
        f"history:{save}...v1": "Identical: same digest",
        "2...v2": "Identical: same digest",
    }.items():
        assert sentence in told(dana, COMPARE + pair)
    assert "There is no version nowhere" in told(dana, f"{COMPARE}v1...nowhere", 404)


def test_compare__rights__are_those_of_both_sides(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person, sam: Person, organization: Organization
) -> None:
    other = builders.an_agent(organization, dana, slug="other", name="Other")
    foreign = Draft.history.filter(agent=other).latest().pk
    own = Draft.history.filter(agent=agent).latest().pk

    for person in (dana, quinn, mara, avery):
        assert "Staging (v3) against Production (v2)" in told(person, f"{COMPARE}production...staging")
    for path in ("v1...draft", f"v1...history:{own}", f"v1...history:{own}/changes.diff"):
        assert [person.client().get(COMPARE + path).status_code for person in (dana, avery, quinn, sam)] == [
            200,
            200,
            403,
            404,
        ]
    assert dana.client().get(f"{COMPARE}v1...history:{foreign}").status_code == 404
    text = words(by_id(quinn.client().get(f"{COMPARE}v1...v2"), "side-to"))
    assert "Draft" not in text
    assert "Save" not in text


def test_compare__parts__say_who_changed_them_between_the_sides(agent: Agent, quinn: Person) -> None:
    assert "changed by Dana Reyes" in told(quinn, f"{COMPARE}v1...v2")
    assert "changed by Mara Lindqvist" in told(quinn, f"{COMPARE}v2...v3")
    assert "changed by Dana Reyes, Mara Lindqvist" in told(quinn, f"{COMPARE}v3...v1")


def test_compare__from_the_lists__is_one_click_away(agent: Agent, dana: Person) -> None:
    client = dana.client()
    versions, saves = client.get(f"{AGENT}versions/"), client.get(f"{AGENT}draft/history")

    first = by_id(versions, "v3").xpath(".//a[contains(@href, 'compare?from=2&to=3')]/@href")
    second = page(saves).xpath("//table[@id='saves']//a[contains(@href, 'compare?from=history:')]/@href")

    for address in [*first, *second[:2]]:
        assert client.get(address).status_code == 200
    assert (len(first), len(second) > 2) == (1, True)


def test_compare__permalink__names_what_the_sides_are_now(agent: Agent, dana: Person) -> None:
    newest = Draft.history.filter(agent=agent).latest().pk

    (copy,) = page(dana.client().get(f"{COMPARE}production...draft?ws=ignore")).xpath("//button[@data-key='y']")

    assert copy.get("data-copy") == f"http://testserver{COMPARE}v2...history:{newest}?ws=ignore"


def test_compare__look__is_in_the_address(agent: Agent, dana: Person) -> None:
    prompt = "".join(f"Line {number} of the prompt.\n" for number in range(100))
    builders.published(agent, dana, prompt)
    builders.published(agent, dana, prompt.replace("Line 50 of", "Line  50 of"))
    client = dana.client()

    folded = client.get(f"{COMPARE}v4...v5")
    assert "Show 47 unchanged lines" in words(by_id(folded, "part-prompt"))
    assert "Only white space differs, in 1 line." in told(dana, f"{COMPARE}v4...v5?ws=ignore")
    assert "Line··50·of" in told(dana, f"{COMPARE}v4...v5?ws=show")
    whole = by_id(client.get(f"{COMPARE}v4...v5?ctx=all&layout=unified"), "part-prompt")
    assert len(whole.xpath(".//tbody/tr")) == 101
    assert len(whole.xpath(".//thead//th")) == 3


def test_compare__folded_lines__come_on_request_and_lead_on_without_scripts(agent: Agent, dana: Person) -> None:
    prompt = "".join(f"Line {number} of the prompt.\n" for number in range(1, 101))
    builders.published(agent, dana, prompt)
    builders.published(agent, dana, prompt.replace("Line 90 of", "Row 90 of"))
    client = dana.client()
    links = by_id(client.get(f"{COMPARE}v4...v5"), "part-prompt").xpath(".//tr[1]//a[@data-fold]")
    assert [words(link) for link in links] == ["↓ 20 lines", "Show 86 unchanged lines", "↑ 20 lines"]

    top, everything, bottom = (client.get(link.get("hx-get")).content.decode() for link in links)

    assert (everything.count("<tr"), "Line 1 of" in everything, "Line 86 of" in everything) == (86, True, True)
    assert ("Line 20 of" in top, "Line 21 of" in top, "Show 66 unchanged" in top) == (True, False, True)
    assert ("Line 67 of" in bottom, "Line 66 of" in bottom, "Show 66 unchanged" in bottom) == (True, False, True)
    assert "Line 1 of the prompt." in words(page(client.get(links[1].get("href"))))
    for wrong in ("count=0", "show=some", "part=nothing", "old=x"):
        assert client.get(f"{links[1].get('hx-get')}&{wrong}").status_code in (404, 412, 422), wrong


def test_compare__five_thousand_changed_lines__shows_the_first_and_leads_to_the_rest(
    agent: Agent, dana: Person
) -> None:
    builders.published(agent, dana, "".join(f"Old line {number}.\n" for number in range(3_000)))
    builders.published(agent, dana, "".join(f"New line {number}.\n" for number in range(3_000)))
    client = dana.client()

    first = client.get(f"{COMPARE}v4...v5")
    part = by_id(first, "part-prompt")
    assert "Showing the first 2,000 of 6,000 changed lines." in words(part)
    (more,) = part.xpath(".//p[@class='diff-more']/a[@hx-get]")
    rest = by_id(client.get(more.get("href")), "part-prompt")
    patch = client.get(part.xpath(".//a[@download]/@href")[0]).content.decode()

    assert len(part.xpath(".//tbody/tr")) == 1_000
    assert len(rest.xpath(".//tbody/tr")) == 3_000
    assert patch.count("\n-Old line") == patch.count("\n+New line") == 3_000


def test_compare__flow__is_drawn_with_its_changes(organization: Organization, dana: Person) -> None:
    flow: dict[str, Any] = {
        "start": "greet",
        "nodes": {"greet": {"type": "say", "text": "Hello"}, "bye": {"type": "end"}},
        "edges": [{"from": "greet", "to": "bye"}],
    }
    agent = builders.an_agent(organization, dana, config={"prompt": "One.\n", "flow": flow})
    builders.published(agent, dana)
    nodes = flow["nodes"] | {"ask": {"type": "collect", "variable": "name"}}
    builders.rewritten(agent, dana, {"prompt": "One.\n", "flow": flow | {"nodes": nodes}})

    part = by_id(dana.client().get(f"{COMPARE}v1...draft"), "part-flow")

    assert "node ask" in words(part)
    assert part.xpath(".//*[@data-flow-picture]")


@pytest.mark.usefixtures("cold")
def test_compare__more_history__costs_no_more_queries(agent: Agent, dana: Person, quinn: Person) -> None:
    client = quinn.client()
    client.get(f"{COMPARE}v1...v2")
    with CaptureQueriesContext(connection) as few:
        client.get(f"{COMPARE}v1...v2")
    for number in range(3):
        builders.published(agent, dana, f"More {number}.\n")

    with CaptureQueriesContext(connection) as many:
        client.get(f"{COMPARE}v1...v2")

    assert len(many) <= len(few)
    assert not has_id(client.get(f"{COMPARE}v1...v2"), "take")
