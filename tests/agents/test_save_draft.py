"""A file imported into an existing draft: the difference first, then the save, and nothing between unseen."""

import json
from collections.abc import Mapping

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agents.documents import dump_yaml
from agents.exports import document_of
from agents.models import Draft
from console.organizations.models import Organization
from environments.actions import archive_agent
from tests.agents.drafting import DRAFT, digest_of, newest_refusal, newest_row, refused, row, seen_in, token_of, typed
from tests.builders import CONFIG, a_candidate, an_agent, config_of, edited
from tests.cast import Person
from tests.pages import by_id, has_id, words
from tests.samples import SAMPLES

EVERLAST = SAMPLES / "vapi-everlast"
IMPORT = f"{DRAFT}/import"
OTHER = {**CONFIG, "prompt": "You are calm.\n", "tools": {}}


def document(config: Mapping[str, object]) -> str:
    metadata = {"name": "Another name"}
    return dump_yaml({"apiVersion": "v1", "kind": "Assistant", "metadata": metadata, "spec": config}).decode()


def test_save_draft__of_the_production_file__replaces_what_the_development_file_brought(
    organization: Organization, dana: Person
) -> None:
    client = dana.client()
    for name, address in (("assistant.json", "/o/harbourline/agents/import"), ("assistant-prod.json", IMPORT)):
        file = SimpleUploadedFile(name, (EVERLAST / name).read_bytes())
        response = client.post(
            address, {"file": file, "slug": "order-desk"} if "draft" not in address else {"file": file}
        )
    assert response.status_code == 200
    assert "read as a Vapi assistant" in words(by_id(response, "main"))
    assert "Tools" in words(by_id(response, "diff"))
    agent = Draft.objects.get().agent
    before = digest_of(agent)

    form = {
        "document": typed_document(response),
        "source": "assistant-prod.json",
        "token": seen_in(response, "replace"),
    }
    response = client.post(IMPORT, form)

    assert response["Location"] == f"{DRAFT}/"
    assert "update-sentiment" in config_of(agent)["tools"]
    assert newest_row() == row(
        "draft.saved", agent, dana, before=before, after=digest_of(agent), reason="Imported from assistant-prod.json"
    )
    assert Draft.history.filter(agent=agent).count() == 2


def typed_document(response: object) -> str:
    (found,) = by_id(response, "replace").xpath(".//textarea[@name='document']")  # type: ignore[arg-type]
    return str(found.text).removeprefix("\n")


def test_save_draft__before_the_save__shows_what_disappears_and_stores_nothing(
    organization: Organization, dana: Person
) -> None:
    agent = an_agent(organization, dana)
    before = digest_of(agent)

    response = dana.client().post(IMPORT, {"text": document(OTHER)})

    assert response.status_code == 200
    assert "tool order-lookup" in words(by_id(response, "disappearing"))
    assert (digest_of(agent), agent.name) == (before, "Order desk")


def test_save_draft__of_what_it_holds_already__has_nothing_to_save(organization: Organization, dana: Person) -> None:
    an_agent(organization, dana)

    response = dana.client().post(IMPORT, {"text": document(CONFIG)})

    assert "holds exactly this already" in words(by_id(response, "main"))
    assert not has_id(response, "replace")


def test_save_draft__after_a_colleagues_save__shows_the_new_difference_and_keeps_the_document(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    shown = client.post(IMPORT, {"text": document(OTHER)})
    form = {"document": typed_document(shown), "source": "new.yaml", "token": seen_in(shown, "replace")}
    edited(agent, mara, "You are kind.\n")

    response = client.post(IMPORT, form)

    assert response.status_code == 412
    assert "Mara Lindqvist changed this" in words(by_id(response, "refusal"))
    assert typed_document(response) == form["document"]
    assert config_of(agent)["prompt"] == "You are kind.\n"
    assert newest_refusal() == refused("draft.saved", "stale")

    client.post(IMPORT, {**form, "token": seen_in(response, "replace")})

    assert config_of(agent)["prompt"] == "You are calm.\n"


@pytest.mark.parametrize(
    "text", ["kind: Assistant\nspec: [", "a: 1", document({"prompt": "x", "flow": {"start": "a"}})]
)
def test_save_draft__of_an_invalid_text__gives_it_back(organization: Organization, dana: Person, text: str) -> None:
    agent = an_agent(organization, dana)
    before = digest_of(agent)

    response = dana.client().post(IMPORT, {"text": text})

    assert (response.status_code, typed(response)) == (422, text)
    assert digest_of(agent) == before


def test_save_draft__with_a_document_that_was_tampered_with__is_refused(
    organization: Organization, dana: Person
) -> None:
    agent = an_agent(organization, dana)
    form = {"document": '{"apiVersion": "v1"}', "source": "x", "token": token_of(agent)}

    assert dana.client().post(IMPORT, form).status_code == 422
    assert dana.client().post(IMPORT, {**form, "approved": "yes"}).status_code == 422


def test_save_draft__of_two_megabytes__works_and_more_is_too_large(organization: Organization, dana: Person) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    pages = {f"page-{number}": {"title": f"Page {number}", "content": f"{number} " * 38_000} for number in range(20)}
    large = {"knowledge": pages}
    shown = client.post(IMPORT, {"text": document(large)})
    assert shown.status_code == 200

    form = {"document": typed_document(shown), "source": "large.yaml", "token": seen_in(shown, "replace")}
    assert client.post(IMPORT, form).status_code == 302
    assert len(config_of(agent)["knowledge"]) == 20

    too_large = pages | {f"more-{key}": page for key, page in pages.items()}
    whole = {"apiVersion": "v1", "kind": "Assistant", "metadata": {"name": "x"}, "spec": {"knowledge": too_large}}
    assert client.post(IMPORT, {"text": json.dumps(whole)}).status_code == 413


@pytest.mark.parametrize(("name", "status"), [("quinn", 403), ("avery", 403), ("sam", 404)])
def test_save_draft__without_the_right__is_refused(
    organization: Organization, dana: Person, request: pytest.FixtureRequest, name: str, status: int
) -> None:
    agent = a_candidate(organization, author=dana)
    before, client = digest_of(agent), request.getfixturevalue(name).client()
    form = {"document": document(OTHER), "source": "x", "token": token_of(agent)}

    assert client.get(IMPORT).status_code == status
    assert client.post(IMPORT, form).status_code == status
    assert digest_of(agent) == before


def test_save_draft__of_an_archived_agent__is_refused(organization: Organization, dana: Person, mara: Person) -> None:
    agent = an_agent(organization, dana)
    archive_agent(agent, actor=mara.actor())
    form = {"document": document(OTHER), "source": "x.yaml", "token": token_of(agent)}

    assert dana.client().post(IMPORT, form).status_code == 409
    assert newest_refusal() == refused("draft.saved", "archived")


def test_save_draft__by_another_method__is_not_allowed(organization: Organization, dana: Person) -> None:
    an_agent(organization, dana)

    assert dana.client().put(IMPORT).status_code == 405


def test_save_draft__of_an_export_of_the_draft__is_identical(organization: Organization, dana: Person) -> None:
    agent = an_agent(organization, dana)
    client = dana.client()

    for ending in ("json", "yaml", "zip"):
        exported = client.get(f"{DRAFT}/export.{ending}")
        file = SimpleUploadedFile(f"agent.{ending}", exported.content)
        assert not has_id(client.post(IMPORT, {"file": file}), "replace")
    assert document_of(agent, config_of(agent))["spec"] == CONFIG
