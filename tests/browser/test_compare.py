"""Reading a difference by keys alone: the focus walks the changes and is told where it is; large texts stay quick."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from tests import builders
from tests.browser.conftest import Visit
from tests.browser.visiting import PHONE, Visitor
from tests.cast import Person

pytestmark = pytest.mark.browser

COMPARE = "/o/harbourline/agents/order-desk/compare/"
FOCUS = "document.activeElement.dataset.say"
# From the first key to the painted end of the page, in milliseconds.
SCROLL = """() => new Promise((done) => {
  const began = performance.now();
  scrollTo(0, document.body.scrollHeight);
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
})"""


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    """v1 and v2 differ in a setting, in two places of a long prompt and in a flow."""
    prompt = "".join(f"Line {number} of the prompt.\n" for number in range(1, 201))
    made = builders.an_agent(organization, dana, config={"prompt": prompt, "settings": {"greeting": "Hello."}})
    builders.published(made, dana)
    edited = prompt.replace("Line 50 of", "Row 50 of").replace("Line 150 of", "Row 150 of")
    flow = {
        "start": "greet",
        "nodes": {"greet": {"type": "say", "text": "Hi"}, "bye": {"type": "end"}},
        "edges": [{"from": "greet", "to": "bye"}],
    }
    builders.rewritten(made, dana, {"prompt": edited, "settings": {"greeting": "Hi."}, "flow": flow})
    builders.published(made, dana)
    return made


def press(visitor: Visitor, key: str) -> str:
    """Press a key; where the focus is then."""
    visitor.page.keyboard.press(key)
    return str(visitor.page.evaluate(FOCUS))


@pytest.mark.usefixtures("agent")
def test_compare__by_keys__walks_all_changes_with_the_focus_and_says_where_it_is(visit: Visit, dana: Person) -> None:
    developer = visit(dana)
    developer.sign_in(f"{COMPARE}v1...v2")
    developer.examine()
    total = developer.page.locator("[data-change]").count()

    walked = [press(developer, "n") for _ in range(total)]

    assert walked[:3] == ["Settings, greeting, changed", "Prompt, line 50", "Prompt, line 150"]
    assert len(set(walked)) == total
    developer.page.get_by_text(f"Change {total} of {total}, Flow").first.wait_for(state="attached")
    assert press(developer, "n") == walked[0]
    assert press(developer, "p") == walked[-1]
    assert developer.page.evaluate("document.activeElement.getBoundingClientRect().top > 150")


@pytest.mark.usefixtures("agent")
def test_compare__by_keys__unfolds_marks_turns_and_swaps(visit: Visit, dana: Person) -> None:
    developer = visit(dana)
    developer.sign_in(f"{COMPARE}v1...v2")
    rows = developer.page.locator("#part-prompt tbody tr")

    press(developer, "s")
    press(developer, "n")
    folded = rows.count()
    press(developer, "f")
    developer.page.locator("#part-prompt .diff-fold").first.wait_for(state="detached")
    developer.sees("Line 1 of the prompt.", "Line 100 of the prompt.")
    press(developer, "m")
    developer.sees("1 of 3 sections seen")
    press(developer, "f")
    assert rows.count() == folded

    for key, ending in (("u", "v1...v2?layout=unified"), ("x", "v2...v1?layout=unified")):
        with developer.page.expect_navigation():
            developer.page.keyboard.press(key)
        assert developer.page.url.endswith(ending)
    developer.open(f"{COMPARE}v1...v2")
    developer.sees("1 of 3 sections seen")


def test_compare__five_thousand_lines_on_a_phone__open_in_one_column_and_scroll_at_once(
    visit: Visit, organization: Organization, dana: Person
) -> None:
    agent = builders.an_agent(organization, dana, config={"prompt": "".join(f"Old {n}.\n" for n in range(5_000))})
    builders.published(agent, dana)
    builders.published(agent, dana, "".join(f"New {n}.\n" for n in range(5_000)))
    developer = visit(dana)
    developer.sign_in(COMPARE.removesuffix("/"))
    developer.hold(PHONE)

    developer.open(f"{COMPARE}v1...v2?ws=show")
    developer.page.wait_for_url("**layout=unified**")

    developer.sees("Showing the first 2,000 of 10,000 changed lines.")
    assert developer.page.locator(".diff-unified tbody tr").count() == 2_000
    assert developer.page.evaluate(SCROLL) < 1_000
