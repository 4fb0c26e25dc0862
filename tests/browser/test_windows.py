"""What people do to pages: two windows, a session that ended, a double click, the Back button, no mouse."""

import pytest

from audit.models import Event
from console.organizations.models import Organization
from environments.models import Deployment
from tests import builders
from tests.browser.conftest import Visit
from tests.cast import Person

pytestmark = pytest.mark.browser

AGENT = "/o/harbourline/agents/order-desk/"
FOCUS_IS_SEEN = """() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  const place = document.activeElement.getBoundingClientRect();
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && place.bottom > 0 && place.top < innerHeight;
}"""


@pytest.fixture
def ready(organization: Organization, dana: Person, quinn: Person) -> None:
    """A version that QA marked ready."""
    builders.a_ready_version(organization, author=dana, tester=quinn)


def pushes() -> list[int]:
    """The versions that were pushed, in order."""
    moves = Deployment.objects.filter(environment__kind="production").select_related("version").order_by("at")
    return [move.version.number for move in moves]


def test_typed_text__when_the_window_was_closed__is_there_in_the_next_one(
    visit: Visit, organization: Organization, dana: Person, quinn: Person
) -> None:
    builders.a_candidate(organization, author=dana)
    tester = visit(quinn)
    tester.sign_in(f"{AGENT}staging")

    tester.page.get_by_role("textbox", name="Reason").press_sequentially("She promises a ref")
    tester.page.close()
    tester.page = tester.window()
    tester.open(f"{AGENT}staging")

    assert tester.page.get_by_role("textbox", name="Reason").input_value() == "She promises a ref"


@pytest.mark.usefixtures("ready")
def test_push__pressed_twice__moves_the_pin_once_and_refuses_nothing(visit: Visit, mara: Person) -> None:
    admin = visit(mara)
    admin.sign_in(f"{AGENT}push")

    admin.page.get_by_role("button", name="Push to Production: v1").dblclick()
    admin.sees("Release record")

    assert pushes() == [1]
    assert not Event.objects.filter(outcome="refused").exists()


@pytest.mark.usefixtures("ready")
def test_back_and_forward__after_a_push__repeat_nothing(visit: Visit, mara: Person) -> None:
    admin = visit(mara)
    admin.sign_in(f"{AGENT}push")
    admin.press("Push to Production: v1")

    admin.page.go_back()
    admin.sees("Production serves v1 already.")
    admin.page.go_forward()
    admin.sees("Release record")
    admin.page.reload()
    admin.sees("Release record")

    assert pushes() == [1]


@pytest.mark.usefixtures("ready")
def test_push__by_keyboard_alone__works_with_the_focus_in_sight(visit: Visit, mara: Person) -> None:
    admin = visit(mara)
    admin.sign_in(f"{AGENT}push")
    button = admin.page.get_by_role("button", name="Push to Production: v1")

    for _ in range(60):
        admin.page.keyboard.press("Tab")
        assert admin.page.evaluate(FOCUS_IS_SEEN), admin.page.evaluate("document.activeElement.outerHTML")
        if button.evaluate("element => element === document.activeElement"):
            break
    admin.page.keyboard.press("Enter")
    admin.sees("Release record")

    assert pushes() == [1]


@pytest.mark.usefixtures("ready")
def test_record__printed_from_a_dark_screen__is_ink_on_paper(visit: Visit, mara: Person) -> None:
    admin = visit(mara, color_scheme="dark")
    admin.sign_in(f"{AGENT}push")
    admin.press("Push to Production: v1")

    admin.page.emulate_media(media="print", color_scheme="dark")

    paper = "getComputedStyle(document.body).backgroundColor"
    assert admin.page.evaluate(paper) == "rgb(255, 255, 255)"
    assert not admin.page.locator("#rail").is_visible()
