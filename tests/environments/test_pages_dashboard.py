"""The dashboard: what is live where, whose turn it is, what differs; filters that are true over all agents."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml.html import HtmlElement

from agents.grants import grant_role
from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import archive_agent, create_environment, lift_hold, promote
from environments.approvals import Basis, rules_of
from environments.available import offers
from environments.boards.matrix import FORWARD
from environments.models import Environment, SignOff
from environments.pipeline import environments_of
from environments.policies import permissions_on_agent
from environments.standing import standing_of
from tests import builders
from tests.cast import Person, join, new_account
from tests.pages import Answer, by_id, has_id, heading, page, words

BOARD = "/o/harbourline/"


def look_again(client: Client, address: str = BOARD, stamp: str = "") -> Any:
    """As the page does by itself, with the stamp of what it shows."""
    return client.get(address, headers={"X-Slipway-Live": "1", "If-None-Match": stamp})


def cell(response: Answer, agent: str, place: str) -> str:
    return words(by_id(response, f"{agent}--{place}"))


def rows(response: Answer) -> list[str]:
    return [str(row.get("id")).removeprefix("agent-") for row in page(response).xpath("//tbody[@id='matrix-rows']/tr")]


def tiles(response: Answer) -> dict[str, int]:
    found = (words(tile).partition(" ") for tile in page(response).xpath("//nav[@id='tiles']//a"))
    return {label: int(count) for count, _, label in found}


def steps_shown(response: Answer) -> dict[str, set[tuple[str, str]]]:
    def step(link: HtmlElement) -> tuple[str, str]:
        return words(link), str(link.get("href"))

    found = page(response).xpath("//tbody[@id='matrix-rows']/tr")
    return {str(row.get("id")): {step(link) for link in row.xpath(".//a[@data-step]")} for row in found}


@pytest.fixture
def agents(organization: Organization, dana: Person, quinn: Person, mara: Person) -> None:
    """One agent in each situation."""
    builders.an_agent(organization, dana, slug="intake", name="Intake")
    builders.a_candidate(organization, author=dana, slug="claims", name="Claims", labels={"team": "claims"})
    builders.an_agent_sent_back(organization, author=dana, tester=quinn, slug="ferry", name="Ferry")
    ready = builders.a_ready_version(organization, author=dana, tester=quinn, slug="billing", name="Billing")
    builders.edited(ready, dana, "Another prompt.\n")
    builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara, slug="refunds", name="Refunds")
    builders.a_live_version(organization, author=dana, tester=quinn, admin=mara, slug="hotel", name="Hotel")


@pytest.mark.usefixtures("agents")
def test_dashboard__each_role__sees_its_rows_and_columns(
    dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    everything = ["billing", "claims", "ferry", "hotel", "intake", "refunds"]
    all_columns = ["Agent", "DEV Development", "STG Staging", "RDY Ready for Production", "PRD Production"]

    for person in (dana, mara, avery):
        response = person.client().get(BOARD)
        assert rows(response) == everything
        assert [words(head) for head in page(response).xpath("//thead//th")] == all_columns
    response = quinn.client().get(BOARD)
    assert rows(response) == [slug for slug in everything if slug != "intake"]
    assert [words(head) for head in page(response).xpath("//thead//th")] == ["Agent", *all_columns[2:]]
    assert heading(response) == "Dashboard"
    assert page(avery.client().get(BOARD)).xpath("//a[@data-step]") == []


@pytest.mark.usefixtures("agents")
def test_dashboard__each_cell__says_version_age_state_and_whose_turn_it_is(dana: Person, mara: Person) -> None:
    response = dana.client().get(BOARD)

    assert cell(response, "claims", "staging") == "v1 the same as on its left Staging just now, Dana Reyes"
    assert cell(response, "claims", "ready") == "Not decided waits for QA: Quinn Abara"
    assert cell(response, "claims", "production") == "Nothing pinned"
    assert cell(response, "ferry", "ready").startswith("Changes requested just now waits for Developer: Dana Reyes")
    assert "It promises refunds" in cell(response, "ferry", "ready")
    assert cell(response, "billing", "ready") == "v1 the same as on its left Ready for Production just now, Quinn Abara"
    assert cell(response, "billing", "production") == "Nothing pinned waits for Org Admin: Mara Lindqvist"
    assert cell(response, "billing", "development").startswith("v1 Draft just now, Dana Reyes Unpublished: 1 part")
    assert (
        cell(response, "intake", "development") == "Development Not published just now, Dana Reyes Promote to Staging"
    )
    assert cell(response, "refunds", "staging").startswith("v2 the same as on its left On hold")
    assert cell(response, "refunds", "ready") == "On hold waits for Org Admin: Mara Lindqvist"
    assert "Behind: 1 version" in cell(response, "refunds", "production")
    assert cell(response, "hotel", "ready").startswith("v1 the same as on its left Approved")
    assert "Push to Production: v1" in cell(mara.client().get(BOARD), "billing", "production")


@pytest.mark.usefixtures("agents")
def test_dashboard__every_drift__has_a_name_and_links_to_its_difference(dana: Person) -> None:
    client = dana.client()
    response = client.get(BOARD)

    found = {
        (words(one).partition(":")[0], str(one.get("href"))) for one in page(response).xpath("//a[@class='drift']")
    }

    assert found == {
        ("Unpublished", "/o/harbourline/agents/billing/compare?from=1&to=draft"),
        ("Behind", "/o/harbourline/agents/refunds/compare?from=environment%3Aproduction&to=environment%3Astaging"),
    }
    assert {client.get(url).status_code for _, url in found} == {200}


@pytest.mark.usefixtures("agents")
def test_dashboard__every_agent_and_role__offers_exactly_what_its_page_offers(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, robin, "developer", "qa", "org_admin")
    builders.a_candidate(organization, author=robin, slug="own", name="Own")

    for person in (dana, quinn, mara, robin):
        shown = steps_shown(person.client().get(BOARD))
        for agent in Agent.objects.visible_to(person.user, organization).select_related("organization"):
            found = offers(standing_of(agent), person.actor(), permissions_on_agent(person.user, agent))
            wanted = {(one.label, one.url) for one in found if one.enabled and one.verb in FORWARD}
            edits = {step for step in shown[f"agent-{agent.slug}"] if step[0] == "Edit the draft"}
            assert shown[f"agent-{agent.slug}"] - edits == wanted, (person.name, agent.slug)


@pytest.mark.usefixtures("agents")
def test_tiles__each_role__count_and_filter_what_is_true_over_all_agents(
    organization: Organization, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    mine = {dana: ["ferry"], quinn: ["claims"], mara: ["billing", "refunds"]}

    for person, slugs in mine.items():
        client = person.client()
        response = client.get(f"{BOARD}?tile=mine")
        assert rows(response) == slugs, person.name
        assert tiles(response)["Waits for me"] == len(slugs)
        assert {row.get("class") for row in page(response).xpath("//tbody/tr")} == {"waits"}
    assert tiles(dana.client().get(BOARD)) == {
        "All": 6,
        "Waits for me": 1,
        "Behind": 1,
        "Unpublished": 1,
        "On hold": 1,
        "Changes requested": 1,
    }
    assert "Waits for me" not in tiles(avery.client().get(BOARD))
    assert "Unpublished" not in tiles(quinn.client().get(BOARD))
    client = dana.client()
    for tile, slugs in {
        "behind": ["refunds"],
        "unpublished": ["billing"],
        "held": ["refunds"],
        "changes": ["ferry"],
    }.items():
        assert rows(client.get(f"{BOARD}?tile={tile}")) == slugs
    assert rows(client.get(f"{BOARD}?q=bil")) == ["billing"]
    assert rows(client.get(f"{BOARD}?label=team:claims&tile=mine")) == []
    assert tiles(client.get(f"{BOARD}?label=team:claims"))["All"] == 1


def test_waits_for_me__own_work_a_grant_and_a_hold_that_is_history__follow_the_rules(
    organization: Organization, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, robin, "developer", "qa", "org_admin")
    builders.a_candidate(organization, author=robin, slug="own")
    both = builders.a_candidate(organization, author=dana, slug="both")
    back = builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara, slug="back")
    grant_role(both, actor=mara.actor(), user=avery.user, role="qa")

    assert rows(robin.client().get(f"{BOARD}?tile=mine")) == ["back", "both"]
    assert rows(quinn.client().get(f"{BOARD}?tile=mine")) == ["both", "own"]
    assert rows(avery.client().get(f"{BOARD}?tile=mine")) == ["both"]
    lift_hold(back, actor=mara.actor(), number=2, reason="The carrier")
    assert rows(mara.client().get(f"{BOARD}?tile=mine")) == []


def test_waits_for_me__a_draft_behind_a_rollback__waits_for_who_wrote_it(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara)
    builders.edited(agent, dana, "A third prompt.\n")

    response = dana.client().get(f"{BOARD}?tile=mine")

    assert rows(response) == ["order-desk"]
    assert "Mara Lindqvist rolled Production back to v1" in cell(response, "order-desk", "development")
    assert page(response).xpath("//a[text()='Merge']/@href") == [
        "/o/harbourline/agents/order-desk/draft/merge?number=1"
    ]


@pytest.mark.usefixtures("agents")
def test_live__nothing_happened__is_304_in_few_queries_and_200_after_any_act(dana: Person, quinn: Person) -> None:
    client = dana.client()
    response = look_again(client)
    stamp = response["ETag"]

    assert page(response).xpath("//header") == []
    assert has_id(response, "board")
    with CaptureQueriesContext(connection) as asked:
        again = look_again(client, stamp=stamp)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", stamp)
    assert len(asked) <= 9  # session, person and the tracking of sessions; the organization and its last event
    assert [one["sql"] for one in asked if re.search('FROM "(agents|environments)_', one["sql"])] == []
    assert again["X-Slipway-As-Of"]
    assert look_again(client, f"{BOARD}?q=x", stamp).status_code == 200
    assert look_again(quinn.client(), stamp=stamp).status_code == 200
    assert client.get(BOARD, headers={"If-None-Match": stamp}).status_code == 200
    builders.edited(Agent.objects.get(slug="hotel"), dana, "Changed.\n")
    changed = look_again(client, stamp=stamp)
    assert changed.status_code == 200
    assert "Unpublished: 1 part" in cell(changed, "hotel", "development")


@pytest.mark.usefixtures("agents")
def test_peek__a_row__shows_the_last_releases_the_differences_and_the_way_back(mara: Person, quinn: Person) -> None:
    response = mara.client().get("/o/harbourline/agents/refunds/peek")

    text = words(page(response))
    assert "Mara Lindqvist rolled Production back from v2 to v1" in text
    assert "Behind Production serves v1, Staging v2: 1 version behind." in text
    assert page(mara.client().get("/o/harbourline/agents/hotel/peek")).xpath("//a[text()='Rollback']") == []
    assert quinn.client().get("/o/harbourline/agents/intake/peek").status_code == 404


def test_dashboard__texts_that_look_like_markup__are_shown_as_they_are(
    organization: Organization, dana: Person
) -> None:
    builders.an_agent(organization, dana, slug="odd", name='<b>"Odd"</b> & co', labels={"team": "<i>x"})

    row = by_id(dana.client().get(BOARD), "agent-odd")

    assert '<b>"Odd"</b> & co' in words(row)
    assert "team: <i>x" in words(row)
    assert row.xpath(".//b | .//i") == []


@pytest.mark.parametrize("query", ["?tile=nonsense", "?size=7", "?after=<script>", "?q=" + "x" * 200])
def test_dashboard__impossible_filter__is_400_with_reason(query: str, dana: Person) -> None:
    response = dana.client().get(f"{BOARD}{query}")

    assert response.status_code == 400
    assert "This filter is not known" in words(page(response))


def test_dashboard__nothing_there__says_what_to_do(
    organization: Organization, dana: Person, quinn: Person, mara: Person, sam: Person
) -> None:
    assert "No agents yet. Create one" in words(page(dana.client().get(BOARD)))
    assert "Nothing has been promoted to Staging yet." in words(page(quinn.client().get(BOARD)))
    agent = builders.an_agent(organization, dana)
    archive_agent(agent, actor=mara.actor())
    assert "No agents yet." in words(page(dana.client().get(BOARD)))
    assert "No agent matches these filters." in words(page(dana.client().get(f"{BOARD}?q=zzz")))
    assert sam.client().get(BOARD).status_code == 404


def test_dashboard__thirty_agents__costs_what_three_cost(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    for number in range(2):
        builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara, slug=f"back-{number}")
    ready = builders.a_ready_version(organization, author=dana, tester=quinn, slug="a-ready")
    builders.edited(ready, dana, "Another prompt.\n")
    clients = [person.client() for person in (dana, quinn, mara)]

    few = [queries_of(client) for client in clients]
    builders.copies(ready, [f"copy-{number:02}" for number in range(27)])
    many = [queries_of(client) for client in clients]

    assert few == many
    assert max(many) <= 45


def queries_of(client: Client) -> int:
    client.get(BOARD)
    with CaptureQueriesContext(connection) as asked:
        client.get(BOARD)
    return len(asked)


def approved_under(organization: Organization, rules: dict[str, Any]) -> None:
    """Production asks for this, and what was approved was approved under it."""
    Environment.objects.filter(organization=organization, kind="production").update(entry_rules=rules)
    basis = rules_of(environments_of(organization), organization)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = 'replica'")  # sign-offs are immutable
        for signed in SignOff.objects.all():
            now = Basis(signed.digest, [], basis)
            SignOff.objects.filter(pk=signed.pk).update(basis=now.as_json(), fingerprint=now.fingerprint)
        cursor.execute("SET session_replication_role = 'origin'")


def test_waits_for_me__entry_rules_of_production__are_those_of_the_push(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    builders.a_ready_version(organization, author=dana, tester=quinn, slug="billing")
    asked: list[tuple[dict[str, Any], bool]] = [
        ({"freeze": {"reason": "Holidays"}}, False),
        ({"soak_minutes": 60}, False),
        ({"approvals": [{"role": "qa", "count": 1}]}, True),
        ({"approvals": [{"role": "qa", "count": 2}]}, False),
        ({"service_accounts_only": True}, False),
        ({"document_valid": True, "export_kept": True}, True),
    ]

    for rules, waits in asked:
        approved_under(organization, rules)
        response = mara.client().get(BOARD)
        assert ("Push to Production: v1" in cell(response, "billing", "production")) is waits, rules
        assert ("billing" in rows(mara.client().get(f"{BOARD}?tile=mine"))) is waits, rules


def test_dashboard__another_pipeline__has_its_own_columns_in_order(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    create_environment(organization, actor=mara.actor(), name="Sandbox", kind="staging", position=1)
    create_environment(organization, actor=mara.actor(), name="Asia", kind="production")
    agent = builders.a_candidate(organization, author=dana)

    response = dana.client().get(BOARD)
    columns = [words(head) for head in page(response).xpath("//thead//th")]
    assert columns[1:] == [
        "DEV Development",
        "SAN Sandbox",
        "STA Staging",
        "RDY Ready for Production",
        "PRO Production",
        "ASI Asia",
    ]
    assert cell(response, "order-desk", "sandbox").startswith("v1")
    assert "Promote to Staging" in cell(response, "order-desk", "staging")
    promote(agent, actor=dana.actor(), number=1, environment="staging")
    assert "waits for QA: Quinn Abara" in cell(dana.client().get(BOARD), "order-desk", "ready")
    assert rows(quinn.client().get(f"{BOARD}?tile=mine")) == ["order-desk"]
