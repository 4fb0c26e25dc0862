"""Lanes and the question what was live then: pure, and against the database at the edges of a move."""

from datetime import UTC, datetime, timedelta

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import rollback
from environments.lanes import Mark, Stay, lanes
from environments.models import Deployment, Environment
from environments.then import move_at, served_at
from tests import builders
from tests.cast import Person
from tests.pages import by_id, page, words

AGENT = "/o/harbourline/agents/order-desk/"
DAY = datetime(2026, 5, 3, tzinfo=UTC)


def day(number: int) -> datetime:
    return DAY + timedelta(days=number)


def drawn(row: list[Mark]) -> str:
    """A row of lanes as a log would draw it: `|` goes by, `o` was, `*` is there, space is no lane."""
    return "".join({"past": "|", "was": "o", "now": "*", "": " "}[mark.state] for mark in row)


def test_lanes__of_two_environments__run_from_the_first_to_the_latest_version_they_served() -> None:
    stays = [
        Stay("stg", 1, day(0), day(1)),
        Stay("stg", 2, day(1), day(2)),
        Stay("stg", 3, day(2), day(3)),
        Stay("stg", 4, day(3)),
        Stay("prd", 1, day(1), day(4)),
        Stay("prd", 3, day(4), day(5)),
        Stay("prd", 1, day(5)),
    ]

    found = lanes([5, 4, 3, 2, 1], ["stg", "prd", "eu"], stays, {"stg": (1, 4), "prd": (1, 3)})

    assert [drawn(found[number]) for number in (5, 4, 3, 2, 1)] == ["   ", "*  ", "oo ", "o| ", "o* "]
    assert [(found[number][0].up, found[number][0].down) for number in (4, 3, 1)] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert [stay.since for stay in found[1][1].stays] == [day(5), day(1)]


def test_lanes__of_a_page_in_the_middle__go_on_to_the_pages_beside_it() -> None:
    found = lanes([52, 51], ["prd"], [Stay("prd", 51, day(0), day(1))], {"prd": (3, 90)})

    assert [drawn(found[number]) for number in (52, 51)] == ["|", "o"]
    assert all(mark.up and mark.down for row in found.values() for mark in row)


def test_lanes__nothing_was_served__there_are_none() -> None:
    assert lanes([1], ["prd"], [], {}) == {1: [Mark("prd")]}
    assert lanes([], ["prd"], [], {}) == {}


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    return builders.two_live_versions(organization, author=dana, tester=quinn, admin=mara)


def test_served_at__before_exactly_at_and_between_moves__answers_with_the_move_that_counts(
    agent: Agent, mara: Person
) -> None:
    production = Environment.objects.get(organization=agent.organization, slug="production")
    first, second = Deployment.objects.filter(agent=agent, environment=production).order_by("at")
    instant = timedelta(microseconds=1)
    rollback(agent, actor=mara.actor(), environment="production", number=1, reason="Wrong")
    third = Deployment.objects.get(agent=agent, action="rollback")

    cases = [
        (first.at - instant, None),
        (first.at, first),
        (second.at - instant, first),
        (second.at, second),
        (second.at + (third.at - second.at) / 2, second),
        (third.at, third),
        (third.at + timedelta(days=900), third),
    ]
    for moment, move in cases:
        assert move_at(agent, production, moment) == move
        assert served_at(agent, moment).get(production.pk) == move
    staging = Environment.objects.get(organization=agent.organization, slug="staging")
    assert set(served_at(agent, first.at)) == {staging.pk, production.pk}
    assert set(served_at(agent, first.at - timedelta(days=9))) == set()


def test_versions_page__asked_for_a_moment__names_version_record_and_difference(
    agent: Agent, quinn: Person, mara: Person
) -> None:
    first, second = Deployment.objects.filter(agent=agent, environment__slug="production").order_by("at")
    between = (first.at + (second.at - first.at) / 2).strftime("%Y-%m-%dT%H:%M:%S")

    asked = mara.client().get(f"{AGENT}versions/", {"at": between})

    text = words(by_id(asked, "past"))
    assert "Time zone: UTC, Coordinated Universal Time" in text
    assert "Production served" in text
    client = quinn.client()
    early, wrong = (client.get(f"{AGENT}versions/", {"at": at}) for at in ("2020-05-03T14:32", "yesterday"))
    assert "Production served nothing yet." in words(by_id(early, "past"))
    assert (wrong.status_code, client.get(f"{AGENT}versions/?at=").status_code) == (400, 200)
    assert "Give a moment like 2026-05-03 14:32." in words(by_id(wrong, "past"))
    late = mara.client().get(f"{AGENT}env/production", {"at": "2999-01-01T00:00"})
    assert "served v2" in words(by_id(late, "past"))
    assert "and served still" in words(by_id(late, "past"))
    assert f"{AGENT}releases/{second.pk}/" in page(late).xpath("//*[@id='past']//a/@href")
    assert mara.client().get(f"{AGENT}env/production", {"at": "0001-01-01T00:00"}).status_code == 400


def test_versions_page__rows__show_lanes_changes_flags_and_acts(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    rollback(agent, actor=mara.actor(), environment="production", number=1, reason="Wrong")
    shown = dana.client().get(f"{AGENT}versions/")

    newest = by_id(shown, "v2")
    lane = newest.xpath(".//td[contains(@class, 'lane-prd')]")[0]
    assert "lane-was" in lane.get("class")
    assert "lane-now" in by_id(shown, "v1").xpath(".//td[contains(@class, 'lane-prd')]")[0].get("class")
    assert words(lane).startswith("Production: ")
    assert "Prompt" in [words(chip) for chip in newest.xpath(".//ul[@class='chips']/li")]
    assert "On hold" in words(newest)
    labels = [words(link) for link in newest.xpath(".//div[@class='acts']/a")]
    assert labels == ["Compare with live: v2", "Restore", "Export"]
    assert page(shown).xpath("//tbody/tr[1]/@id") == ["draft-row"]
    (restore,) = newest.xpath(".//a[.='Restore']/@href")
    assert "v2" in words(page(dana.client().get(restore)))
    for looker in (quinn, avery):
        found = by_id(looker.client().get(f"{AGENT}versions/"), "v2")
        assert [words(link) for link in found.xpath(".//div[@class='acts']/a")] == ["Compare with live: v2", "Export"]
