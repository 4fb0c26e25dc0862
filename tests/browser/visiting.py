"""One person in a browser of their own: signs in, opens, types, presses; every page is examined on the way.

A page is examined by axe in both themes, and nothing may be said on the console, be refused by the Content
Security Policy, or be asked of another host, in any window of the person.
"""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

from tests.cast import PASSWORD, Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, ViewportSize

DESK: "ViewportSize" = {"width": 1440, "height": 900}
PHONE: "ViewportSize" = {"width": 360, "height": 740}
NOT_LOADED = "Failed to load resource"
SERIOUS = {"serious", "critical"}
REFUSALS = {401, 403, 409, 412, 413, 422}  # answers that a script of the page expects
WAIT_MS = 15_000
# axe needs seconds for a difference of hundreds of rows; the first parts of each section have all that there is.
REPEATED = ".diff-part ~ .diff-part ~ .diff-part, .diff-rows tr:nth-of-type(n + 13)"
WRITE = """text => {
  const { code } = document.getElementById("id_text");
  code.dispatch({ changes: { from: 0, to: code.state.doc.length, insert: text } });
}"""
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


class Visitor:
    """A person of the cast at a browser. `page` is the window in front; further windows come from `window`."""

    def __init__(self, browser: "Browser", address: str, person: Person, examined: set[str], **options: Any) -> None:
        self.person = person
        self.address = address
        self.examined = examined
        self.context = browser.new_context(base_url=address, viewport=DESK, reduced_motion="reduce", **options)
        self.context.set_default_timeout(WAIT_MS)
        self.context.on("request", self._note_request)
        self.context.on("response", self._note_response)
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        self.wrong: list[str] = []
        self._not_loaded: list[str] = []
        self._refused: set[str] = set()
        self.scripts = options.get("java_script_enabled", True)
        self.page: Page = self.context.new_page()

    def sign_in(self, path: str = "/") -> None:
        """Through the real form; the page that was asked for follows."""
        self.page.goto(path)
        self.examine()
        self.fill_in_sign_in()

    def fill_in_sign_in(self) -> None:
        """The sign-in form that stands in the window."""
        self.type("Email", self.person.user.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Sign in", exact=True)

    def window(self) -> "Page":
        """Another window of the same browser."""
        return self.context.new_page()

    def open(self, path: str, status: int = 200) -> None:
        """Go to an address; the answer must have this status."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == status, f"{self.person.name} at {path}: {answer.status}"
        self.examine(status)

    def follow(self, name: str, exact: bool = False) -> None:
        """Go where a link leads."""
        self._go(self.page.get_by_role("link", name=name, exact=exact).first, 200)

    def press(self, name: str, status: int = 200, exact: bool = False) -> None:
        """Press a button that sends a form; the page that follows must have this status."""
        self._go(self.page.get_by_role("button", name=name, exact=exact), status)

    def type(self, label: str, text: str) -> None:
        """Type into a field; its label begins with these words."""
        self.page.get_by_role("textbox", name=label).fill(text)

    def writes(self, text: str) -> None:
        """Another text in the code editor, as if it was typed at once."""
        self.page.locator(".cm-content").wait_for()
        self.page.evaluate(WRITE, text)

    def reads(self) -> str:
        """The text in the code editor."""
        return self.page.locator("#id_text").input_value()

    def saves(self) -> None:
        """Save now, and wait until the server has it."""
        self.page.keyboard.press("Control+s")
        self.page.locator("#save-state[data-state='saved']").wait_for()

    def expects_failures(self, path: str) -> None:
        """What is sent to this address may not arrive."""
        self._refused.add(f"{self.address}{path}")

    def sees(self, *texts: str) -> None:
        """Each of these texts stands on the page, visibly."""
        for text in texts:
            self.page.get_by_text(text).filter(visible=True).first.wait_for()

    def misses(self, text: str) -> None:
        """This text does not stand on the page."""
        assert text not in self.words(), text

    def words(self) -> str:
        """Everything that can be read in the main part of the page."""
        return self.page.locator("main").inner_text()

    def hold(self, viewport: "ViewportSize") -> None:
        """The person looks at a screen of another size."""
        self.page.set_viewport_size(viewport)

    def examine(self, status: int = 200, method: str = "GET") -> None:
        """The page that is shown fits the screen and axe has no serious finding.

        Each kind of page is examined once for each person on a desk, once on a phone, and once in the dark.
        """
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"too wide: {self.page.url}"
        if not self.scripts:
            return
        page = f"{method} {ID.sub('*', urlsplit(self.page.url).path)} {status}"
        self._examine_once(f"{page} {'on a phone' if self.is_on_a_phone else self.person.name}", {})
        self.page.emulate_media(color_scheme="dark")
        self._examine_once(f"{page} in the dark", {"runOnly": ["color-contrast"]})
        self.page.emulate_media(color_scheme="light")

    @property
    def is_on_a_phone(self) -> bool:
        """Whether the screen is a narrow one."""
        return (self.page.viewport_size or DESK)["width"] < DESK["width"]

    def _examine_once(self, what: str, options: dict[str, Any]) -> None:
        if what in self.examined:
            return
        self.examined.add(what)
        found = (
            Axe()
            .run(
                self.page,
                {"exclude": [[REPEATED]]},
                options={"resultTypes": ["violations"], "preload": False, **options},
            )
            .response["violations"]
        )
        serious = [(one["id"], one["nodes"][0]["target"]) for one in found if one["impact"] in SERIOUS]
        assert serious == [], f"{what}: {serious}"

    def forgive(self) -> None:
        """What was not loaded until now was taken away on purpose."""
        self._not_loaded.clear()

    def leave(self) -> None:
        """Close the browser; nothing may have gone wrong in it."""
        self.context.close()
        unexpected = [url for url in self._not_loaded if url not in self._refused]
        assert self.wrong + unexpected == [], self.person.name

    def _go(self, target: "Locator", status: int) -> None:
        with self.page.expect_navigation() as going:
            target.click()
        answer = going.value
        assert answer.status == status, f"{self.person.name} at {self.page.url}: {answer.status}\n{self.words()[:2000]}"
        self.examine(status, answer.request.method)

    def _note_request(self, request: "Request") -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.wrong.append(f"asked elsewhere: {request.url}")

    def _note_response(self, response: "Response") -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status}: {response.url}")
        refused = response.status in REFUSALS or response.request.is_navigation_request()
        if response.status >= 400 and refused:
            self._refused.add(response.url)

    def _note_console(self, message: "ConsoleMessage") -> None:
        if message.text.startswith(NOT_LOADED):
            self._not_loaded.append(message.location["url"])  # a page that says no; decided when all is known
        elif message.type in {"error", "warning"}:
            self.wrong.append(message.text)
