"""The page of one environment, and what the agent's page says between the stations."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from tests import builders
from tests.cast import Person
from tests.pages import by_id, page, words

AGENT = "/o/harbourline/agents/order-desk/"


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    """v2 was live and is on hold, v1 is live again, Staging serves v2."""
    return builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara)


def test_environment__production__says_what_it_served_from_when_to_when_and_how_it_came(
    agent: Agent, mara: Person
) -> None:
    response = mara.client().get(f"{AGENT}env/production")

    rows = [words(row) for row in by_id(response, "served").xpath("ancestor::section//tbody/tr")]
    assert [row.split()[0] for row in rows] == ["v1", "v2", "v1"]
    assert "until now" in rows[0]
    assert "Mara Lindqvist rolled Production back from v2 to v1" in rows[0]
    assert "Wrong answers about refunds" in rows[0]
    assert "until now" not in rows[1] + rows[2]
    (compare,) = page(response).xpath("//a[normalize-space()='Compare with Staging']/@href")
    assert compare == f"{AGENT}compare?from=environment%3Aproduction&to=environment%3Astaging"
    assert mara.client().get(compare).status_code == 200
    assert page(response).xpath("//a[@data-key='[']/@href") == [f"{AGENT}env/staging"]
    assert page(response).xpath("//a[@data-key=']']") == []


def test_environment__nothing_pinned__names_the_refusal_and_compares_with_nothing(
    organization: Organization, dana: Person, mara: Person, quinn: Person
) -> None:
    builders.an_agent(organization, dana)

    response = mara.client().get(f"{AGENT}env/production")

    assert "Nothing pinned. Calls are refused with environment_unpinned." in words(page(response))
    assert page(response).xpath("//a[starts-with(normalize-space(), 'Compare with')]") == []
    assert quinn.client().get(f"{AGENT}env/production").status_code == 404


def test_overview__between_the_stations__says_what_stands_there_and_how_they_differ(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    made = builders.a_live_version(organization, author=dana, tester=quinn, admin=mara)
    builders.published(made, dana, "Another prompt.\n")
    builders.edited(made, dana, "A third prompt.\n")

    response = dana.client().get(AGENT)

    assert "Version 2 has not been marked ready." in words(by_id(response, "station-production"))
    assert "v2 waits for QA: Quinn Abara." in words(by_id(response, "station-ready"))
    lines = [words(line) for line in by_id(response, "drift").xpath("ancestor::section//li")]
    assert lines == [
        "Unpublished The draft has 1 part changed since v2, not published.Compare",
        "Behind Production serves v1, Staging v2: 1 version behind.Compare",
    ]
    assert [one.get("data-key") for one in page(response).xpath("//ol[@class='stations']/li")] == ["1", "2", "3", "4"]
    assert "OwnerDana Reyes" in words(by_id(response, "about").getparent().getparent())
