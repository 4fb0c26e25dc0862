"""Promote, push and activate in the browser: what is shown, what moves, and that nothing typed is lost."""

import re

import pytest
from django.test import Client

from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import promote, publish
from environments.models import Deployment, Pin
from tests import builders
from tests.cast import Person, prove
from tests.environments.standing import served
from tests.pages import by_id, heading, hidden_value, page, words

AGENT = "/o/harbourline/agents/order-desk/"
PROMOTE, PUSH = f"{AGENT}promote", f"{AGENT}push"


def seen(client: Client, address: str) -> dict[str, str]:
    """The hidden fields of a page's form, as its reader saw them."""
    response = client.get(address)
    assert response.status_code == 200
    names = ("expected_digest", "expected_live", "number")
    found = page(response).xpath("//main//form//input[@type='hidden']/@name")
    return {name: hidden_value(response, name) for name in names if name in found}


def typed(response: object, name: str) -> str:
    (field,) = page(response).xpath("//*[@name=$name]", name=name)  # type: ignore[arg-type]
    return str(field.get("value") if field.tag == "input" else field.text_content().strip())


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    return builders.an_agent(organization, dana)


def test_promote_page__draft__says_what_replaces_what(agent: Agent, dana: Person) -> None:
    builders.published(agent, dana)
    config = builders.config_of(agent)
    del config["tools"]["order-lookup"]
    builders.rewritten(agent, dana, config)

    response = dana.client().get(PROMOTE)

    text = words(page(response).xpath("//main")[0])
    assert heading(response) == "Promote to Staging STG"
    replaces = r"It replaces v1, promoted (just now|\d+ min ago) by Dana Reyes\."
    assert re.search(rf"Staging gets v2, cut from the draft\. {replaces}", text)
    assert "Only in Staging now: it will disappear" in text
    assert "tool order-lookup Tools" in text
    assert "Draft against Staging (v1): 1 change in 1 of 4 sections." in text
    assert hidden_value(response, "expected_live") == "1"


def test_promote__works__leads_to_the_record_and_names_qa(agent: Agent, dana: Person, quinn: Person) -> None:
    client = dana.client()

    response = client.post(PROMOTE, seen(client, PROMOTE) | {"note": "Shorter greeting"}, follow=True)

    move = Deployment.objects.get(agent=agent)
    assert response.redirect_chain == [(f"{AGENT}releases/{move.pk}/", 302)]
    text = words(page(response).xpath("//main")[0])
    assert "Dana Reyes promoted v1 to Staging. It waits for QA: Quinn Abara." in text
    assert "Shorter greeting" in text


@pytest.mark.usefixtures("agent")
def test_promote__roles__403_names_who_can_and_404_for_strangers(quinn: Person, sam: Person, avery: Person) -> None:
    assert sam.client().get(PROMOTE).status_code == 404
    assert quinn.client().get(PROMOTE).status_code == 404  # it never left Development
    looked = avery.client().get(PROMOTE)
    assert "You may not promote to Staging. Needs Developer or Org Admin: Dana Reyes, Mara Lindqvist." in words(
        by_id(looked, "move-why")
    )
    assert page(looked).xpath("//textarea") == []
    refused = avery.client().post(PROMOTE, seen(avery.client(), PROMOTE) | {"note": "Mine"})
    assert refused.status_code == 403
    assert "Mine" in words(page(refused))


def test_promote__draft_changed_meanwhile__412_keeps_the_text_and_shows_the_new_comparison(
    agent: Agent, dana: Person
) -> None:
    client = dana.client()
    form = seen(client, PROMOTE)
    builders.edited(agent, dana, "Something else.\n")

    response = client.post(PROMOTE, form | {"note": "My description"})

    assert response.status_code == 412
    assert "Dana Reyes changed the draft" in words(by_id(response, "refused"))
    assert typed(response, "note") == "My description"
    assert hidden_value(response, "expected_digest") == builders.draft_of(agent).manifest.digest
    assert not Pin.objects.filter(agent=agent).exists()
    again = client.post(PROMOTE, {**form, "expected_digest": hidden_value(response, "expected_digest")})
    assert again.status_code == 302


def test_promote__staging_moved_meanwhile__412_and_nothing_moves(agent: Agent, dana: Person) -> None:
    builders.published(agent, dana)
    builders.edited(agent, dana, "Two.\n")
    client = dana.client()
    form = seen(client, PROMOTE)
    publish(agent, actor=dana.actor())
    builders.edited(agent, dana, "Three.\n")
    form["expected_digest"] = builders.draft_of(agent).manifest.digest

    response = client.post(PROMOTE, form | {"note": "Kept"})

    assert response.status_code == 412
    assert "now serves v2" in words(by_id(response, "refused"))
    assert typed(response, "note") == "Kept"
    assert served(agent) == {"staging": 2}


def test_promote__draft_behind_a_rollback__409_names_who_and_offers_the_merge(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara)
    builders.edited(agent, dana, "A draft that knows nothing.\n")
    client = dana.client()

    shown = client.get(PROMOTE)
    (merge,) = page(shown).xpath("//li[contains(@class,'gate-fail')]//a/@href")
    response = client.post(
        PROMOTE,
        {"note": "Kept", "expected_digest": builders.draft_of(agent).manifest.digest, "expected_live": "2"},
    )

    assert merge == f"{AGENT}draft/merge?number=1"
    assert response.status_code == 409
    assert "Mara Lindqvist rolled Production back to v1" in words(by_id(response, "refused"))
    assert merge in by_id(response, "refused").xpath(".//a/@href")
    assert typed(response, "note") == "Kept"
    assert client.get(merge).status_code == 200


def test_promote__text_too_long__422_at_the_field(agent: Agent, dana: Person) -> None:
    client = dana.client()

    response = client.post(PROMOTE, seen(client, PROMOTE) | {"note": "x" * 2001})

    assert response.status_code == 422
    assert typed(response, "note") == "x" * 2001
    assert page(response).xpath("//title")[0].text.startswith("Error: ")
    assert not Pin.objects.filter(agent=agent).exists()


def test_promote__earlier_version__goes_to_staging_again(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.two_live_versions(organization, author=dana, tester=quinn, admin=mara)
    client = dana.client()
    address = f"{PROMOTE}?version=1"

    text = words(page(client.get(address)))
    assert re.search(r"Staging gets v1\. It replaces v2, promoted (just now|\d+ min ago) by Dana Reyes\.", text)
    response = client.post(address, seen(client, address) | {"note": "Again"})

    assert response.status_code == 302
    assert served(agent) == {"staging": 1, "production": 2}
    assert client.get(f"{PROMOTE}?version=9").status_code == 404
    assert client.get(f"{PROMOTE}?version=9999999999999999999").status_code == 404
    assert client.get(f"{PROMOTE}?environment=nowhere").status_code == 404


def test_push__works__production_serves_it_and_the_record_keeps_everything(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.a_ready_version(organization, author=dana, tester=quinn)
    client = mara.client()
    shown = client.get(PUSH)

    response = client.post(PUSH, seen(client, PUSH) | {"ticket": "OPS-7", "note": "Go"}, follow=True)

    assert [words(button) for button in page(shown).xpath("//main//form//button")] == ["Push to Production: v1"]
    assert "Marked ready by Quinn Abara" in words(page(shown))
    text = words(page(response).xpath("//main")[0])
    assert "Mara Lindqvist pushed v1 to Production" in text
    for kept in ("OPS-7", "Go", "Quinn Abara", "Gates as they were", "Not pushed by its author"):
        assert kept in text
    assert served(agent) == {"staging": 1, "production": 1}


def test_push__candidate_replaced_meanwhile__refused_with_the_new_comparison(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.a_ready_version(organization, author=dana, tester=quinn)
    client = mara.client()
    form = seen(client, PUSH)
    builders.published(agent, dana, "Newer.\n")

    response = client.post(PUSH, form | {"ticket": "OPS-7", "note": "Kept"})

    assert response.status_code == 409
    assert "the approval is stale" in words(by_id(response, "refused"))
    assert (typed(response, "ticket"), typed(response, "note")) == ("OPS-7", "Kept")
    assert "Production gets v2." in words(page(response))
    assert page(response).xpath("//main//form//button[@aria-disabled='true']")
    assert served(agent) == {"staging": 2}
    activity = words(page(client.get(PUSH.removesuffix("push"))).xpath("//*[@class='story']")[0])
    assert "The approval of v1 by Quinn Abara lapsed Staging now serves v2, which needs its own." in activity


def test_push__production_moved_meanwhile__412_nothing_executed(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.a_live_version(organization, author=dana, tester=quinn, admin=mara)
    builders.approved(agent, dana, quinn, "Two.\n")
    client = mara.client()
    assert "lapsed" not in client.get(PUSH.removesuffix("push")).content.decode()
    form = seen(client, PUSH)

    response = client.post(PUSH, {**form, "expected_live": "0", "note": "Kept"})

    assert response.status_code == 412
    assert "now serves v1" in words(by_id(response, "refused"))
    assert typed(response, "note") == "Kept"
    assert hidden_value(response, "expected_live") == "1"
    assert served(agent)["production"] == 1


def test_push__ticket_missing__409_and_the_page_asked_for_it_before(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    organization.ticket_required = True
    organization.save(update_fields=["ticket_required"])
    agent = builders.a_ready_version(organization, author=dana, tester=quinn)
    client = mara.client()

    shown = client.get(PUSH)
    response = client.post(PUSH, seen(client, PUSH) | {"note": "Kept"})

    assert "A change ticket is required: name it below." in words(page(shown))
    assert page(shown).xpath("//input[@name='ticket' and @required]")
    assert response.status_code == 409
    assert typed(response, "note") == "Kept"
    assert served(agent) == {"staging": 1}


def test_push__sign_in_not_fresh__confirm_and_come_back_with_the_text(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.a_ready_version(organization, author=dana, tester=quinn)
    client = mara.stale_client()

    assert "asks for a sign-in within the last 15 minutes" in words(page(client.get(PUSH)))
    refused = client.post(PUSH, seen(client, PUSH) | {"ticket": "OPS-7", "note": "Kept"})
    assert refused.status_code == 403
    (confirm,) = page(refused).xpath("//a[normalize-space()='Confirm who you are']/@href")
    assert confirm == "/accounts/reauthenticate/?next=/o/harbourline/agents/order-desk/push"
    prove(client, mara.user)
    back = client.get(PUSH)

    assert (typed(back, "ticket"), typed(back, "note")) == ("OPS-7", "Kept")
    assert client.post(PUSH, seen(client, PUSH) | {"ticket": "OPS-7"}).status_code == 302
    assert served(agent)["production"] == 1


def test_push_page__other_roles__read_it_and_see_who_can(
    organization: Organization, dana: Person, quinn: Person, avery: Person, sam: Person
) -> None:
    builders.a_ready_version(organization, author=dana, tester=quinn)

    for person in (dana, quinn, avery):
        response = person.client().get(PUSH)
        assert response.status_code == 200
        assert "Needs Org Admin: Mara Lindqvist." in words(by_id(response, "move-why"))
        assert page(response).xpath("//main//form//textarea") == []
        assert "v1 against Production (nothing)" in words(page(response))
        assert person.client().post(PUSH, seen(person.client(), PUSH)).status_code == 403
    assert sam.client().get(PUSH).status_code == 404


def test_push_page__author_is_admin__four_eyes_said_before_pressing(
    organization: Organization, quinn: Person, mara: Person
) -> None:
    agent = builders.an_agent(organization, mara)
    builders.approved(agent, mara, quinn)

    response = mara.client().get(PUSH)

    assert "v1 contains your own work" in words(by_id(response, "move-why"))
    refused = mara.client().post(PUSH, seen(mara.client(), PUSH) | {"note": "Kept"})
    assert refused.status_code == 403
    assert "Kept" in words(page(refused))


def test_push_page__nothing_in_staging__says_so(organization: Organization, dana: Person, mara: Person) -> None:
    builders.an_agent(organization, dana)

    assert "Nothing is in Staging, so there is nothing to push." in words(page(mara.client().get(PUSH)))


def test_activate__earlier_version_in_staging__is_pinned(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.two_live_versions(organization, author=dana, tester=quinn, admin=mara)
    client = dana.client()
    address = f"{AGENT}versions/1/activate?environment=staging"

    assert "Choose the environment" in words(page(client.get(f"{AGENT}versions/1/activate")))
    response = client.post(address, seen(client, address) | {"note": "Look again"})

    assert response.status_code == 302
    assert served(agent) == {"staging": 1, "production": 2}
    assert client.get(f"{AGENT}versions/9/activate").status_code == 404
    in_production = f"{AGENT}versions/1/activate?environment=production"
    assert client.post(in_production, seen(client, in_production)).status_code == 403


def test_moves__methods_and_missing_fields__refused(agent: Agent, dana: Person) -> None:
    client = dana.client()

    assert client.delete(PROMOTE).status_code == 405
    assert client.put(PUSH).status_code == 405
    assert client.post(PROMOTE, {"note": "no hidden fields"}).status_code == 422
    assert client.post(PROMOTE, {"expected_digest": "x", "expected_live": "-1"}).status_code == 422
    assert not Pin.objects.filter(agent=agent).exists()


def test_promote__held_version__is_blocked_with_the_hold(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara)
    promote(agent, actor=dana.actor(), number=1, environment="staging")

    response = mara.client().get(f"{PROMOTE}?version=2")

    assert "v2 was rolled back by Mara Lindqvist" in words(by_id(response, "move-why"))
    assert f"{AGENT}hold/2/lift" in page(response).xpath("//li[contains(@class,'gate-fail')]//a/@href")
