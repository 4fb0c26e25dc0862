"""A new agent from a file: ours, Vapi's, ElevenLabs', and everything that is none of these."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agents.documents import dump_json, dump_yaml, dump_zip
from agents.models import Agent
from console.organizations.models import Organization
from tests.agents.drafting import AGENTS, digest_of, newest_refusal, newest_row, refused, row
from tests.builders import CONFIG, an_agent, config_of
from tests.cast import Person
from tests.pages import by_id, has_id, heading, words
from tests.samples import SAMPLES

IMPORT = f"{AGENTS}/import"
DOCUMENT = {
    "apiVersion": "v1",
    "kind": "Assistant",
    "metadata": {"name": "Order desk", "description": "Orders", "labels": {"team": "commerce"}},
    "spec": CONFIG,
}
WRITERS = {"agent.json": dump_json, "agent.yaml": dump_yaml, "agent.zip": dump_zip}


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_import_agent__of_our_document__holds_what_it_held(organization: Organization, dana: Person, name: str) -> None:
    response = dana.client().post(IMPORT, {"file": upload(name, WRITERS[name](DOCUMENT))})

    agent = Agent.objects.get()
    assert response["Location"] == f"{AGENTS}/order-desk/draft/"
    assert (agent.name, agent.description, agent.labels) == ("Order desk", "Orders", {"team": "commerce"})
    assert config_of(agent) == CONFIG
    assert newest_row() == row(
        "agent.imported", agent, dana, after=digest_of(agent), data={"slug": "order-desk", "source": name}
    )


def test_import_agent__of_a_vapi_assistant__says_what_it_was_and_where_it_landed(
    organization: Organization, dana: Person
) -> None:
    content = (SAMPLES / "vapi-everlast" / "assistant.json").read_bytes()
    client = dana.client()

    response = client.post(IMPORT, {"file": upload("assistant.json", content), "slug": "anna"}, follow=True)

    config = config_of(Agent.objects.get(slug="anna"))
    assert (config["settings"]["language"], len(config["tools"])) == ("de", 7)
    main = words(by_id(response, "main"))
    assert "assistant.json, read as a Vapi assistant" in main
    assert "7 tools" in main
    assert "language de" in words(by_id(response, "settings"))
    assert "qualify-lead" in words(by_id(response, "tools"))


def test_import_agent__of_an_elevenlabs_agent__lands_in_our_sections(organization: Organization, dana: Person) -> None:
    content = (SAMPLES / "elevenlabs-convai-cli" / "dev" / "example_agent.json").read_bytes()

    dana.client().post(IMPORT, {"file": upload("example_agent.json", content), "slug": "eleven"})

    assert "elevenlabs" in config_of(Agent.objects.get(slug="eleven"))["extensions"]


def test_import_agent__of_pasted_text__needs_no_file(organization: Organization, dana: Person) -> None:
    response = dana.client().post(IMPORT, {"text": dump_yaml(DOCUMENT).decode()})

    assert response.status_code == 302
    assert newest_row()["data"] == {"slug": "order-desk", "source": "pasted text"}


def test_import_agent__of_broken_yaml__names_line_and_column_and_gives_the_text_back(
    organization: Organization, dana: Person
) -> None:
    content = (SAMPLES / "copilot-studio-topics" / "WorkdayManageEmergencyContact.yaml").read_bytes()

    response = dana.client().post(IMPORT, {"file": upload("topic.yaml", content)})

    assert response.status_code == 422
    assert "Line 246, column 29" in words(by_id(response, "form-errors"))
    assert by_id(response, "id_text").text_content().strip() == content.decode().replace("\r\n", "\n").strip()
    assert by_id(response, "id_filename").get("value") == "topic.yaml"
    assert not Agent.objects.exists()


def test_import_agent__with_a_name_that_is_taken__keeps_the_text_and_offers_the_edit(
    organization: Organization, dana: Person
) -> None:
    an_agent(organization, dana)

    response = dana.client().post(IMPORT, {"file": upload("agent.yaml", dump_yaml(DOCUMENT)), "slug": "order-desk"})

    assert (response.status_code, heading(response)) == (409, "Import an agent")
    assert by_id(response, "id_text").text_content().strip() == dump_yaml(DOCUMENT).decode().strip()
    assert by_id(response, "import").xpath(f"boolean(.//a[@href='{AGENTS}/order-desk/draft/import'])")
    assert newest_refusal() == refused("agent.imported", "slug_taken")


def test_import_agent__with_a_taken_name_made_from_the_document__is_corrected_without_the_file(
    organization: Organization, dana: Person
) -> None:
    an_agent(organization, dana)
    client = dana.client()
    response = client.post(IMPORT, {"file": upload("agent.yaml", dump_yaml(DOCUMENT))})
    text, filename = (by_id(response, name) for name in ("id_text", "id_filename"))

    again = {"text": text.text_content(), "filename": filename.get("value"), "slug": "second-desk"}
    response = client.post(IMPORT, again)

    assert response["Location"] == f"{AGENTS}/second-desk/draft/"
    assert newest_row()["data"] == {"slug": "second-desk", "source": "agent.yaml"}


@pytest.mark.parametrize(
    ("name", "content", "status", "told"),
    [
        ("a.json", b"", 422, "Line 1"),
        ("a.yaml", b"spec: &a {x: *a}", 422, "anchors"),
        ("a.json", b'{"apiVersion": "v1", "kind": "Assistant"}', 422, "metadata"),
        ("a.json", b"[" * 100_000, 422, "deeper"),
        ("a.json", b'{"a": 1e999}', 422, "64 bit"),
        ("a.json", b"\xff\xfe\x00", 422, "UTF-8"),
        ("a.zip", b"PK\x03\x04 not really", 422, "ZIP"),
        ("flow.json", b'{"nodes": [], "connections": {}}', 422, "n8n"),
        ("a.txt", b"just words", 422, "no object"),
    ],
)
def test_import_agent__of_what_is_no_agent__is_refused_in_words(
    organization: Organization, dana: Person, name: str, content: bytes, status: int, told: str
) -> None:
    response = dana.client().post(IMPORT, {"file": upload(name, content)})

    assert response.status_code == status
    assert told in words(by_id(response, "form-errors"))
    assert not Agent.objects.exists()


def test_import_agent__over_sixteen_mebibytes__is_too_large(organization: Organization, dana: Person) -> None:
    content = io.BytesIO(b" " * (16 * 1024 * 1024 + 1)).getvalue()

    response = dana.client().post(IMPORT, {"file": upload("big.json", content)})

    assert response.status_code == 413
    assert "16,777,216 are allowed" in words(by_id(response, "form-errors"))


def test_import_agent__without_file_and_text__asks_for_one(organization: Organization, dana: Person) -> None:
    response = dana.client().post(IMPORT, {"slug": "x"})

    assert response.status_code == 422
    assert "Choose a file" in words(by_id(response, "form-errors"))


def test_import_agent__that_claims_approvals__is_refused(organization: Organization, dana: Person) -> None:
    claimed = {**DOCUMENT, "state": "production"}

    response = dana.client().post(IMPORT, {"text": dump_json(claimed).decode()})

    assert response.status_code == 422
    assert not Agent.objects.exists()


def test_import_agent__by_a_stranger__is_not_found(organization: Organization, sam: Person) -> None:
    assert sam.client().get(IMPORT).status_code == 404
    assert sam.client().post(IMPORT, {"text": "x"}).status_code == 404


@pytest.mark.parametrize("name", ["quinn", "avery"])
@pytest.mark.parametrize("text", [dump_yaml(DOCUMENT).decode(), "not: [an agent"])
def test_import_agent__without_the_right__is_refused_and_recorded(
    organization: Organization, request: pytest.FixtureRequest, name: str, text: str
) -> None:
    client = request.getfixturevalue(name).client()

    assert client.get(IMPORT).status_code == 403
    response = client.post(IMPORT, {"text": text})

    assert response.status_code == 403
    assert has_id(response, "refusal")
    assert not Agent.objects.exists()
    assert newest_refusal() == refused("agent.imported", "permission_denied")


def test_import_agent__by_another_method__is_not_allowed(organization: Organization, dana: Person) -> None:
    assert dana.client().delete(IMPORT).status_code == 405
