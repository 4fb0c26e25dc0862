"""Every screen of the demo organization: axe in both themes, no page too wide, none left out of the table."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from console.organizations.models import User
from tests.browser.conftest import Visit
from tests.browser.screens import NO_SCREEN, SCREENS, Screen
from tests.browser.visiting import DESK, PHONE, Visitor
from tests.cast import PASSWORD, Person

FITS = "document.documentElement.scrollWidth <= innerWidth"
MACHINES = "api/"
DOCS = Path(__file__).resolve().parents[2] / "docs/screens"


@pytest.mark.browser
@pytest.mark.parametrize("who", sorted({screen.who for screen in SCREENS}))
def test_every_screen__in_both_themes_and_widths__has_no_serious_finding(demo: None, visit: Visit, who: str) -> None:
    person = Person(User.objects.get(email=f"{who or 'dana'}@harborpine.example"))
    visitor = visit(person)
    if who:
        visitor.sign_in("/")
    for screen in (screen for screen in SCREENS if screen.who == who):
        visitor.hold(DESK)
        show(visitor, screen)
        if screen.phone:
            visitor.hold(PHONE)
            assert visitor.page.evaluate(FITS), f"too wide on a phone: {screen.name}"


@pytest.fixture
def demo(transactional_db: None) -> None:
    """The demo organization; its people get the passwords of the cast."""
    call_command("demo", verbosity=0)
    for person in User.objects.all():
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])


def show(visitor: Visitor, screen: Screen) -> None:
    """Go to the screen as its row says; each step is examined."""
    visitor.open(screen.path, screen.status)
    if screen.follow:
        visitor.open(str(visitor.page.locator(screen.follow).first.get_attribute("href")))
    if screen.press:
        visitor.page.keyboard.press(screen.press)
        visitor.page.locator("dialog[open]").wait_for()
        visitor.page.locator("dialog[open] :is(li, [role='option'])").filter(visible=True).first.wait_for()
        visitor.examine(method=screen.press)


def test_every_page__of_the_address_map__is_a_screen_or_has_a_reason() -> None:
    shown = {name for screen in SCREENS for name in names_of(screen)}
    pages = {name for name, view in addresses() if "GET" in methods_of(view)}

    assert sorted(pages - shown - NO_SCREEN.keys()) == []
    assert sorted(NO_SCREEN.keys() & shown) == []
    assert sorted(NO_SCREEN.keys() - {name for name, _ in addresses()}) == []


def test_pictures__in_the_docs__are_those_of_the_table_and_light_enough() -> None:
    wanted = {f"{screen.name}-{theme}.jpg" for screen in SCREENS if screen.shown for theme in screen.docs}
    there = list(DOCS.glob("*.jpg"))
    named = set(re.findall(r"screens/([\w-]+\.jpg)", (DOCS.parent / "screens.md").read_text(encoding="utf-8")))

    assert {path.name for path in there} == wanted
    assert named <= wanted
    assert sum(path.stat().st_size for path in there) <= 2_500_000


def names_of(screen: Screen) -> Iterator[str]:
    """The names of the addresses that a screen shows; a followed link is known by what its selector looks for."""
    followed = {
        "audit-event": "audit_event",
        "member": "member",
        "release-record": "environments:release",
        "flow-node": "agents:draft-node",
    }
    leads_to = {"compare-pair": "environments:compare-pair"}
    yield from (table[screen.name] for table in (followed, leads_to) if screen.name in table)
    try:
        yield resolve(screen.path.partition("?")[0]).view_name
    except Resolver404:
        assert screen.status == 404


def addresses(
    patterns: list[Any] | None = None, path: str = "", space: str = ""
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Name and view of every address that is not for machines; nameless ones are doors that are closed."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = path + str(pattern.pattern)
        if here.startswith(MACHINES):
            continue
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here, pattern.namespace or space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{space}:{pattern.name}" if space else pattern.name, pattern.callback


def methods_of(view: Callable[..., Any]) -> list[str]:
    """The methods that `require_http_methods` lets through; everything where nothing is said."""
    found: Any = view
    while found is not None:
        for cell in getattr(found, "__closure__", None) or ():
            kept = cell.cell_contents
            if isinstance(kept, list) and kept and all(isinstance(one, str) and one.isupper() for one in kept):
                return kept
        found = getattr(found, "__wrapped__", None)
    return ["GET", "POST"]
