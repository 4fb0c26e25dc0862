"""The boards in a browser: they look again without disturbing anybody, and are walked by keys."""

import pytest

from console.organizations.models import Organization
from environments.actions import mark_ready
from tests import builders
from tests.browser.conftest import Visit
from tests.browser.visiting import PHONE, Visitor
from tests.cast import Person

pytestmark = pytest.mark.browser

BOARD, QUEUE = "/o/harbourline/", "/o/harbourline/queue"
LOOK_NOW = "document.dispatchEvent(new Event('visibilitychange'))"
FOCUSED = "document.activeElement.id"
ROWS = "[...document.querySelectorAll('#matrix-rows > tr:not([data-live-keep])')].map(row => row.id)"


def look_again(visitor: Visitor) -> None:
    """The page looks again, as when its window comes to the front; the answer is taken over."""
    with visitor.page.expect_response(lambda answer: "x-slipway-as-of" in answer.headers):
        visitor.page.evaluate(LOOK_NOW)
    visitor.page.locator("[data-live-of][data-state='on']").first.wait_for(state="attached")


def test_live__somebody_is_at_the_board__takes_nothing_away_and_moves_nothing(
    visit: Visit, organization: Organization, dana: Person, quinn: Person
) -> None:
    claims = builders.a_candidate(organization, author=dana, slug="claims", name="Claims")
    builders.a_candidate(organization, author=dana, slug="ferry", name="Ferry")
    developer = visit(dana)
    developer.sign_in(BOARD)
    developer.examine()
    page = developer.page

    page.locator("#ferry--staging").focus()
    page.locator("main input[name=q]").evaluate("field => { field.value = 'half' }")
    mark_ready(claims, actor=quinn.actor(), number=1)
    builders.an_agent(organization, dana, slug="another", name="Another")
    look_again(developer)

    page.locator("#claims--ready").get_by_text("Ready for Production").wait_for()
    assert page.evaluate(FOCUSED) == "ferry--staging"
    assert page.evaluate(ROWS) == ["agent-claims", "agent-ferry"]
    assert page.locator("main input[name=q]").input_value() == "half"
    page.get_by_role("button", name="1 row changed, update order").click()
    page.locator("#agent-another").wait_for()
    assert page.evaluate(ROWS) == ["agent-another", "agent-claims", "agent-ferry"]

    page.mouse.move(0, 0)
    page.get_by_role("button", name="Pause updates").click()
    developer.sees("paused, as of")
    page.get_by_role("button", name="Resume updates").click()
    developer.sees("live, as of")


def test_live__an_open_peek_and_an_open_menu__stay_open(visit: Visit, organization: Organization, dana: Person) -> None:
    builders.a_candidate(organization, author=dana, slug="claims", name="Claims")
    developer = visit(dana)
    developer.sign_in(BOARD)
    page = developer.page

    page.get_by_role("button", name="Last releases of Claims").click()
    developer.sees("Dana Reyes promoted v1 to Staging")
    page.get_by_text("Saved views").click()
    builders.a_candidate(organization, author=dana, slug="ferry", name="Ferry")
    look_again(developer)

    page.locator("#agent-ferry").wait_for()
    assert page.get_by_text("Dana Reyes promoted v1 to Staging").is_visible()
    assert page.locator("#saved-views").get_attribute("open") is not None
    developer.examine()


def test_grid__by_keys_alone__walks_the_cells_opens_and_compares(
    visit: Visit, organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    builders.a_candidate(organization, author=dana, slug="claims", name="Claims")
    builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara, slug="refunds", name="Refunds")
    admin = visit(mara)
    admin.sign_in(BOARD)
    keyboard, page = admin.page.keyboard, admin.page
    page.locator("#matrix[role='grid']").wait_for()

    page.locator("#claims--agent").focus()
    for key, expected in [
        ("ArrowRight", "claims--development"),
        ("ArrowDown", "refunds--development"),
        ("End", "refunds--production"),
        ("ArrowLeft", "refunds--ready"),
        ("ArrowUp", "claims--ready"),
        ("Home", "claims--agent"),
    ]:
        keyboard.press(key)
        assert page.evaluate(FOCUSED) == expected, key
    page.locator("#refunds--production").focus()
    keyboard.press("c")
    page.wait_for_url("**/refunds/compare?from=environment%3Aproduction&to=environment%3Astaging")
    page.go_back()
    page.locator("#refunds--production").focus()
    keyboard.press("Enter")
    page.wait_for_url("**/refunds/env/production")
    admin.examine()
    keyboard.press("[")
    page.wait_for_url("**/refunds/env/staging")


def test_queue__on_a_desk_and_a_phone__takes_the_next_thing_by_one_key(
    visit: Visit, organization: Organization, dana: Person, quinn: Person
) -> None:
    builders.a_candidate(organization, author=dana, slug="claims", name="Claims")
    builders.a_candidate(organization, author=dana, slug="ferry", name="Ferry")
    tester = visit(quinn)
    tester.sign_in(QUEUE)
    page = tester.page

    page.keyboard.press("j")
    page.keyboard.press("m")
    tester.sees("You are on it")
    page.keyboard.press("e")
    page.wait_for_url("**/claims/staging?queue=1")
    tester.type("Note", "Called it.")
    tester.press("Mark Ready for Production")
    tester.sees("v1 is Ready for Production", "Next: Ferry v1")
    tester.hold(PHONE)
    tester.open(QUEUE)
    tester.open(BOARD)


def test_queue__when_the_server_is_gone__keeps_the_last_list_and_says_so(
    visit: Visit, organization: Organization, dana: Person, quinn: Person
) -> None:
    builders.a_candidate(organization, author=dana, slug="claims", name="Claims")
    tester = visit(quinn)
    tester.sign_in(QUEUE)
    page = tester.page

    page.route(
        "**/queue", lambda route: route.abort() if "x-slipway-live" in route.request.headers else route.continue_()
    )
    page.evaluate(LOOK_NOW)
    tester.sees("not refreshed since", "Claims")
    page.unroute("**/queue")
    look_again(tester)
    tester.sees("live, as of")
    tester.forgive()
