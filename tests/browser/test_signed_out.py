"""A session that ends while somebody works, and a network that goes away: the page stays, nothing typed is lost."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from console.organizations.models import Organization
from tests import builders
from tests.browser.conftest import Visit
from tests.cast import Person
from tests.pages import by_id, words

ASK = """() => fetch("/me/session").then((answer) => {
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("slipway:signed-out", { detail: { asked: true } }));
  return answer.status;
})"""
WAIT_FOR_BACK = "document.addEventListener('slipway:signed-in', () => { document.body.dataset.back = 'yes'; })"


@pytest.mark.browser
def test_session__that_ended__is_renewed_in_a_small_window_and_the_page_goes_on(
    visit: Visit, organization: Organization, dana: Person
) -> None:
    builders.an_agent(organization, dana)
    developer = visit(dana)
    developer.sign_in("/o/harbourline/agents/new")
    name = developer.page.get_by_role("textbox", name="Name", exact=True)
    name.fill("Half a na")
    developer.page.evaluate(WAIT_FOR_BACK)
    Session.objects.all().delete()

    assert developer.page.evaluate(ASK) == 401
    developer.sees("You are signed out")
    main = developer.page
    with main.expect_popup() as opened:
        main.get_by_role("link", name="Sign in again").click()
    small = opened.value
    developer.page = small
    developer.type("Email", dana.user.email)
    small.get_by_label("Password").fill("correct horse battery staple")
    with small.expect_event("close"):
        small.get_by_role("button", name="Sign in", exact=True).click()

    developer.page = main
    main.locator("body[data-back]").wait_for()
    assert not main.locator("#signin-again").is_visible()
    assert name.input_value() == "Half a na"
    name.fill("Half a name, and the rest")
    developer.type("Short name", "half-a-name")
    developer.press("Create")  # the form's token was renewed with the session
    developer.sees("Half a name, and the rest")


@pytest.mark.browser
def test_network__gone_and_back__is_said_once_and_then_taken_away(
    visit: Visit, organization: Organization, dana: Person
) -> None:
    developer = visit(dana)
    developer.sign_in("/o/harbourline/agents/")

    developer.context.set_offline(True)
    developer.sees("You are offline.")
    developer.context.set_offline(False)
    developer.page.get_by_text("You are offline.").wait_for(state="hidden")


def test_script__of_a_signed_out_page__gets_401_and_words_instead_of_a_sign_in_page(organization: Organization) -> None:
    asked = Client().get("/o/harbourline/agents/", headers={"HX-Request": "true"})

    assert (asked.status_code, asked["HX-Retarget"]) == (401, "#alert")
    assert "You are signed out Nothing was changed." in words(by_id(asked, "refused"))
    assert Client().get("/o/harbourline/agents/").status_code == 302


def test_script__refused__gets_the_refusal_alone(organization: Organization, dana: Person) -> None:
    refused = dana.client().get("/o/harbourline/settings", headers={"HX-Request": "true"})
    page = dana.client().get("/o/harbourline/settings")

    assert refused.status_code == page.status_code == 403
    assert "Org Admin" in words(by_id(refused, "refused"))
    assert b"<html" not in refused.content
    assert "Org Admin" in words(by_id(page, "refusal"))
