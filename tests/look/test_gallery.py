"""The components in a real browser: accessible, inside the screen, allowed by the CSP, and comfortable."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.look.gallery import gallery_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAGES = ["/gallery", "/refusal", "/sign-in", "/500"]
KEPT_KEY = "slipway-kept:gallery:reason"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery_server() as address:
        yield address


@pytest.fixture
def tab(browser: "Browser") -> Iterator["Page"]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_page__in_each_theme_and_width__has_no_finding_and_fits(
    tab: "Page", address: str, path: str, theme: str
) -> None:
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: said.append(str(error)))

    for width in (1440, 1000, 360):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.goto(f"{address}{path}?theme={theme}")
        findings = Axe().run(tab).response["violations"]

        assert [(finding["id"], finding["nodes"][0]["target"]) for finding in findings] == []
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    assert said == []


@pytest.mark.parametrize(("scheme", "background"), [("light", "rgb(246, 247, 249)"), ("dark", "rgb(14, 17, 22)")])
def test_theme__left_to_the_system__follows_it_without_a_script(
    browser: "Browser", address: str, scheme: str, background: str
) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    tab = context.new_page()
    tab.route("**/*.js", lambda route: route.abort())

    tab.goto(f"{address}/gallery?theme=system")

    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == background
    context.close()


def test_menus__by_keyboard__open_and_close_and_give_the_focus_back(tab: "Page", address: str) -> None:
    tab.set_viewport_size({"width": 360, "height": 800})
    tab.goto(f"{address}/refusal")

    tab.locator(".rail-open").focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#rail").is_visible()
    tab.keyboard.press("Escape")

    assert not tab.locator("#rail").is_visible()
    assert tab.evaluate("document.activeElement.className").startswith("tool rail-open")


def test_refused_button__when_pressed__moves_the_focus_to_its_reason(tab: "Page", address: str) -> None:
    tab.goto(f"{address}/gallery")

    tab.locator("#push").press("Enter")

    assert tab.evaluate("document.activeElement.id") == "push-why"


def test_form_with_errors__when_shown__has_the_focus(tab: "Page", address: str) -> None:
    tab.goto(f"{address}/gallery")

    assert tab.evaluate("document.activeElement.id") == "form-errors"


def test_typed_text__after_the_page_is_lost__comes_back_until_it_was_saved(tab: "Page", address: str) -> None:
    tab.goto(f"{address}/gallery")
    tab.locator("#id_reason").fill("half a sentence")

    tab.goto(f"{address}/gallery")
    assert tab.locator("#id_reason").input_value() == "half a sentence"
    tab.get_by_role("button", name="Use the saved text").click()

    assert tab.locator("#id_reason").input_value() == "The refund rule in turn 4 is wrong."
    assert tab.evaluate(f"localStorage.getItem('{KEPT_KEY}')") is None


def test_typed_text__when_the_server_has_another_one__is_offered_not_forced(tab: "Page", address: str) -> None:
    tab.goto(f"{address}/gallery")
    tab.evaluate(f"localStorage.setItem('{KEPT_KEY}', JSON.stringify({{text: 'mine', base: 'an older text'}}))")

    tab.reload()
    assert tab.locator("#id_reason").input_value() == "The refund rule in turn 4 is wrong."
    tab.get_by_role("button", name="Use my text").click()

    assert tab.locator("#id_reason").input_value() == "mine"


def test_form__sent_twice_at_once__goes_out_once(tab: "Page", address: str) -> None:
    tab.goto(f"{address}/gallery")

    sent = tab.evaluate(
        """() => {
          const form = document.querySelector("form[data-keep]");
          let sent = 0;
          form.noValidate = true;
          form.addEventListener("submit", (event) => { sent += 1; event.preventDefault(); });
          form.requestSubmit();
          form.requestSubmit();
          return sent;
        }"""
    )

    assert sent == 1
