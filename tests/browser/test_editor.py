"""Writing in the editor: nothing typed is lost, whatever happens to window, session, network, or by a colleague."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Route

from console.organizations.models import Organization
from tests import builders
from tests.browser.conftest import Visit
from tests.browser.visiting import Visitor
from tests.cast import PASSWORD, Person

pytestmark = pytest.mark.browser

AGENT = "/o/harbourline/agents/order-desk/"
EDIT = f"{AGENT}draft/edit/"
PROMPT = f"{EDIT}prompt"
LINE = """() => {
  const { state } = document.getElementById("id_text").code;
  return state.doc.lineAt(state.selection.main.head).number;
}"""


def shows(visitor: Visitor, state: str) -> None:
    """The line beside Save is in this state."""
    visitor.page.locator(f"#save-state[data-state='{state}']").wait_for()


def types_at_the_end(visitor: Visitor, text: str) -> None:
    """Key by key, as a person does."""
    visitor.page.locator(".cm-content").focus()
    visitor.page.keyboard.press("Control+End")
    visitor.page.keyboard.type(text)


def test_typed_text__when_the_window_is_closed__is_saved_or_comes_back(
    visit: Visit, organization: Organization, dana: Person
) -> None:
    agent = builders.an_agent(organization, dana)
    developer = visit(dana)
    developer.sign_in(PROMPT)

    types_at_the_end(developer, "The ferry leaves at nine.")
    shows(developer, "waiting")
    shows(developer, "saved")
    assert builders.config_of(agent)["prompt"].endswith("The ferry leaves at nine.")

    developer.expects_failures(PROMPT)
    developer.context.set_offline(True)
    types_at_the_end(developer, " Nobody waits.")
    shows(developer, "kept")
    developer.sees("Not saved: offline, 1 change")
    developer.page.close()
    developer.context.set_offline(False)
    developer.page = developer.window()
    developer.open(PROMPT)

    developer.sees("Your unsaved text was put back.")
    shows(developer, "saved")
    assert builders.config_of(agent)["prompt"].endswith("at nine. Nobody waits.")


def test_typed_text__when_the_window_went_before_the_answer__is_no_conflict_with_oneself(
    visit: Visit, organization: Organization, dana: Person
) -> None:
    agent = builders.an_agent(organization, dana)
    developer = visit(dana)
    developer.sign_in(PROMPT)
    developer.expects_failures(PROMPT)

    for count in (
        "one",
        "two",
    ):  # the save arrives, its answer never does; then a window reads what it saved, or not yet
        old = developer.context.request.get(PROMPT).text() if count == "one" else ""
        developer.page.route(f"**{PROMPT}", arrives_without_an_answer)
        types_at_the_end(developer, f" Ferry {count}.")
        shows(developer, "kept")
        types_at_the_end(developer, " More.")
        developer.page.close()
        developer.page = developer.window()
        if old:
            developer.page.route(f"**{PROMPT}", shown_before(old))
        developer.page.goto(PROMPT)
        developer.sees("Your unsaved text was put back.")
        shows(developer, "saved")
        assert builders.config_of(agent)["prompt"].endswith(f" Ferry {count}. More.")


def arrives_without_an_answer(route: Route) -> None:
    """The server has the save; the browser never hears of it."""
    if route.request.method == "POST":
        route.fetch()
        route.abort()
    else:
        route.continue_()


def shown_before(page: str) -> Callable[[Route], None]:
    """The page as it was made just before the save arrived."""

    def answer(route: Route) -> None:
        if route.request.method == "GET":
            route.fulfill(body=page, content_type="text/html")
        else:
            route.continue_()

    return answer


def test_typed_text__when_the_session_ended__is_saved_after_signing_in_again_without_leaving_the_page(
    visit: Visit, organization: Organization, dana: Person
) -> None:
    agent = builders.an_agent(organization, dana)
    developer = visit(dana)
    developer.sign_in(PROMPT)
    main = developer.page

    Session.objects.all().delete()
    types_at_the_end(developer, "The ferry leaves.")
    developer.sees("You are signed out")
    with main.expect_popup() as opened:
        main.locator("#signin-again").get_by_role("link", name="Sign in again").click()
    small = opened.value
    small.get_by_role("textbox", name="Email").fill(dana.user.email)
    small.get_by_label("Password").fill(PASSWORD)
    with small.expect_event("close"):
        small.get_by_role("button", name="Sign in", exact=True).click()

    shows(developer, "saved")
    assert builders.config_of(agent)["prompt"].endswith("The ferry leaves.")
    assert developer.reads().endswith("The ferry leaves.")


def test_text_that_is_not_valid__is_told_at_the_line_and_kept_in_the_browser(
    visit: Visit, organization: Organization, dana: Person
) -> None:
    agent = builders.an_agent(organization, dana)
    developer = visit(dana)
    developer.sign_in(f"{EDIT}settings?as=text")

    developer.writes("language: [de\n")
    shows(developer, "invalid")
    developer.page.locator(".cm-lintRange-error, .cm-lintPoint-error").first.wait_for(state="attached")
    developer.page.reload()
    developer.sees("Your unsaved text was put back.")
    assert developer.reads() == "language: [de\n"
    assert builders.config_of(agent)["settings"]["language"] == "en-US"

    developer.writes("language: de\n")
    shows(developer, "saved")
    assert builders.config_of(agent)["settings"] == {"language": "de"}


def test_editor__by_keyboard__walks_the_problems_and_lets_the_focus_go(
    visit: Visit, organization: Organization, dana: Person
) -> None:
    builders.an_agent(
        organization, dana, config={"prompt": "Hello.\nThis is {{company}}.\n", "variables": {"unused": {}}}
    )
    developer = visit(dana)
    developer.sign_in(PROMPT)
    developer.page.locator(".cm-variable-unknown").first.wait_for()

    developer.page.locator(".cm-content").focus()
    developer.page.keyboard.press("F8")
    assert developer.page.evaluate(LINE) == 2
    developer.page.keyboard.press("Escape")
    developer.page.keyboard.press("Tab")
    assert not developer.page.evaluate("document.activeElement.closest('.cm-content')")

    with developer.page.expect_navigation():
        developer.page.keyboard.press("F8")
    assert "/edit/variables" in developer.page.url
    developer.sees("{{unused}} is declared but never used.")


def test_two_people__in_one_part__see_each_other_and_choose_change_by_change(
    visit: Visit, organization: Organization, dana: Person, mara: Person
) -> None:
    agent = builders.an_agent(organization, dana, config={"prompt": "One.\nTwo.\nThree.\nFour.\n"})
    developer, admin = visit(dana), visit(mara)
    developer.sign_in(PROMPT)
    admin.sign_in(PROMPT)
    admin.sees("Dana Reyes is viewing Prompt.")

    admin.writes("Mara one.\nTwo.\nThree.\nMara four.\n")
    shows(admin, "saved")
    developer.writes("One.\nTwo.\nThree.\nDana four.\n")
    developer.sees("Mara Lindqvist changed this at")
    shows(developer, "paused")
    types_at_the_end(developer, "Typed after the refusal.\n")
    developer.press("See both", status=412)

    developer.sees("Change 2, line 4: both of you changed this")
    developer.page.get_by_role("group", name="Change 2").get_by_label("Both").focus()
    developer.page.keyboard.press("Space")
    developer.press("Save merged")

    merged = "Mara one.\nTwo.\nThree.\nMara four.\nDana four.\nTyped after the refusal.\n"
    assert builders.config_of(agent)["prompt"] == merged
    assert developer.reads() == merged
    developer.misses("Your unsaved text was put back.")
