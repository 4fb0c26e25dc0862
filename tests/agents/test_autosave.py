"""Saving by a script while somebody types, and what an open editing page asks by itself."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from agents.actions import section_token
from agents.models import Draft, Presence
from console.organizations.models import Organization
from environments.actions import archive_agent
from tests.agents.drafting import DRAFT
from tests.builders import CONFIG, a_candidate, an_agent, config_of, draft_of, edited, rewritten
from tests.cast import Person
from tests.pages import by_id, has_id, words

PROMPT, TOOL = f"{DRAFT}/edit/prompt", f"{DRAFT}/edit/tools/order-lookup"


def save(client: Client, address: str, text: str, token: str, *, asked: bool = False, person: str = "") -> Any:
    """As autosave.js posts a form."""
    headers = {"X-Slipway-Autosave": "asked" if asked else "1"} | ({"X-Slipway-Person": person} if person else {})
    return client.post(address, {"text": text, "token": token}, headers=headers)


def ping(client: Client, path: str, state: str, token: str = "", window: str = "") -> dict[str, Any]:
    """As desk.js tells that its window is open."""
    data = {"window": window or str(uuid4()), "state": state, "token": token}
    answer: dict[str, Any] = client.post(f"{DRAFT}/here/{path}", data, headers={"X-Slipway-Presence": "1"}).json()
    return answer


def test_autosave__of_text_after_text__answers_the_next_token_and_keeps_each_save(
    organization: Organization, dana: Person
) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    token = section_token(draft_of(agent), "prompt")

    first = save(client, PROMPT, "One.", token, person=str(dana.user.pk)).json()
    second = save(client, PROMPT, "One. Two.", first["token"]).json()

    assert second["token"] == section_token(draft_of(agent), "prompt")
    assert second["clock"] == f"{draft_of(agent).updated_at:%H:%M:%S}"
    assert (config_of(agent)["prompt"], Draft.history.filter(agent=agent).count()) == ("One. Two.", 3)
    again = save(client, PROMPT, "One. Two.", first["token"])  # the answer to it was lost
    assert (again.status_code, again.json()["token"]) == (200, second["token"])
    assert Draft.history.filter(agent=agent).count() == 3
    late = save(client, PROMPT, "Other.", first["token"])
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert "You changed this in another tab at" in late.json()["detail"]
    assert config_of(agent)["prompt"] == "One. Two."


def test_autosave__of_what_cannot_be_saved__says_why_and_saves_nothing(
    organization: Organization, dana: Person, mara: Person, avery: Person
) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    before = draft_of(agent).manifest.digest
    token = section_token(draft_of(agent), "settings")

    wrong = save(client, f"{DRAFT}/edit/settings", "language: de\nmodel: {temperature: 9}\n", token)
    (error,) = wrong.json()["errors"]
    assert (wrong.status_code, error["field"], error["line"], error["column"]) == (422, "id_text", 2, 9)
    other = save(client, PROMPT, "x", token, person=str(mara.user.pk))
    assert (other.status_code, other.json()["code"]) == (403, "other_person")
    refused = save(avery.client(), PROMPT, "x", section_token(draft_of(agent), "prompt"))
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert Client().post(PROMPT, {"text": "x"}, headers={"X-Slipway-Autosave": "1"}).status_code == 401
    assert draft_of(agent).manifest.digest == before

    archive_agent(agent, actor=mara.actor())
    assert save(client, PROMPT, "x", section_token(draft_of(agent), "prompt")).status_code == 409


def test_autosave__of_an_emptied_item__takes_it_out_only_when_somebody_pressed_save(
    organization: Organization, dana: Person
) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    token = section_token(draft_of(agent), "tools/order-lookup")

    assert save(client, TOOL, " ", token).status_code == 422
    assert save(client, TOOL, "", token, asked=True).json()["token"] == ""
    assert "tools" not in config_of(agent)
    assert save(client, TOOL, "type: reference\n", "").status_code == 200
    assert config_of(agent)["tools"]["order-lookup"] == {"type": "reference"}


def test_reset__of_a_part__brings_back_what_the_base_has_and_only_that(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent, client = a_candidate(organization, author=dana), dana.client()
    rewritten(agent, mara, CONFIG | {"prompt": "Other.\n", "settings": {"language": "de"}})
    token = section_token(draft_of(agent), "prompt")
    assert "Reset to v1" in words(by_id(client.get(PROMPT), "reset"))

    assert client.post(f"{DRAFT}/reset/prompt", {"token": "stale"}).status_code == 412
    assert client.post(f"{DRAFT}/reset/prompt", {"token": token})["Location"] == PROMPT

    assert (config_of(agent)["prompt"], config_of(agent)["settings"]) == (CONFIG["prompt"], {"language": "de"})
    assert Draft.history.filter(agent=agent).latest().history_change_reason == "Reset prompt to v1"
    assert not has_id(client.get(PROMPT), "reset")


def test_presence__of_colleagues__is_told_to_each_other_and_to_nobody_else(
    organization: Organization, dana: Person, mara: Person, sam: Person, quinn: Person
) -> None:
    agent = an_agent(organization, dana)
    window = str(uuid4())

    assert ping(dana.client(), "flow", "editing", window=window)["people"].strip() == ""
    seen = ping(mara.client(), "prompt", "viewing")["people"]
    assert "Dana Reyes is editing Flow (you are in Prompt)." in seen
    assert "Mara Lindqvist is viewing Prompt." in ping(dana.client(), "prompt", "editing", window=window)["people"]
    assert "Dana Reyes is editing Prompt too." in ping(mara.client(), "prompt", "viewing")["people"]
    assert Presence.objects.filter(user=dana.user).count() == 1

    for person in (sam, quinn):
        assert person.client().post(f"{DRAFT}/here/prompt", {"window": window, "state": "viewing"}).status_code == 404
        assert person.client().get(f"{DRAFT}/around/prompt").status_code == 404
    assert not Presence.objects.filter(user__in=[sam.user, quinn.user]).exists()
    assert dana.client().post(f"{DRAFT}/here/prompt", {"window": "x", "state": "flying"}).status_code == 422
    Presence.objects.update(seen_at="2026-01-01T00:00:00Z")
    assert ping(mara.client(), "prompt", "viewing")["people"].strip() == ""
    assert Presence.objects.filter(agent=agent).count() == 1


def test_presence__of_a_window_that_slept__learns_that_its_part_changed(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    token = section_token(draft_of(agent), "prompt")
    assert ping(client, "prompt", "viewing", token)["news"] == ""

    edited(agent, mara, "You are calm.\n")

    answer = ping(client, "prompt", "viewing", token)
    assert answer["news"].startswith("Mara Lindqvist changed this at ")
    assert answer["token"] == section_token(draft_of(agent), "prompt")


def test_around__of_a_part__shows_outline_problems_changes_history_and_banner_anew(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    rewritten(agent, mara, CONFIG | {"prompt": "Hello {{who}}.\n", "variables": {"unused": {}}})

    response = dana.client().get(f"{DRAFT}/around/prompt")

    assert "Prompt 1 warning" in words(by_id(response, "outline"))
    assert "changed by Mara Lindqvist" in words(by_id(response, "outline"))
    assert "{{who}} is used but not declared; add it to variables. Line 1" in words(by_id(response, "problems"))
    assert "In other parts" in words(by_id(response, "problems"))
    assert "+1 -3" in words(by_id(response, "changes"))
    assert words(by_id(response, "part-history")).count("Lindqvist") == 1
    assert "2 parts changed since v1 Mara Lindqvist 2" in words(by_id(response, "draft-banner"))


@pytest.mark.parametrize("name", ["dana", "avery"])
def test_banner__of_a_changed_draft__stands_on_every_page_with_what_its_reader_may_do(
    organization: Organization, dana: Person, mara: Person, request: pytest.FixtureRequest, name: str
) -> None:
    agent = a_candidate(organization, author=dana)
    edited(agent, mara, "You are calm.\n")
    client = request.getfixturevalue(name).client()

    for address in ("/", "/draft/", "/draft/edit/prompt", "/versions/", "/promote"):
        response = client.get(f"{DRAFT.removesuffix('/draft')}{address}")
        banner = words(by_id(response, "draft-banner"))
        assert banner.startswith("Draft: 1 part changed since v1 Mara Lindqvist 1 saved"), address
        assert "See changes" in banner
        assert ("Delete draft" in banner) == (name == "dana")
        assert ("Publish" in banner) == (name == "dana" and address != "/promote")
