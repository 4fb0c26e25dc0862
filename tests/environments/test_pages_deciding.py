"""QA's page: what changed, the decision, and why it cannot be taken."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments.models import Release, SignOff
from tests import builders
from tests.cast import Person, join, new_account
from tests.pages import by_id, heading, page, words

DECIDE = "/o/harbourline/agents/order-desk/staging"


def decision(agent: Agent, verb: str, **text: str) -> dict[str, str]:
    version = agent.versions.newest_first()[0]
    return {"decision": verb, "number": str(version.number), "expected_digest": version.digest, **text}


def state(agent: Agent) -> str:
    return str(Release.objects.get(version=agent.versions.newest_first()[0]).state)


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    return builders.a_candidate(organization, author=dana)


def test_decide_page__candidate__shows_who_what_and_two_decisions(agent: Agent, quinn: Person) -> None:
    response = quinn.client().get(DECIDE)

    text = words(page(response).xpath("//main")[0])
    assert heading(response) == "Staging: v1 Staging"
    assert "Dana Reyes" in text
    assert agent.versions.get().digest[:7] in text
    buttons = [words(button) for button in page(response).xpath("//main//form//button")]
    assert buttons == ["Mark Ready for Production", "Request changes"]
    assert "This is the first version" in text


def test_mark_ready__works__says_who_is_next(agent: Agent, quinn: Person) -> None:
    response = quinn.client().post(DECIDE, decision(agent, "mark_ready", note="Ten orders tried"), follow=True)

    assert "v1 is Ready for Production. It waits for an Org Admin: Mara Lindqvist." in words(page(response))
    assert state(agent) == "ready"
    assert SignOff.objects.get().note == "Ten orders tried"
    assert [words(button) for button in page(response).xpath("//main//form//button")] == ["Revoke the approval"]


def test_request_changes__without_a_reason__422_at_its_field(agent: Agent, quinn: Person) -> None:
    response = quinn.client().post(DECIDE, decision(agent, "request_changes", reason="  "))

    assert response.status_code == 422
    assert "Say why" in words(by_id(response, "refused"))
    (field,) = page(response).xpath("//*[@id='id_request_changes_reason']")
    assert field.get("aria-invalid") == "true"
    assert state(agent) == "staging"


def test_request_changes__then_withdraw__is_a_candidate_again(agent: Agent, quinn: Person) -> None:
    client = quinn.client()

    sent = client.post(DECIDE, decision(agent, "request_changes", reason="It promises refunds"), follow=True)
    assert "Dana Reyes wrote it and sees your reason." in words(page(sent))
    assert state(agent) == "changes_requested"
    assert "It promises refunds" in words(page(client.get(DECIDE)))
    client.post(DECIDE, decision(agent, "withdraw_request", note="My mistake"))

    assert state(agent) == "staging"


def test_revoke__by_admin__takes_the_approval_back(agent: Agent, quinn: Person, mara: Person) -> None:
    quinn.client().post(DECIDE, decision(agent, "mark_ready", note=""))

    response = mara.client().post(DECIDE, decision(agent, "revoke_ready", reason="A customer called"))

    assert response.status_code == 302
    assert state(agent) == "staging"


def test_decide__candidate_replaced_meanwhile__409_with_the_text_and_the_new_candidate(
    agent: Agent, dana: Person, quinn: Person
) -> None:
    form = decision(agent, "mark_ready", note="Tested v1")
    builders.published(agent, dana, "Newer.\n")

    response = quinn.client().post(DECIDE, form)

    assert response.status_code == 409
    assert heading(response) == "Staging: v2 Staging"
    (note,) = page(response).xpath("//textarea[@name='note']")
    assert note.text_content().strip() == "Tested v1"
    numbers = page(response).xpath("//input[@name='number']/@value")
    assert set(numbers) == {"2"}
    assert not SignOff.objects.exists()


def test_decide__own_work__button_disabled_with_the_reason_and_403_when_forced(
    organization: Organization, mara: Person, quinn: Person
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, robin, "developer", "qa")
    agent = builders.a_candidate(organization, author=robin)

    response = robin.client().get(DECIDE)

    assert "v1 contains your own work" in words(by_id(response, "mark_ready-why"))
    assert "Quinn Abara" in words(by_id(response, "mark_ready-why"))
    forced = robin.client().post(DECIDE, decision(agent, "mark_ready", note="Fine"))
    assert forced.status_code == 403
    assert "Fine" in words(page(forced))
    assert state(agent) == "staging"


def test_decide__rules_changed_after_the_approval__stale_with_the_reason(
    agent: Agent, organization: Organization, quinn: Person
) -> None:
    quinn.client().post(DECIDE, decision(agent, "mark_ready", note=""))
    organization.ticket_required = True
    organization.save(update_fields=["ticket_required"])

    text = words(page(quinn.client().get(DECIDE)))

    assert "The approval is stale" in text
    assert "Changed since: the change-ticket rule." in text


def test_decide__against_live_and_against_the_last_decision__both_can_be_read(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.a_live_version(organization, author=dana, tester=quinn, admin=mara)
    builders.published(agent, dana, "Two.\n")
    quinn.client().post(DECIDE, decision(agent, "request_changes", reason="No"))
    builders.published(agent, dana, "Three.\n")
    client = quinn.client()

    assert "Staging (v3) against Production (v1)" in words(page(client.get(DECIDE)))
    assert "Staging (v3) against v2" in words(page(client.get(f"{DECIDE}?against=decided")))


def test_decide__roles__who_may_open_staging_and_who_may_decide(
    agent: Agent, dana: Person, mara: Person, avery: Person, sam: Person
) -> None:
    refused = dana.client().get(DECIDE)
    assert refused.status_code == 403
    assert "Quinn Abara" not in words(page(refused)) or "open Staging" in words(page(refused))
    assert sam.client().get(DECIDE).status_code == 404
    assert "Read only: auditors cannot edit." in words(page(avery.client().get(DECIDE)))
    assert page(avery.client().get(DECIDE)).xpath("//main//form") == []
    assert "Needs QA" in words(by_id(mara.client().get(DECIDE), "mark_ready-why"))
    assert mara.client().post(DECIDE, decision(agent, "mark_ready", note="")).status_code == 403
    assert avery.client().post(DECIDE, decision(agent, "request_changes", reason="x")).status_code == 403
    assert state(agent) == "staging"


def test_decide__nonsense__refused(agent: Agent, quinn: Person) -> None:
    client = quinn.client()

    assert client.post(DECIDE, {"decision": "approve_everything"}).status_code == 404
    assert client.post(DECIDE, {"decision": "mark_ready"}).status_code == 422
    assert client.put(DECIDE).status_code == 405
    assert state(agent) == "staging"
