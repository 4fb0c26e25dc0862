"""The list of versions, one version, and a version as a file."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.documents import dump_yaml
from agents.exports import document_of
from console.organizations.models import Organization
from tests.builders import CONFIG, a_candidate, a_rolled_back_version, an_agent, edited, more_versions
from tests.cast import Person
from tests.pages import by_id, has_id, page, words

AGENT = "/o/harbourline/agents/order-desk"
VERSIONS = f"{AGENT}/versions/"


def queries(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_versions__of_a_long_life__say_state_and_place_of_each(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara)
    edited(agent, dana, "You are new.\n")

    response = dana.client().get(VERSIONS)

    rows = page(response).xpath("//table[@id='versions']/tbody/tr/@id")
    assert rows == ["draft-row", "v2", "v1"]
    for said in ("v2 STG Staging", "Rolled back On hold", "You answer questions about orders.", "Dana Reyes"):
        assert said in words(by_id(response, "v2"))
    assert "v1 PRD Production" in words(by_id(response, "v1"))
    assert "1 part changed since v2" in words(by_id(response, "draft-row"))
    checked = page(response).xpath("//table[@id='versions']//input[@checked]/@value")
    assert checked == ["2", "1"]


def test_versions__of_a_draft_only__offer_the_first_publish(organization: Organization, dana: Person) -> None:
    an_agent(organization, dana)

    response = dana.client().get(VERSIONS)

    assert by_id(response, "no-version").xpath("string(.//a/@href)") == f"{AGENT}/promote"


def test_versions__for_qa__have_no_draft(organization: Organization, dana: Person, quinn: Person) -> None:
    a_candidate(organization, author=dana)

    response = quinn.client().get(VERSIONS)

    assert page(response).xpath("//table[@id='versions']/tbody/tr/@id") == ["v1"]


def test_versions__however_many__cost_the_same_queries_and_are_paged(organization: Organization, dana: Person) -> None:
    agent, client = a_candidate(organization, author=dana), dana.client()
    few = queries(client, VERSIONS)
    more_versions(agent, 51)

    many, first = queries(client, VERSIONS), client.get(VERSIONS)

    assert many == few
    assert len(page(first).xpath("//table[@id='versions']/tbody/tr")) == 51
    (older,) = page(first).xpath("//a[@rel='next']/@href")
    second = client.get(f"{VERSIONS}{older}")
    assert page(second).xpath("//table[@id='versions']/tbody/tr/@id") == ["v2", "v1"]
    assert client.get(f"{VERSIONS}?before=x").status_code == 400


def test_version__for_a_developer__shows_content_decisions_and_moves(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara)

    response = dana.client().get(f"{VERSIONS}1/?part=tools/order-lookup")

    assert "endpoint: https://orders.example/orders" in words(by_id(response, "text")).replace('"', "")
    assert "Marked ready by Quinn Abara in Staging" in words(by_id(response, "sign-offs"))
    assert words(by_id(response, "moves")).count("Production") == 2
    assert has_id(response, "export")
    assert dana.client().get(f"{VERSIONS}1/?part=tools/absent").status_code == 404


@pytest.mark.parametrize("part", ["prompt", "settings", "knowledge/returns"])
def test_version__for_qa__is_read_because_it_was_in_staging(
    organization: Organization, dana: Person, quinn: Person, part: str
) -> None:
    a_candidate(organization, author=dana)

    response = quinn.client().get(f"{VERSIONS}1/?part={part}")

    assert has_id(response, "text")
    assert f"{AGENT}/draft/fork?number=1" not in page(response).xpath("//main//a/@href")


def test_version__that_is_not_there__is_not_found(organization: Organization, dana: Person, sam: Person) -> None:
    a_candidate(organization, author=dana)

    assert dana.client().get(f"{VERSIONS}2/").status_code == 404
    assert dana.client().get(f"{VERSIONS}2/export.json").status_code == 404
    assert sam.client().get(VERSIONS).status_code == 404
    assert sam.client().get(f"{VERSIONS}1/").status_code == 404
    assert sam.client().get(f"{VERSIONS}1/export.json").status_code == 404


def test_version_export__after_the_draft_changed__is_still_the_same_bytes(
    organization: Organization, dana: Person, quinn: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    edited(agent, dana, "You are new.\n")

    response = quinn.client().get(f"{VERSIONS}1/export.yaml")

    assert response["Content-Disposition"] == 'attachment; filename="order-desk-v1.yaml"'
    assert response.content == dump_yaml(document_of(agent, CONFIG))
