"""What stands beside the decision: whose changes, versions, test cases, reasons, a newer candidate."""

import re
from typing import Any

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import mark_ready
from environments.forms import ROLLBACK_REASONS, with_category
from environments.models import Deployment, SignOff
from tests import builders
from tests.cast import Person, join, new_account
from tests.pages import by_id, has_id, hidden_value, page, words

AGENT = "/o/harbourline/agents/order-desk/"
PROMOTE, PUSH, STAGING, ROLLBACK = f"{AGENT}promote", f"{AGENT}push", f"{AGENT}staging", f"{AGENT}rollback"
CASES: dict[str, Any] = {
    "finds-order": {"turns": [{"user": "Where is order 7?", "expect": {"tool": "order-lookup", "contains": "7"}}]},
    "no-refund": {"description": "Promises nothing", "turns": [{"user": "I want my money back"}]},
}


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    return builders.an_agent(organization, dana, config=builders.CONFIG | {"tests": CASES})


def part(person: Person, address: str, name: str) -> str:
    """The card whose heading has this id."""
    (found,) = page(person.client().get(address)).xpath("//*[@aria-labelledby=$name]", name=name)
    return words(found)


def test_promote_page__draft_of_two__names_what_each_changed(
    organization: Organization, agent: Agent, dana: Person, mara: Person
) -> None:
    ben = new_account("ben.okafor@example.com", "Ben Okafor")
    join(organization, mara, ben, "developer")
    builders.published(agent, dana)
    builders.edited(agent, ben, "Ben's prompt.\n")
    builders.rewritten(agent, dana, {**builders.config_of(agent), "knowledge": {}})

    text = part(dana, PROMOTE, "work")

    assert "Ben Okafor 1 part" in text
    assert text.index("Prompt") > text.index("Ben Okafor")
    assert "Dana Reyes 1 part" in text
    assert "Knowledge document returns" in text


def test_promote_page__approved_candidate__says_that_its_approval_lapses(
    agent: Agent, dana: Person, quinn: Person
) -> None:
    builders.approved(agent, dana, quinn)
    builders.edited(agent, dana, "Two.\n")

    (facts,) = page(dana.client().get(PROMOTE)).xpath("//p[@class='facts']")

    lapses = r"It replaces v1, promoted (just now|\d+ min ago) by Dana Reyes; the approval of v1 will lapse\."
    assert re.search(lapses, words(facts))


def test_push_page__several_versions__lists_them_and_offers_no_field_to_lookers_on(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    builders.pushed(agent, dana, quinn, mara)
    builders.published(agent, dana, "Two.\n", "Shorter")
    builders.approved(agent, dana, quinn, "Three.\n")

    assert "2 versions" in part(mara, PUSH, "included")
    assert "v2 Shorter" in part(quinn, PUSH, "included")
    assert page(quinn.client().get(PUSH)).xpath("//main//textarea | //main//input[@name='ticket']") == []
    assert "Mara Lindqvist" in words(by_id(quinn.client().get(PUSH), "move-why"))


def test_workspace__test_cases__are_read_and_ticked_into_the_note(
    agent: Agent, dana: Person, quinn: Person, avery: Person
) -> None:
    builders.published(agent, dana)
    client = quinn.client()
    shown = client.get(STAGING)
    text = part(quinn, STAGING, "cases")
    assert "Where is order 7?" in text
    assert "expects contains: 7" in text
    assert page(shown).xpath("//input[@name='tested']/@form") == ["decide-mark_ready"] * 2
    assert page(avery.client().get(STAGING)).xpath("//input[@name='tested']") == []
    form = {
        "decision": "mark_ready",
        "number": "1",
        "expected_digest": hidden_value_of(shown, "decide-mark_ready", "expected_digest"),
        "note": "Called it",
        "tested": ["finds-order", "no-refund"],
    }
    stale = client.post(STAGING, form | {"expected_digest": "0" * 64})
    assert stale.status_code == 412
    assert len(page(stale).xpath("//input[@name='tested'][@checked]")) == 2

    client.post(STAGING, form)

    assert SignOff.objects.get(agent=agent).note == "Called it\n\nTested: finds-order, no-refund."
    assert client.post(STAGING, form | {"tested": ["x" * 201]}).status_code == 422


def hidden_value_of(response: Any, form: str, name: str) -> str:
    (found,) = page(response).xpath("//form[@id=$form]//input[@name=$name]", form=form, name=name)
    return str(found.get("value"))


def test_request_changes__a_kind__stands_before_the_text_or_for_it(agent: Agent, dana: Person, quinn: Person) -> None:
    builders.published(agent, dana)
    client = quinn.client()
    digest = hidden_value_of(client.get(STAGING), "decide-request_changes", "expected_digest")
    form = {"decision": "request_changes", "number": "1", "expected_digest": digest, "reason": ""}

    assert client.post(STAGING, form).status_code == 422
    assert client.post(STAGING, form | {"category": "unheard of"}).status_code == 422
    assert client.post(STAGING, form | {"category": "tone", "reason": "Too stiff"}).status_code == 302

    assert SignOff.objects.get(agent=agent).note == "Tone: Too stiff"


def test_rollback__a_kind_without_text__is_reason_enough(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    builders.pushed(agent, dana, quinn, mara)
    builders.pushed(agent, dana, quinn, mara, "Two.\n")
    client = mara.client()
    form = {"number": "1", "expected_live": hidden_value(client.get(ROLLBACK), "expected_live"), "reason": ""}

    assert client.post(ROLLBACK, form).status_code == 422
    assert client.post(ROLLBACK, form | {"category": "wrong_answers"}).status_code == 302

    assert Deployment.objects.filter(agent=agent, action="rollback").get().note == "Wrong answers"


@pytest.mark.parametrize(
    ("category", "text", "kept"),
    [("", "", ""), ("cost", "", "Cost"), ("", "Too dear", "Too dear"), ("cost", "Too dear", "Cost: Too dear")],
)
def test_with_category__joins__what_there_is(category: str, text: str, kept: str) -> None:
    assert with_category(ROLLBACK_REASONS, category, text) == kept


def test_candidate_now__another_version_took_its_place__is_said_to_who_may_open_staging(
    agent: Agent, dana: Person, quinn: Person, sam: Person
) -> None:
    builders.published(agent, dana)
    address, client = f"{STAGING}/now/1", quinn.client()
    assert page(client.get(STAGING)).xpath("//*[@id='candidate-news']/@data-live-url") == [address]
    assert words(by_id(client.get(address), "candidate-news")) == ""

    builders.published(agent, dana, "Two.\n")

    told = words(by_id(client.get(address), "candidate-news"))
    assert told.startswith("v2 replaced v1 at ")
    assert "Dana Reyes brought it here." in told
    assert not has_id(client.get(STAGING), "refused")
    assert sam.client().get(address).status_code == 404
    assert dana.client().get(address).status_code == 403


def test_workspace__gates__say_what_a_push_would_still_ask_for(agent: Agent, dana: Person, quinn: Person) -> None:
    builders.published(agent, dana)
    assert "Version 1 has not been marked ready." in part(quinn, STAGING, "gates")

    mark_ready(agent, actor=quinn.actor(), number=1)

    assert "Marked ready by Quinn Abara" in part(quinn, STAGING, "gates")
