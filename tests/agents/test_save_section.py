"""One section of the draft through its editor: kept text, line and column, and two people at once."""

import pytest

from agents.actions import section_token
from agents.models import Draft
from console.organizations.models import Organization
from environments.actions import archive_agent
from tests.agents.drafting import DRAFT, digest_of, newest_refusal, newest_row, refused, row, seen_in, typed
from tests.builders import CONFIG, a_candidate, an_agent, config_of, draft_of, edited
from tests.cast import Person
from tests.pages import Answer, by_id, has_id, page, words

PROMPT, SETTINGS, TOOL = f"{DRAFT}/edit/prompt", f"{DRAFT}/edit/settings", f"{DRAFT}/edit/tools/order-lookup"


def test_save_section__of_a_prompt__is_kept_to_the_character(organization: Organization, dana: Person) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    before, shown = digest_of(agent), client.get(PROMPT)
    assert typed(shown) == CONFIG["prompt"]
    text = "  Leading blanks\r\nand a last line without an end"

    response = client.post(PROMPT, {"text": text, "token": seen_in(shown, "section")})

    assert response["Location"] == PROMPT
    assert config_of(agent)["prompt"] == "  Leading blanks\nand a last line without an end"
    expected = row("draft.saved", agent, dana, before=before, after=digest_of(agent), reason="Saved prompt")
    assert newest_row() == expected
    assert page(client.get(PROMPT)).xpath("boolean(//meta[@name='slipway-saved'])")


@pytest.mark.parametrize("section", ["settings", "prompt", "tools/order-lookup", "knowledge/returns"])
def test_save_section__of_the_text_as_shown__changes_nothing(
    organization: Organization, dana: Person, section: str
) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    before, shown = digest_of(agent), client.get(f"{DRAFT}/edit/{section}?as=text")

    response = client.post(
        f"{DRAFT}/edit/{section}",
        {"text": typed(shown).replace("\n", "\r\n"), "token": seen_in(shown, "section")},
        follow=True,
    )

    assert "Nothing was changed" in words(by_id(response, "main"))
    assert (digest_of(agent), Draft.history.filter(agent=agent).count()) == (before, 1)


@pytest.mark.parametrize(
    ("address", "text", "told"),
    [
        (SETTINGS, "language: [de\n", "Line 2, column 1"),
        (SETTINGS, "language: de\nmodel: {temperature: 9}\n", "Line 2, column 9: temperature must be less"),
        (SETTINGS, "language: de\nvoic: {}\n", "/settings/voic"),
        (TOOL, "type: http\nparameters: {type: nonsense}\n", "/tools/order-lookup/parameters"),
        (TOOL, "type: http\nparameters: *other\n", "Line 2, column 13"),
        (f"{DRAFT}/edit/flow", "start: a\nnodes: {b: {type: end}}\n", "no node 'a'"),
        (f"{DRAFT}/edit/knowledge/returns", "---\ntitle: Returns\n", "front matter"),
    ],
)
def test_save_section__of_invalid_text__names_the_place_and_keeps_the_text(
    organization: Organization, dana: Person, address: str, text: str, told: str
) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    before = digest_of(agent)

    response = client.post(address, {"text": text, "token": "any"})

    assert response.status_code == 422
    assert told in words(by_id(response, "form-errors"))
    assert typed(response) == text
    assert by_id(response, "id_text").get("aria-invalid") == "true"
    assert digest_of(agent) == before


def test_save_section__over_one_mebibyte__is_too_large_and_keeps_the_text(
    organization: Organization, dana: Person
) -> None:
    agent, text = an_agent(organization, dana), "long " * 220_000
    token = section_token(draft_of(agent), "prompt")

    response = dana.client().post(PROMPT, {"text": text, "token": token})

    assert response.status_code == 413
    assert typed(response) == text
    assert newest_refusal() == refused("draft.saved", "too_large")


def test_save_section__that_a_colleague_saved_first__shows_both_and_loses_neither(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    seen = seen_in(client.get(PROMPT), "section")
    edited(agent, mara, "You are calm.\n")

    response = client.post(PROMPT, {"text": "You are quick.\n", "token": seen})

    assert response.status_code == 412
    assert "Mara Lindqvist changed this" in words(by_id(response, "refusal"))
    assert typed(response, "theirs") == "You are calm.\n"
    assert typed(response, "yours_text") == "You are quick.\n"
    assert typed(response, "base") == CONFIG["prompt"]
    assert config_of(agent)["prompt"] == "You are calm.\n"
    assert newest_refusal() == refused("draft.saved", "stale")

    client.post(PROMPT, {"text": "You are quick.\n", "token": seen_in(response, "yours")})

    assert config_of(agent)["prompt"] == "You are quick.\n"


def test_save_section__that_one_changed_oneself_in_another_tab__says_so(
    organization: Organization, dana: Person
) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    seen = seen_in(client.get(PROMPT), "section")
    edited(agent, dana, "You are calm.\n")

    response = client.post(PROMPT, {"text": "You are quick.\n", "token": seen})

    assert "You changed this in another tab at" in words(by_id(response, "refusal"))


def picked(response: Answer, **picks: str) -> dict[str, str]:
    """The form of the choices as the page shows it, with these ones made."""
    form = by_id(response, "picks")
    data = {str(field.get("name")): str(field.get("value", "")) for field in form.xpath(".//input[@type='hidden']")}
    data |= {str(radio.get("name")): str(radio.get("value")) for radio in form.xpath(".//input[@checked]")}
    return data | {name.replace("_", "-"): pick for name, pick in picks.items()}


def test_save_section__changed_by_two__is_merged_change_by_change_under_a_new_token(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent, client = an_agent(organization, dana, config={"prompt": "One.\nTwo.\nThree.\nFour.\nFive.\n"}), dana.client()
    seen = seen_in(client.get(PROMPT), "section")
    edited(agent, mara, "Uno.\nTwo.\nThree.\nMara four.\nFive.\n")
    mine = "One.\nTwo.\nThree.\nDana four.\nFive.\nSix.\n"
    response = client.post(PROMPT, {"text": mine, "token": seen})
    resolve = f"{DRAFT}/resolve/prompt"

    assert "Change 2, line 4: both of you changed this" in words(by_id(response, "picks"))
    undecided = client.post(resolve, picked(response))
    assert (undecided.status_code, config_of(agent)["prompt"][:4]) == (422, "Uno.")
    assert "Choose one: both of you changed this." in words(by_id(undecided, "picks"))

    edited(agent, mara, "Uno.\nTwo.\nThree.\nMara IV.\nFive.\n")
    late = client.post(resolve, picked(response, pick_2="both"))
    assert late.status_code == 412
    assert "once more while you were choosing" in words(by_id(late, "refusal"))
    assert "Mara IV." in words(by_id(late, "picks"))

    done = client.post(resolve, picked(late, pick_2="both"))
    assert done["Location"] == PROMPT
    assert config_of(agent)["prompt"] == "Uno.\nTwo.\nThree.\nMara IV.\nDana four.\nFive.\nSix.\n"
    assert page(client.get(PROMPT)).xpath("boolean(//meta[@name='slipway-saved'])")


def test_save_section__while_a_colleague_saves_another_one__is_not_disturbed(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    seen = seen_in(client.get(SETTINGS), "section")
    edited(agent, mara, "You are calm.\n")

    response = client.post(SETTINGS, {"text": "language: de\n", "token": seen})

    assert response.status_code == 302
    assert (config_of(agent)["prompt"], config_of(agent)["settings"]) == ("You are calm.\n", {"language": "de"})


def test_save_section__of_an_item_that_was_removed_meanwhile__keeps_the_text(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    seen = seen_in(client.get(TOOL), "section")
    mara.client().post(f"{DRAFT}/remove/tools/order-lookup", {"token": seen})

    response = client.post(TOOL, {"text": "type: http\nendpoint: https://a.example/\n", "token": seen})

    assert response.status_code == 412
    assert "endpoint: https://a.example/" in typed(response, "yours_text")
    assert "removed" in words(by_id(response, "theirs"))
    assert "tools" not in config_of(agent)


def test_save_section__of_a_new_item__is_in_the_draft(organization: Organization, dana: Person) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    text = "---\ntitle: Opening hours\n---\nNine to five.\n"

    response = client.post(f"{DRAFT}/add/knowledge", {"name": "hours", "text": text})

    assert response["Location"] == f"{DRAFT}/edit/knowledge/hours"
    assert config_of(agent)["knowledge"]["hours"] == {"title": "Opening hours", "content": "Nine to five.\n"}


def test_save_section__of_a_new_item_with_a_name_that_is_there__keeps_both(
    organization: Organization, dana: Person
) -> None:
    agent = an_agent(organization, dana)

    response = dana.client().post(f"{DRAFT}/add/tools", {"name": "order-lookup", "text": "type: reference\n"})

    assert response.status_code == 412
    assert typed(response) == "type: reference\n"
    assert config_of(agent)["tools"] == CONFIG["tools"]


@pytest.mark.parametrize(
    ("name", "text"), [("Order Lookup", "type: x"), ("new", "type: [x"), ("", "type: x"), ("new", "")]
)
def test_save_section__of_a_new_item_with_bad_input__keeps_the_text(
    organization: Organization, dana: Person, name: str, text: str
) -> None:
    an_agent(organization, dana)

    response = dana.client().post(f"{DRAFT}/add/tools", {"name": name, "text": text})

    assert (response.status_code, typed(response)) == (422, text)


def test_save_section__that_removes_an_item__keeps_it_in_the_history(organization: Organization, dana: Person) -> None:
    agent = an_agent(organization, dana)
    token = section_token(draft_of(agent), "tools/order-lookup")

    response = dana.client().post(f"{DRAFT}/remove/tools/order-lookup", {"token": token})

    assert response["Location"] == f"{DRAFT}/items/tools?gone=order-lookup&was={token}"
    assert "tools" not in config_of(agent)
    assert "tools/order-lookup" in Draft.history.filter(agent=agent).earliest().manifest.entries


def test_save_section__that_removes_a_whole_section__is_undone_in_place(
    organization: Organization, dana: Person
) -> None:
    agent, client = an_agent(organization, dana), dana.client()

    response = client.post(f"{DRAFT}/remove/prompt", {"token": section_token(draft_of(agent), "prompt")})

    assert response["Location"] == f"{DRAFT}/?removed=prompt"
    assert "prompt" not in config_of(agent)
    undo = by_id(client.get(response["Location"]), "undo")
    sent = {str(field.get("name")): str(field.get("value")) for field in undo.xpath(".//input")}
    back = client.post(undo.get("action"), {name: sent[name] for name in ("history_id", "token")})
    assert (back["Location"], config_of(agent)["prompt"]) == (PROMPT, CONFIG["prompt"])
    assert not has_id(client.get(response["Location"]), "undo")
    assert not has_id(client.get(f"{DRAFT}/?removed=nothing/at-all"), "undo")
    assert client.post(undo.get("action"), {"history_id": "x", "token": ""}).status_code == 422


def test_save_section__that_removes_what_has_changed__is_stale(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = an_agent(organization, dana)
    token = section_token(draft_of(agent), "prompt")
    edited(agent, mara, "You are calm.\n")

    assert dana.client().post(f"{DRAFT}/remove/prompt", {"token": token}).status_code == 412
    assert config_of(agent)["prompt"] == "You are calm.\n"


def test_save_section__of_an_archived_agent__is_refused_and_keeps_the_text(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = an_agent(organization, dana)
    archive_agent(agent, actor=mara.actor())

    response = dana.client().post(PROMPT, {"text": "New text", "token": section_token(draft_of(agent), "prompt")})

    assert response.status_code == 409
    assert "New text" in response.content.decode()
    assert newest_refusal() == refused("draft.saved", "archived")


def test_save_section__by_an_auditor__reads_only_and_is_refused(
    organization: Organization, dana: Person, avery: Person
) -> None:
    agent, client = an_agent(organization, dana), avery.client()

    shown = client.get(PROMPT)
    assert "Read only: auditors cannot edit." in words(by_id(shown, "main"))
    assert not has_id(shown, "id_text")
    response = client.post(PROMPT, {"text": "x", "token": section_token(draft_of(agent), "prompt")})

    assert response.status_code == 403
    assert newest_refusal() == refused("draft.saved", "permission_denied")


def test_save_section__by_qa__may_not_even_read_it(organization: Organization, dana: Person, quinn: Person) -> None:
    a_candidate(organization, author=dana)

    assert quinn.client().get(PROMPT).status_code == 403
    assert quinn.client().post(PROMPT, {"text": "x"}).status_code == 403


def test_save_section__by_who_does_not_see_the_agent__is_not_found(
    organization: Organization, dana: Person, quinn: Person, sam: Person
) -> None:
    an_agent(organization, dana)

    for person in (quinn, sam):
        for address in (PROMPT, f"{DRAFT}/add/tools", f"{DRAFT}/remove/prompt"):
            assert person.client().post(address, {"text": "x"}).status_code == 404


@pytest.mark.parametrize(
    "address", ["edit/nothing", "edit/tools/absent", "edit/prompt/x", "edit/tools/No Slug", "add/prompt", "edit/../.."]
)
def test_save_section__of_what_is_no_section__is_not_found(
    organization: Organization, dana: Person, address: str
) -> None:
    an_agent(organization, dana)

    assert dana.client().get(f"{DRAFT}/{address}").status_code == 404


def test_save_section__by_another_method__is_not_allowed(organization: Organization, dana: Person) -> None:
    an_agent(organization, dana)

    assert dana.client().put(PROMPT).status_code == 405
    assert dana.client().get(f"{DRAFT}/remove/prompt").status_code == 405
