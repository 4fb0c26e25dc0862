"""Release records, the timeline, environments and comparisons: who reads what, and that it never changes."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent, Draft
from console.organizations.models import Organization
from environments import timeline_page
from environments.models import Deployment
from tests import builders
from tests.cast import Person
from tests.pages import has_id, heading, page, words

AGENT = "/o/harbourline/agents/order-desk/"


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    return builders.two_live_versions(organization, author=dana, tester=quinn, admin=mara)


def record_of(agent: Agent, version: int, environment: str) -> str:
    move = Deployment.objects.get(agent=agent, version__number=version, environment__slug=environment)
    return f"{AGENT}releases/{move.pk}/"


def test_record__of_a_past_push__keeps_its_people_gates_and_difference(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    address = record_of(agent, 2, "production")
    builders.pushed(agent, dana, quinn, mara, "Three.\n")

    response = avery.client().get(address)

    text = words(page(response).xpath("//main")[0])
    assert heading(response) == "Mara Lindqvist pushed v2 to Production, replacing v1 PRD"
    assert re.search(r"It served for (less than a minute|\d+ min), until", text)
    assert "v2 against v1: 1 change" in text
    for kept in ("OPS-1", "Quinn Abara", "Marked ready by Quinn Abara"):
        assert kept in text
    assert "After: v3" in text


def test_record__content__only_for_who_may_read_it(
    organization: Organization, agent: Agent, dana: Person, quinn: Person, sam: Person
) -> None:
    address = record_of(agent, 2, "production")

    assert "v2 against v1" in words(page(quinn.client().get(address)))
    assert sam.client().get(address).status_code == 404
    assert dana.client().get(f"{AGENT}releases/0190a000-0000-7000-8000-000000000000/").status_code == 404


def test_timeline__everything__newest_first_and_by_environment(agent: Agent, quinn: Person) -> None:
    text = words(page(quinn.client().get(f"{AGENT}releases/")).xpath("//ol")[-1])
    told = [
        "Mara Lindqvist pushed v2 to Production, replacing v1",
        "Quinn Abara marked v2 ready for Production",
        "Dana Reyes promoted v2 to Staging, replacing v1",
        "Mara Lindqvist pushed v1 to Production",
        "Quinn Abara marked v1 ready for Production",
        "Dana Reyes promoted v1 to Staging",
    ]
    places = [text.rindex(sentence) for sentence in told]

    assert places == sorted(places)
    only = words(page(quinn.client().get(f"{AGENT}releases/?environment=production")))
    assert "pushed v2" in only
    assert "promoted v2" not in only
    assert quinn.client().get(f"{AGENT}releases/?environment=nowhere").status_code == 404
    assert quinn.client().get(f"{AGENT}releases/?older=yesterday").status_code == 400


def test_timeline__pages__show_each_entry_once(agent: Agent, dana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline_page, "PAGE", 2)
    client, address, seen = dana.client(), f"{AGENT}releases/", []

    for _ in range(5):
        response = client.get(address)
        seen += [words(entry) for entry in page(response).xpath("//ol[@class='story']/li/div/p[1]")]
        following = page(response).xpath("//a[@rel='next']/@href")
        if not following:
            break
        address = following[0]

    assert len(seen) == len(set(seen)) == 6


def test_environment_page__who_may_open_it__sees_what_it_serves(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    assert "Serves v2" in words(page(mara.client().get(f"{AGENT}env/production")))
    assert "Read only: auditors cannot edit." in words(page(avery.client().get(f"{AGENT}env/production")))
    assert quinn.client().get(f"{AGENT}env/staging").status_code == 200
    for person, place in ((quinn, "production"), (dana, "staging"), (dana, "production")):
        refused = person.client().get(f"{AGENT}env/{place}")
        assert refused.status_code == 403
        assert "Mara Lindqvist" in words(page(refused))
    assert mara.client().get(f"{AGENT}env/nowhere").status_code == 404
    assert mara.client().get(f"{AGENT}env/development").status_code == 302


def test_environment_page__nothing_pinned__is_said_with_the_code(
    organization: Organization, dana: Person, mara: Person
) -> None:
    builders.a_candidate(organization, author=dana)

    assert "environment_unpinned" in words(page(mara.client().get(f"{AGENT}env/production")))


def test_compare__sides__are_found_or_named_as_missing(agent: Agent, dana: Person, quinn: Person) -> None:
    builders.edited(agent, dana, "Three.\n")
    save = Draft.history.filter(agent=agent).order_by("history_date").first()
    assert save is not None
    client = dana.client()

    def sentence(left: str, right: str) -> str:
        return words(page(client.get(f"{AGENT}compare", {"from": left, "to": right})).xpath("//main")[0])

    assert "v2 against v1: 1 change" in sentence("1", "2")
    assert "Draft against Production (v2): 1 change" in sentence("environment:production", "draft")
    assert "Identical: same digest" in sentence(f"history:{save.pk}", "1")
    for missing in ("9", "environment:nowhere", "history:0", "history:abc", "nonsense", "99999999999999999999"):
        response = client.get(f"{AGENT}compare", {"from": "1", "to": missing})
        assert response.status_code == 404
        assert has_id(response, "side-from")
    assert client.get(f"{AGENT}compare").status_code == 200


def test_compare__rights__qa_reads_what_went_through_staging_and_no_draft(
    agent: Agent, quinn: Person, sam: Person
) -> None:
    assert quinn.client().get(f"{AGENT}compare?from=1&to=environment:production").status_code == 200
    for private in ("draft", "history:1"):
        assert quinn.client().get(f"{AGENT}compare?from=1&to={private}").status_code == 403
    assert sam.client().get(f"{AGENT}compare?from=1&to=2").status_code == 404


@pytest.mark.parametrize("path", ["", "promote", "push", "rollback", "releases/", "compare", "staging"])
@pytest.mark.usefixtures("cold")
def test_pages__longer_history__cost_no_more_queries(
    path: str, agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    builders.pushed(agent, dana, quinn, mara, "Three.\n")
    builders.edited(agent, dana, "Four.\n")
    client = mara.client()
    client.get(f"{AGENT}{path}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"{AGENT}{path}")
    for number in range(4):
        builders.pushed(agent, dana, quinn, mara, f"More {number}.\n")
    builders.edited(agent, dana, "Last.\n")

    with CaptureQueriesContext(connection) as many:
        client.get(f"{AGENT}{path}")

    assert len(many) <= len(few)
    assert len(many) <= 60
