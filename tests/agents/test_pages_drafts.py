"""The pages of a draft: what each role sees, and the same few queries whatever the draft holds."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.documents import dump_json, dump_yaml, dump_zip
from agents.exports import document_of
from console.organizations.models import Organization
from environments.actions import archive_agent
from tests.agents.drafting import AGENT, AGENTS, DRAFT, digest_of
from tests.builders import CONFIG, a_candidate, an_agent, config_of, edited, rewritten
from tests.cast import Person
from tests.pages import by_id, has_id, heading, page, words

WRITERS = {"json": dump_json, "yaml": dump_yaml, "zip": dump_zip}


def queries(client: Any, address: str) -> int:
    """How many queries a page costs once the session and the permissions' content types are warm."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_draft__for_a_developer__shows_sections_changes_and_problems(organization: Organization, dana: Person) -> None:
    agent = a_candidate(organization, author=dana)
    changed = {**CONFIG, "prompt": "You answer for {{company}}.\n", "variables": {}, "tools": {}}
    rewritten(agent, dana, changed)

    response = dana.client().get(f"{DRAFT}/")

    assert heading(response).startswith("Draft")
    assert "Draft: 2 parts changed since v1 Dana Reyes 2 saved" in words(by_id(response, "draft-banner"))
    assert "1 line, 28 characters" in words(by_id(response, "prompt"))
    assert "changed" in words(by_id(response, "prompt"))
    assert "Only in v1" in words(by_id(response, "tools"))
    assert "{{company}} is used but not declared" in words(by_id(response, "problems"))
    (jump,) = by_id(response, "problems").xpath(".//a/@href")
    assert jump == f"{DRAFT}/edit/prompt#problem=/prompt"
    links = page(response).xpath("//main//a/@href")
    for address in (f"{AGENT}/promote", f"{DRAFT}/delete", f"{DRAFT}/history", f"{DRAFT}/import"):
        assert address in links


@pytest.mark.parametrize(("name", "status"), [("mara", 200), ("avery", 200), ("quinn", 403), ("sam", 404)])
@pytest.mark.parametrize("address", ["", "history", "export.json", "edit/prompt", "merge", "delete"])
def test_draft__for_each_role__is_read_as_the_role_table_says(
    organization: Organization, dana: Person, request: pytest.FixtureRequest, name: str, status: int, address: str
) -> None:
    a_candidate(organization, author=dana)

    assert request.getfixturevalue(name).client().get(f"{DRAFT}/{address}").status_code == status


def test_draft__for_an_auditor__offers_no_act(organization: Organization, dana: Person, avery: Person) -> None:
    agent = a_candidate(organization, author=dana)
    edited(agent, dana, "You are calm.\n")

    response = avery.client().get(f"{DRAFT}/")

    assert "Read only: auditors cannot edit." in words(by_id(response, "main"))
    links = page(response).xpath("//main//a/@href")
    assert not {f"{AGENT}/promote", f"{DRAFT}/delete", f"{DRAFT}/import", f"{DRAFT}/add/tools"} & set(links)


def test_draft__of_an_archived_agent__is_read_only(organization: Organization, dana: Person, mara: Person) -> None:
    archive_agent(an_agent(organization, dana), actor=mara.actor())

    response = dana.client().get(f"{DRAFT}/")

    assert "Read only: the agent is archived." in words(by_id(response, "main"))
    assert f"{DRAFT}/import" not in page(response).xpath("//main//a/@href")


def test_draft__with_hostile_names_and_texts__shows_them_as_text(organization: Organization, dana: Person) -> None:
    script = "<script>alert(1)</script>"
    config = {"prompt": script, "tools": {"x": {"type": script, "description": script}}}
    an_agent(organization, dana, name=script, config=config)
    client = dana.client()

    for address in ("", "edit/prompt", "edit/tools/x", "history", "import"):
        assert script not in client.get(f"{DRAFT}/{address}").content.decode()


def test_draft__of_any_size__costs_the_same_queries(organization: Organization, dana: Person) -> None:
    agent, client = a_candidate(organization, author=dana), dana.client()
    edited(agent, dana, "You are calm.\n")
    small = {address: queries(client, f"{DRAFT}/{address}") for address in ("", "history", "edit/prompt")}
    pages = {f"page-{number}": {"title": f"Page {number}", "content": f"Page {number}"} for number in range(60)}
    rewritten(agent, dana, {**CONFIG, "knowledge": pages})
    for number in range(10):
        edited(agent, dana, f"{number}\n")

    large = {address: queries(client, f"{DRAFT}/{address}") for address in ("", "history", "edit/prompt")}

    assert large == small


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_export__of_a_draft__is_a_file_with_a_good_name(organization: Organization, dana: Person, ending: str) -> None:
    agent = an_agent(organization, dana, labels={"team": "commerce"})

    response = dana.client().get(f"{DRAFT}/export.{ending}")

    name = f"order-desk-draft-{digest_of(agent)[:7]}.{ending}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == f"application/{ending}"
    assert response.content == WRITERS[ending](document_of(agent, config_of(agent)))


@pytest.mark.parametrize(("vendor", "key"), [("vapi", "model"), ("elevenlabs", "conversation_config")])
def test_export__for_a_vendor__is_in_its_shape(organization: Organization, dana: Person, vendor: str, key: str) -> None:
    an_agent(organization, dana)

    response = dana.client().get(f"{DRAFT}/export.json?format={vendor}")

    assert response["Content-Disposition"].endswith(f'.{vendor}.json"')
    assert key in json.loads(response.content)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("export.exe", 404),
        ("export.json?format=other", 400),
        ("export.zip?format=vapi", 400),
        ("history?before=x", 400),
    ],
)
def test_export__of_an_unknown_format__is_refused(
    organization: Organization, dana: Person, address: str, status: int
) -> None:
    an_agent(organization, dana)

    assert dana.client().get(f"{DRAFT}/{address}").status_code == status


def test_history__of_many_saves__is_paged_and_complete(organization: Organization, dana: Person) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    for number in range(54):
        edited(agent, dana, f"You are number {number}.\n")

    first = client.get(f"{DRAFT}/history")
    (older,) = page(first).xpath("//a[@rel='next']/@href")
    second = client.get(f"{DRAFT}/history{older}")

    saves = [page(one).xpath("//table[@id='saves']//*[starts-with(@id, 'save-')]/@id") for one in (first, second)]
    assert [len(found) for found in saves] == [50, 5]
    assert len(set(saves[0] + saves[1])) == 55
    assert "Saved prompt now and 49 earlier saves of this sitting" in words(by_id(first, saves[0][0]))
    assert "Restore" in words(by_id(first, saves[0][7]))
    assert "beginning" in words(by_id(second, saves[1][-1]))
    assert not page(second).xpath("//a[@rel='next']")


def test_history__of_two_peoples_saves__folds_only_what_one_wrote_in_one_go(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = an_agent(organization, dana)
    for author, prompt in ((dana, "1"), (dana, "2"), (mara, "3"), (dana, "4"), (dana, "5")):
        edited(agent, author, prompt)
    rewritten(agent, dana, CONFIG)

    rows = page(dana.client().get(f"{DRAFT}/history")).xpath("//table[@id='saves']/tbody/tr")

    assert [len(row.xpath(".//li")) for row in rows] == [0, 1, 0, 1, 0]


def test_schema__for_anybody__is_the_published_json_schema(client: Any) -> None:
    response = client.get("/schemas/agent-v1.json")

    assert (response.status_code, response["Content-Type"]) == (200, "application/schema+json")
    assert json.loads(response.content)["title"] == "Slipway agent document, v1"
    assert client.post("/schemas/agent-v1.json").status_code == 405


def test_settings__for_each_role__offer_what_they_may(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    a_candidate(organization, author=dana)

    assert has_id(dana.client().get(f"{AGENT}/settings"), "id_name")
    assert not has_id(dana.client().get(f"{AGENT}/settings"), "archive")
    assert has_id(mara.client().get(f"{AGENT}/settings"), "archive")
    assert not has_id(quinn.client().get(f"{AGENT}/settings"), "id_name")


def test_pages__before_sign_in__ask_for_it(organization: Organization, dana: Person, client: Any) -> None:
    an_agent(organization, dana)

    for address in (f"{AGENTS}/new", f"{AGENTS}/import", f"{DRAFT}/", f"{AGENT}/settings", f"{AGENT}/versions/"):
        assert client.get(address)["Location"].startswith("/accounts/login/")
