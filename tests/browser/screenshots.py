"""`make screenshots`: a picture of every screen, as the person it is for sees it, in both themes.

Starts a console of its own with the demo organization in a folder that is thrown away, visits the table in
`screens.py`, and writes `screenshots/<theme>/<name>.png` (1440 px) and `screenshots/<theme>/phone/<name>.png`. The
screens that have words for the docs go to `docs/screens/` as well, small.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from console.launcher.health import is_healthy
from tests.browser.screens import SCREENS, Screen
from tests.throwaway import free_port

ROOT = Path(__file__).resolve().parents[2]
PICTURES, DOCS = ROOT / "screenshots", ROOT / "docs/screens"
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
THEMES = ("light", "dark")
START_SECONDS = 180
DOCS_BYTES = 2_500_000
PROGRAMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"]


@contextmanager
def demo_console() -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a console with the demo organization, and the passwords of its people."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="slipway-screens-") as folder:
        home = Path(folder) / "home"
        environment = os.environ | {"SLIPWAY_HOME": str(home), "PORT": str(port)}
        log = (Path(folder) / "log").open("w+")
        server = subprocess.Popen([sys.executable, "-m", "console.launcher"], cwd=ROOT, env=environment, stdout=log)
        try:
            wait_until_up(server, home / "demo-credentials.json", port)
            people = json.loads((home / "demo-credentials.json").read_text(encoding="utf-8"))["users"]
            yield f"http://127.0.0.1:{port}", {person["email"]: person["password"] for person in people}
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
            log.close()


def wait_until_up(server: "subprocess.Popen[bytes]", credentials: Path, port: int) -> None:
    """Until the demo is loaded and the console answers."""
    for _second in range(START_SECONDS):
        if credentials.exists() and is_healthy(port):
            return
        try:
            server.wait(1)
        except subprocess.TimeoutExpired:
            continue
        raise SystemExit("The console did not start.")
    raise SystemExit(f"The console did not start within {START_SECONDS} s.")


def take_all(browser: Browser, address: str, passwords: dict[str, str]) -> None:
    """Every screen in both themes; one browser for each person and theme."""
    by_person = groupby(sorted(SCREENS, key=lambda screen: screen.who), key=lambda screen: screen.who)
    for who, group in by_person:
        screens = list(group)
        for theme in THEMES:
            options: dict[str, Any] = {"color_scheme": theme, "viewport": DESK, "reduced_motion": "reduce"}
            context = browser.new_context(base_url=address, timezone_id="Europe/Berlin", **options)
            page = context.new_page()
            if who:
                sign_in(page, f"{who}@harborpine.example", passwords)
            for screen in screens:
                take(page, screen, theme)
            context.close()


def sign_in(page: Page, email: str, passwords: dict[str, str]) -> None:
    """Through the form."""
    page.goto("/accounts/login/")
    page.get_by_role("textbox", name="Email").fill(email)
    page.get_by_label("Password").fill(passwords[email])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/o/**")


def take(page: Page, screen: Screen, theme: str) -> None:
    """The picture on a desk, on a phone where it is asked for, and a small one for the docs."""
    folder = PICTURES / theme
    page.set_viewport_size(DESK)
    reach(page, screen)
    page.screenshot(path=folder / f"{screen.name}.png")
    if screen.shown and theme in screen.docs:
        page.screenshot(path=DOCS / f"{screen.name}-{theme}.jpg", type="jpeg", quality=65)
    if screen.phone:
        page.set_viewport_size(PHONE)
        page.screenshot(path=folder / "phone" / f"{screen.name}.png", full_page=not screen.press)


def reach(page: Page, screen: Screen) -> None:
    """As the row of the table says; what scripts draw is waited for."""
    answer = page.goto(screen.path)
    assert answer is not None
    if answer.status != screen.status:
        raise SystemExit(f"{screen.name}: {screen.path} answered {answer.status}, not {screen.status}.")
    if screen.follow:
        page.goto(str(page.locator(screen.follow).first.get_attribute("href")))
    if screen.press:
        page.keyboard.press(screen.press)
        page.locator("dialog[open] :is(li, [role='option'])").filter(visible=True).first.wait_for()
    page.wait_for_load_state("networkidle")


def main() -> None:
    """All of it; says where the pictures are."""
    DOCS.mkdir(parents=True, exist_ok=True)
    for former in DOCS.glob("*.jpg"):
        former.unlink()
    program = next((name for name in PROGRAMS if Path(name).exists()), None)
    with demo_console() as (address, passwords), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        take_all(browser, address, passwords)
        browser.close()
    weight = sum(path.stat().st_size for path in DOCS.glob("*.jpg"))
    if weight > DOCS_BYTES:
        raise SystemExit(f"The pictures for the docs weigh {weight} bytes; {DOCS_BYTES} are allowed.")
    sys.stdout.write(f"{len(SCREENS)} screens in both themes: {PICTURES}; {weight // 1024} KB of them in {DOCS}\n")


if __name__ == "__main__":
    main()
