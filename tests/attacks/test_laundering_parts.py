"""Getting one's own work past four eyes part by part: a colleague brings it back, a program carries it."""

import orjson
import pytest
from django.urls import reverse

from agents.actions import discard_draft, put_agent, save_section, section_token
from agents.actions.drafts import draft_token
from agents.models import Agent, Version
from agents.versions import people_behind
from console.organizations.models import Organization
from environments.actions import mark_ready
from environments.errors import SelfApproval
from tests.api.calling import program
from tests.builders import a_candidate, config_of, draft_of, edited, published
from tests.cast import Person, join, new_account

pytestmark = pytest.mark.django_db

RETURNS = {"title": "Returns", "content": "Lou says: sixty days.\n"}


@pytest.fixture
def lou(organization: Organization, mara: Person) -> Person:
    """Lou Varga, Developer and QA in one person."""
    person = new_account("lou.varga@example.com", "Lou Varga")
    join(organization, mara, person, "developer", "qa")
    return person


def _written_and_thrown_away(agent: Agent, lou: Person, dana: Person) -> str:
    """Lou's document was in the draft, which Dana then deleted; the digest of its part."""
    token = section_token(draft_of(agent), "knowledge/returns")
    draft = save_section(agent, actor=lou.actor(), path="knowledge/returns", value=RETURNS, token=token)
    was = str(draft.manifest.entries["knowledge/returns"])
    discard_draft(agent, actor=dana.actor(), token=draft_token(draft))
    assert draft_of(agent).contributors == []
    return was


def _lou_may_not_sign(version: Version, lou: Person) -> None:
    assert lou.user.pk in people_behind(version)
    with pytest.raises(SelfApproval):
        mark_ready(version.agent, actor=lou.actor(), number=version.number)


def test_undo__of_a_colleagues_work_in_an_earlier_draft__keeps_whose_it_is(
    organization: Organization, dana: Person, lou: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    was = _written_and_thrown_away(agent, lou, dana)
    token = section_token(draft_of(agent), "knowledge/returns")
    save_section(agent, actor=dana.actor(), path="knowledge/returns", value=None, token=token)

    address = reverse("agents:draft-item-undo", args=[organization.slug, agent.slug, "knowledge"])
    answer = dana.client().post(address, {"slug": "returns", "was": was})

    assert answer.status_code == 302
    assert config_of(agent)["knowledge"]["returns"]["content"] == RETURNS["content"]
    _lou_may_not_sign(published(agent, dana), lou)


def test_put_and_patch__of_a_colleagues_text_from_an_earlier_draft__keep_whose_it_is(
    organization: Organization, dana: Person, lou: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    _written_and_thrown_away(agent, lou, dana)
    developer = program(dana, organization, "developer")

    body = {"knowledge": {"returns": RETURNS}}
    patched = developer.call("PATCH", f"/agents/{agent.slug}/draft", body, if_match="*")

    assert patched.status == 200, patched.body["detail"]
    assert set(draft_of(agent).contributors) == {dana.user.pk, lou.user.pk}
    document = {"spec": config_of(agent)}
    discard_draft(agent, actor=dana.actor(), token=draft_token(draft_of(agent)))
    put_agent(organization, actor=dana.actor(), slug=agent.slug, document=document, source="a file")
    _lou_may_not_sign(published(agent, dana), lou)


def test_save__by_a_key_of_a_service_account__is_the_work_of_its_person(
    organization: Organization, mara: Person, dana: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    service = program(mara, organization, "org_admin", kind="service")
    etag = service.get(f"/agents/{agent.slug}/draft").headers["ETag"]

    body = orjson.dumps({"prompt": "Written by a service.\n"})
    saved = service.call("PATCH", f"/agents/{agent.slug}/draft", body, if_match=etag)

    assert saved.status == 200, saved.body["detail"]
    assert mara.user.pk in people_behind(published(agent, dana))


def test_save__back_to_what_the_base_has__is_nobodys_work(
    organization: Organization, dana: Person, lou: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    before = config_of(agent)["prompt"]
    edited(agent, lou, "Lou was here.\n")

    edited(agent, lou, before)

    assert dana.user.pk not in draft_of(agent).contributors
