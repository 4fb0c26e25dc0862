"""The agent list: who sees what, filters, paging, and a number of queries that does not grow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import archive_agent
from tests import builders
from tests.cast import Person
from tests.pages import heading, page, words

LIST = "/o/harbourline/agents/"


def names(person: Person, query: str = "") -> list[str]:
    response = person.client().get(f"{LIST}{query}")
    assert response.status_code == 200
    return [words(link) for link in page(response).xpath("//tbody//th//a")]


def row(person: Person, name: str) -> str:
    found = page(person.client().get(LIST)).xpath("//tbody/tr[th/a[normalize-space()=$name]]", name=name)
    assert len(found) == 1
    return words(found[0])


@pytest.fixture
def agents(organization: Organization, dana: Person, quinn: Person, mara: Person) -> None:
    builders.an_agent(organization, dana, slug="intake", name="Intake")
    builders.a_candidate(organization, author=dana, slug="claims", name="Claims", labels={"team": "claims"})
    builders.an_agent_sent_back(organization, author=dana, tester=quinn, slug="ferry", name="Ferry")
    builders.a_ready_version(organization, author=dana, tester=quinn, slug="billing", name="Billing")
    builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara, slug="refunds", name="Refunds")


@pytest.mark.usefixtures("agents")
def test_list__each_role__sees_what_it_may(dana: Person, quinn: Person, mara: Person, avery: Person) -> None:
    everything = ["Billing", "Claims", "Ferry", "Intake", "Refunds"]

    assert names(dana) == names(mara) == names(avery) == everything
    assert names(quinn) == ["Billing", "Claims", "Ferry", "Refunds"]


@pytest.mark.usefixtures("agents")
def test_list__stranger__is_404(sam: Person) -> None:
    assert sam.client().get(LIST).status_code == 404


@pytest.mark.usefixtures("agents")
def test_list__each_state__says_the_word_and_whom_it_waits_for(dana: Person) -> None:
    assert "Staging QA Quinn Abara" in row(dana, "Claims")
    assert "Changes requested Developer Dana Reyes" in row(dana, "Ferry")
    assert "Ready for Production Org Admin Mara Lindqvist" in row(dana, "Billing")
    assert "Rolled back v2 on hold" in row(dana, "Refunds")
    assert "DEV Development draft" in row(dana, "Intake")


@pytest.mark.usefixtures("agents")
def test_list__qa__reads_nothing_of_development(quinn: Person) -> None:
    assert "DEV" not in row(quinn, "Claims")


@pytest.mark.usefixtures("agents")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=BILL", ["Billing"]),
        ("?q=%25", []),
        ("?label=team", ["Claims"]),
        ("?label=team:claims", ["Claims"]),
        ("?label=team:other", []),
        ("?state=ready", ["Billing"]),
        ("?state=development", ["Intake"]),
        ("?state=rolled_back", ["Refunds"]),
        ("?environment=production", ["Refunds"]),
        ("?environment=staging&q=fer", ["Ferry"]),
        ("?archived=on", []),
    ],
)
def test_list__filter__keeps_what_passes(query: str, found: list[str], dana: Person) -> None:
    assert names(dana, query) == found


@pytest.mark.usefixtures("agents")
@pytest.mark.parametrize("query", ["?state=nonsense", "?environment=nowhere", "?after=<script>", "?q=" + "x" * 200])
def test_list__impossible_filter__is_400_with_reason(query: str, dana: Person) -> None:
    response = dana.client().get(f"{LIST}{query}")

    assert response.status_code == 400
    assert "This filter is not known" in words(page(response))


def test_list__archived__is_listed_apart(organization: Organization, dana: Person, mara: Person) -> None:
    agent = builders.an_agent(organization, dana)
    archive_agent(agent, actor=mara.actor())

    assert names(dana) == []
    assert names(dana, "?archived=on") == ["Order desk"]


def test_list__nothing_there__says_what_to_do(organization: Organization, dana: Person, quinn: Person) -> None:
    assert "No agents yet." in words(page(dana.client().get(LIST)))
    assert "Nothing has been promoted to Staging yet." in words(page(quinn.client().get(LIST)))
    assert heading(quinn.client().get(LIST)) == "Agents"


def test_list__many_pages__walks_each_agent_once_and_back(organization: Organization, dana: Person) -> None:
    slugs = [f"agent-{number:03}" for number in range(103)]
    template = builders.an_agent(organization, dana, slug=slugs[0], name=slugs[0])
    builders.copies(template, slugs[1:])

    first, second, third = LIST, "", ""
    seen: list[str] = []
    client = dana.client()
    response = client.get(first)
    seen += [words(link) for link in page(response).xpath("//tbody//th//a")]
    (second,) = page(response).xpath("//a[@rel='next']/@href")
    response = client.get(second)
    seen += [words(link) for link in page(response).xpath("//tbody//th//a")]
    (third,) = page(response).xpath("//a[@rel='next']/@href")
    response = client.get(third)
    seen += [words(link) for link in page(response).xpath("//tbody//th//a")]

    assert seen == slugs
    assert page(response).xpath("//a[@rel='next']") == []
    (back,) = page(response).xpath("//a[@rel='prev']/@href")
    assert [words(link) for link in page(client.get(back)).xpath("//tbody//th//a")] == slugs[50:100]


@pytest.mark.usefixtures("cold")
def test_list__more_agents__costs_no_more_queries(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara, slug="first")
    client = dana.client()
    client.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(LIST)
    for number in range(2):
        builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara, slug=f"more-{number}")
    builders.copies(Agent.objects.get(slug="first"), [f"copy-{number}" for number in range(20)])

    with CaptureQueriesContext(connection) as many:
        client.get(LIST)

    assert len(many) == len(few)
