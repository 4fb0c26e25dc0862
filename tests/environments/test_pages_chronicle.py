"""The releases of the organization and the project history: what each role reads there, filters, paging, cost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agents.models import Agent
from audit import paging
from console.organizations.models import Organization
from environments.actions import lift_hold
from environments.chronicle import Entry, joined
from tests import builders
from tests.cast import Person
from tests.pages import page, words

RELEASES, HISTORY = "/o/harbourline/releases", "/o/harbourline/history"


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    return builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara)


def acts(client: Client, address: str, **query: str) -> list[str]:
    """The sentences of the list, newest first."""
    response = client.get(address, query)
    assert response.status_code == 200
    return [words(row) for row in page(response).xpath("//main//tbody/tr/th/a")]


MOVES = [
    "Mara Lindqvist lifted the hold on v2",
    "Mara Lindqvist rolled Production back from v2 to v1",
    "Mara Lindqvist pushed v2 to Production, replacing v1",
    "Quinn Abara marked v2 ready for Production",
    "Dana Reyes promoted v2 to Staging, replacing v1",
    "Mara Lindqvist pushed v1 to Production",
    "Quinn Abara marked v1 ready for Production",
    "Dana Reyes promoted v1 to Staging",
]


def test_releases__newest_first__with_who_why_record_and_difference(agent: Agent, mara: Person, avery: Person) -> None:
    lift_hold(agent, actor=mara.actor(), number=2, reason="Fixed in the tool")

    response = avery.client().get(RELEASES)

    assert acts(avery.client(), RELEASES) == MOVES
    (back,) = page(response).xpath("//main//tbody/tr[2]")
    assert "Wrong answers about refunds" in words(back)
    (record,) = back.xpath("./th/a/@href")
    assert avery.client().get(record).status_code == 200
    assert back.xpath(".//a[.='Compare']/@href") == ["/o/harbourline/agents/order-desk/compare?from=2&to=1"]


def test_releases__filters__combine_and_stand_as_chips(
    organization: Organization, agent: Agent, dana: Person, mara: Person
) -> None:
    builders.a_candidate(organization, author=dana, slug="other", name="Other desk")
    client, today = mara.client(), datetime.now(UTC).date()

    assert acts(client, RELEASES, action="release.pushed_to_production") == [MOVES[2], MOVES[5]]
    assert acts(client, RELEASES, agent="other") == acts(client, RELEASES, agent="Other Desk") == [MOVES[7]]
    assert acts(client, RELEASES, environment="staging", person="Quinn Abara") == [MOVES[3], MOVES[6]]
    assert acts(client, RELEASES, since=f"{today + timedelta(days=1)}") == []
    assert len(acts(client, RELEASES, since=str(today), until=str(today))) == 8
    response = client.get(RELEASES, {"agent": "other", "environment": "production"})
    assert "No releases match these filters." in words(page(response))
    chips = page(response).xpath("//main//ul[@aria-label='Active filters']//a/@href")
    assert chips == [f"{RELEASES}?environment=production", f"{RELEASES}?agent=other", RELEASES]
    for wrong in (
        "environment=nowhere",
        "action=release.unknown",
        "since=yesterday",
        "since=2026-02-02&until=2026-01-01",
    ):
        assert client.get(f"{RELEASES}?{wrong}").status_code == 400
    assert client.get(f"{RELEASES}?cursor=changed").status_code == 400


def test_lists__roles__read_what_they_may_list_and_no_more(
    organization: Organization, agent: Agent, dana: Person, quinn: Person, sam: Person
) -> None:
    hidden = builders.an_agent(organization, dana, slug="hidden", name="Hidden desk")
    builders.edited(hidden, dana, "Secret plans.\n")

    assert acts(quinn.client(), HISTORY) == MOVES[1:]
    seen = acts(dana.client(), HISTORY)
    assert seen[0] == "Dana Reyes saved the draft"
    assert "Dana Reyes created the agent" in seen
    assert set(MOVES[1:]) <= set(seen)
    assert "Hidden desk" not in words(page(quinn.client().get(HISTORY)))
    for address in (RELEASES, HISTORY):
        assert sam.client().get(address).status_code == 404
        links = page(quinn.client().get(address)).xpath("//nav[@id='rail']//a/@href")
        assert {RELEASES, HISTORY} <= set(links)


def test_history__saves_in_a_row__are_one_entry(organization: Organization, dana: Person) -> None:
    agent = builders.an_agent(organization, dana)
    for number in range(3):
        builders.edited(agent, dana, f"Draft {number}.\n")

    assert acts(dana.client(), HISTORY) == ["Dana Reyes saved the draft 3 times", "Dana Reyes created the agent"]


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        ([], []),
        ([("Dana", "draft.saved"), ("Ben", "draft.saved"), ("Dana", "draft.saved")], [1, 1, 1]),
        ([("Dana", "draft.saved"), ("Dana", "draft.saved"), ("Dana", "agent.created")], [2, 1]),
        ([("Dana", "draft.saved"), ("Dana", "release.published"), ("Dana", "draft.saved")], [1, 1, 1]),
    ],
)
def test_joined__only_saves_that_nothing_came_between__are_one(told: list[tuple[str, str]], lines: list[int]) -> None:
    agent, now = Agent(name="Order desk"), datetime.now(UTC)
    entries = [Entry(at=now, who=who, text="x", icon="x", agent=agent, url="", kind=kind) for who, kind in told]

    assert [entry.times for entry in joined(entries)] == lines


def test_lists__long__are_paged_by_key_at_a_constant_cost(
    organization: Organization, agent: Agent, dana: Person, mara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = mara.client()
    client.get(RELEASES)
    with CaptureQueriesContext(connection) as few:
        client.get(RELEASES)
    for number in range(6):
        builders.a_candidate(organization, author=dana, slug=f"desk-{number}", name=f"Desk {number}")
    with CaptureQueriesContext(connection) as many:
        client.get(RELEASES)
    whole = acts(client, RELEASES)

    monkeypatch.setattr(paging, "PAGE", 4)
    answer = client.get(RELEASES)
    walked = [words(row) for row in page(answer).xpath("//main//tbody/tr/th/a")]
    while older := page(answer).xpath("//a[@rel='next']/@href"):
        answer = client.get(older[0])
        walked += [words(row) for row in page(answer).xpath("//main//tbody/tr/th/a")]

    assert len(many) == len(few) <= 30
    assert (len(whole), walked) == (13, whole)
