"""Decisions, pushes and rollbacks on a phone, the way back in three clicks, a candidate that changes under the page."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import mark_ready
from environments.models import Deployment
from tests import builders
from tests.browser.conftest import Visit
from tests.browser.visiting import PHONE, Visitor
from tests.cast import Person

pytestmark = pytest.mark.browser

HOME = "/o/harbourline/"
AGENT = f"{HOME}agents/order-desk/"


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    cases = {"finds-order": {"turns": [{"user": "Where is order 7?", "expect": {"contains": "7"}}]}}
    made = builders.an_agent(organization, dana, config=builders.CONFIG | {"tests": cases})
    builders.pushed(made, dana, quinn, mara)
    builders.published(made, dana, "You answer questions about orders.\nBe kind.\n", "Kinder")
    return made


def clicks_to_roll_back(mara: Visitor) -> int:
    """From the dashboard, without typing: the agent's rollback, what kind of reason, the button."""
    clicks = 0
    mara.open(HOME)
    rollback = mara.page.get_by_role("link", name="Rollback").filter(visible=True)
    if not rollback.count():
        mara.follow("Order desk")
        clicks += 1
    mara.follow("Rollback")
    clicks += 1
    mara.sees("It gets v1 back at once, and v2 goes on hold.")
    if clicks == 1:
        mara.page.get_by_text("Wrong answers", exact=True).click()
        mara.press("Rollback to v1")
        return clicks + 2
    mara.type("Reason", "It promises refunds")
    mara.press("Rollback to v1")
    return clicks + 1


def test_release_pages__on_a_phone__approve_push_and_roll_back_in_three_clicks(
    visit: Visit, agent: Agent, quinn: Person, mara: Person, avery: Person
) -> None:
    tester, admin = visit(quinn), visit(mara)
    for person in (tester, admin):
        person.hold(PHONE)
    tester.sign_in(f"{HOME}notifications")
    tester.follow("Dana Reyes promoted v2 of Order desk to Staging")
    tester.page.get_by_role("link", name="To the decision").click()
    tester.page.get_by_label("finds-order").check()
    tester.type("Note", "Called it twice")
    tester.press("Mark Ready for Production")
    tester.sees("v2 is Ready for Production.", "Tested: finds-order.")

    admin.sign_in(f"{AGENT}push")
    admin.page.get_by_role("link", name="To the gates and the button").click()
    admin.sees("Ready by Quinn Abara")
    admin.press("Push to Production: v2")
    admin.sees("Release record", "Rollback to v1")
    assert clicks_to_roll_back(admin) <= 3
    admin.sees("v2 is on hold")
    assert Deployment.objects.filter(agent=agent, action="rollback").count() == 1

    auditor = visit(avery)
    auditor.sign_in(f"{HOME}releases")
    for page in ("releases", "history", "notifications", "agents/order-desk/versions/", "agents/order-desk/releases/"):
        auditor.open(f"{HOME}{page}")
    auditor.open("/me/notifications")


def test_workspace__another_candidate_comes__a_bar_says_so_and_the_decision_is_refused(
    visit: Visit, agent: Agent, dana: Person, quinn: Person
) -> None:
    tester = visit(quinn)
    tester.page.clock.install()
    tester.sign_in(f"{AGENT}staging")
    tester.type("Note", "Called it twice")
    builders.published(agent, dana, "You answer nothing.\n", "Silent")
    tester.page.clock.fast_forward(20_000)
    tester.sees("v3 replaced v2 at", "Look at v3")

    tester.press("Mark Ready for Production", status=409)

    tester.sees("Nothing was changed.")
    assert tester.page.locator("#decide-mark_ready textarea").input_value() == "Called it twice"


def test_control_enter__on_a_push_page__focuses_the_button_and_moves_nothing(
    visit: Visit, agent: Agent, quinn: Person, mara: Person
) -> None:
    mark_ready(agent, actor=quinn.actor(), number=2)
    admin = visit(mara)
    admin.sign_in(f"{AGENT}push")
    admin.page.get_by_role("textbox", name="Note").press("Control+Enter")

    focused = admin.page.evaluate("document.activeElement.textContent.trim()")
    assert focused == "Push to Production: v2"
    admin.sees("1 of 1 changed sections seen")
    assert Deployment.objects.filter(agent=agent, environment__slug="production").count() == 1
