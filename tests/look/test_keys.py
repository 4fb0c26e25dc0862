"""The keyboard layer on the gallery: what a key presses, where it is silent, how a list is walked."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.look.gallery import gallery_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

FOCUS = "document.activeElement.textContent.trim()"
CHOSEN = "[...document.querySelectorAll('[data-row] input')].map((box) => box.checked)"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery_server() as address:
        yield address


@pytest.fixture
def tab(browser: "Browser", address: str) -> Iterator["Page"]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=address)
    page = context.new_page()
    page.goto("/gallery")
    page.locator("h1").click()
    yield page
    context.close()


def pressed(tab: "Page", *keys: str) -> str:
    """Press these keys, then say what has the focus."""
    for key in keys:
        tab.keyboard.press(key)
    return str(tab.evaluate(FOCUS))


def test_rows__walked_by_keys__take_the_focus_open_and_are_chosen(tab: "Page") -> None:
    assert pressed(tab, "k") == "support-bot"
    assert pressed(tab, "j", "j") == "hr-faq"
    assert pressed(tab, "k") == "billing-voice"

    pressed(tab, "x", "j", "j", "Shift+X")
    assert tab.evaluate(CHOSEN) == [False, True, True, True]
    pressed(tab, "Escape")
    assert tab.evaluate(CHOSEN) == [False] * 4
    pressed(tab, "Enter")
    assert tab.url.endswith("#agent")


def test_key__of_a_control__presses_it_and_that_of_a_row_needs_the_row(tab: "Page") -> None:
    pressed(tab, "r")
    tab.locator("#status", has_text="Choose a row first: press j.").wait_for()

    pressed(tab, "j", "j", "r")
    assert tab.url.endswith("#next-billing-voice")
    assert pressed(tab, "n") == "New agent"
    assert tab.url.endswith("#new")


def test_chord__of_the_navigation__goes_there_and_a_late_second_key_does_not(tab: "Page") -> None:
    pressed(tab, "g", "l")
    assert tab.url.endswith("#go-l")
    pressed(tab, "g", "q")
    assert tab.url.endswith("#go-q")
    pressed(tab, "l")
    assert tab.url.endswith("#go-q")


def test_keys__while_somebody_types_or_holds_control__are_silent(tab: "Page") -> None:
    before = tab.url
    assert pressed(tab, "/") == ""
    assert tab.evaluate("document.activeElement.id") == "filter-name"
    pressed(tab, "j", "g", "l", "?", "n")
    assert tab.locator("#filter-name").input_value() == "jgl?n"

    tab.locator("h1").click()
    pressed(tab, "Control+j", "Alt+n", "Control+l")
    assert (tab.url, tab.locator("#keys").is_visible()) == (before, False)


def test_help__by_question_mark__lists_the_keys_and_silences_the_page(tab: "Page") -> None:
    pressed(tab, "j", "j", "?")
    listed = tab.locator("#keys").inner_text()

    for words in ("n New agent", "g l Audit", "j k Next, previous row", "Ctrl K Palette"):
        assert words in " ".join(listed.split())
    pressed(tab, "j", "n")
    assert not tab.url.endswith("#new")
    assert pressed(tab, "Escape") == "billing-voice"


def test_keys__switched_off_by_the_person__do_nothing_but_the_help_opens(tab: "Page") -> None:
    tab.goto("/gallery?keys=off")
    tab.locator("h1").click()
    pressed(tab, "j", "n", "g", "l", "?")
    assert tab.url.endswith("keys=off")
    assert not tab.locator("#keys").is_visible()

    tab.get_by_role("button", name="Keys").click()
    assert "switched off" in tab.locator("#keys").inner_text()


def test_theme__by_its_key__changes_at_once_and_says_when_it_was_not_kept(tab: "Page") -> None:
    tab.route("**/gallery#theme", lambda route: route.fulfill(status=204))
    tab.route("**/gallery", lambda route: route.fulfill(status=204))
    pressed(tab, "t")
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    assert tab.evaluate("document.documentElement.dataset.bsTheme") == "dark"

    tab.unroute("**/gallery")
    tab.route("**/gallery", lambda route: route.fulfill(status=503))
    pressed(tab, "t")
    tab.get_by_text("The theme was not kept").wait_for()
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
