"""The four people at their browsers, on a real web server."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.visiting import Visitor
from tests.cast import Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def examined() -> set[str]:
    """The pages that axe has seen in this run: it needs seconds for each, and one time is enough."""
    return set()


@pytest.fixture
def visit(browser: "Browser", web_server_process: str, examined: set[str]) -> Iterator[Visit]:
    """Sits a person down at a browser of their own; when the test is over, none of them may have gone wrong."""
    visitors: list[Visitor] = []

    def sit_down(person: Person, **options: Any) -> Visitor:
        visitors.append(Visitor(browser, web_server_process, person, examined, **options))
        return visitors[-1]

    yield sit_down
    for visitor in visitors:
        visitor.leave()
