"""A flow built from nothing, changed and taken back by the keyboard alone; its picture, walked by arrows."""

import pytest
from playwright.sync_api import Locator

from console.organizations.models import Organization
from tests import builders
from tests.browser.conftest import Visit
from tests.browser.visiting import Visitor
from tests.cast import Person

pytestmark = pytest.mark.browser

FLOW = "/o/harbourline/agents/order-desk/draft/flow/"
SEEN = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
}"""


def tab_to(visitor: Visitor, target: Locator) -> None:
    """Press Tab until the focus is there; on the way it never leaves the screen."""
    for _ in range(120):
        if target.evaluate("element => element === document.activeElement"):
            return
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(SEEN), visitor.page.evaluate("document.activeElement.outerHTML")
    raise AssertionError(f"not reached by Tab: {target}")


def press(visitor: Visitor, target: Locator) -> None:
    """Reach a button or link by Tab and press Enter; the page that follows is examined."""
    tab_to(visitor, target)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    visitor.examine()


def add(visitor: Visitor, kind: str, name: str, text: str = "", when: str = "") -> None:
    """Add a node by the form at the end of the page."""
    form = visitor.page.locator("#add")
    for field, typed in (("type", kind), ("name", name), ("text", text), ("when", when)):
        if typed:
            tab_to(visitor, form.locator(f"[name='{field}']"))
            visitor.page.keyboard.type(typed)
            visitor.page.keyboard.press("Escape")  # closes the suggestions
    press(visitor, form.get_by_role("button", name="Add to the flow"))


def test_flow__by_keyboard_alone__is_built_from_nothing(visit: Visit, organization: Organization, dana: Person) -> None:
    agent = builders.an_agent(organization, dana)
    developer = visit(dana)
    developer.sign_in(FLOW)
    page = developer.page

    add(developer, "say", "greet", "Hello")
    add(developer, "collect", "ask", "Which order?")
    add(developer, "tool", "look", when="a number was said")
    add(developer, "end", "bye", "Goodbye", when="found")
    press(developer, page.locator("#node-look .flow-node-name"))
    tab_to(developer, page.get_by_role("combobox", name="Tool"))
    page.keyboard.type("order-lookup")
    page.locator("#save-state[data-state='saved']").wait_for()
    tab_to(developer, page.locator("#to-new"))
    page.keyboard.type("ask")
    tab_to(developer, page.locator("#when-new"))
    page.keyboard.type("not found")
    press(developer, page.get_by_role("button", name="Connect", exact=True))

    flow = builders.config_of(agent)["flow"]
    assert flow == {
        "start": "greet",
        "nodes": {
            "greet": {"type": "say", "text": "Hello"},
            "ask": {"type": "collect", "text": "Which order?"},
            "look": {"type": "tool", "tool": "order-lookup"},
            "bye": {"type": "end", "text": "Goodbye"},
        },
        "edges": [
            {"from": "greet", "to": "ask"},
            {"from": "ask", "to": "look", "when": "a number was said"},
            {"from": "look", "to": "bye", "when": "found"},
            {"from": "look", "to": "ask", "when": "not found"},
        ],
    }

    press(developer, page.get_by_role("button", name="Move the way to ask up"))
    assert builders.config_of(agent)["flow"]["edges"][2]["to"] == "ask"
    press(developer, page.get_by_role("button", name="Delete look"))
    assert len(builders.config_of(agent)["flow"]["nodes"]) == 3
    press(developer, page.get_by_role("button", name="Undo"))
    assert len(builders.config_of(agent)["flow"]["edges"]) == 4


def test_picture__by_keyboard__is_walked_along_the_transitions_and_leads_to_the_node(
    visit: Visit, organization: Organization, dana: Person
) -> None:
    nodes = {f"n{number}": {"type": "say", "text": "Words"} for number in range(39)} | {"end": {"type": "end"}}
    edges = [{"from": f"n{number}", "to": f"n{number + 1}", "when": f"way {number}"} for number in range(38)]
    edges += [{"from": "n38", "to": "end"}, {"from": "n3", "to": "n30"}]
    builders.an_agent(organization, dana, config={"flow": {"start": "n0", "nodes": nodes, "edges": edges}})
    developer = visit(dana)
    developer.sign_in(FLOW)
    page = developer.page
    drawing = page.get_by_role("img", name="Flow of 40 nodes and 40 transitions, from n0 to 1 end.")
    drawing.wait_for()
    assert page.locator(".flowpic-map").is_visible()
    assert drawing.locator(".fp-node").count() == 40

    page.locator(".flowpic-view .fp-link[tabindex='0']").focus()
    ahead = page.evaluate("document.querySelector('.flowpic svg[viewBox]').clientWidth > 0 ? '' : 'nothing drawn'")
    assert ahead == ""
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.dataset.node") == "n2"
    assert page.evaluate(SEEN)
    page.keyboard.press("0")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/flow/nodes/n2")
    developer.examine()


def test_flow__without_scripts__is_told_as_an_outline(visit: Visit, organization: Organization, dana: Person) -> None:
    flow = {"start": "a", "nodes": {"a": {"type": "say"}, "b": {"type": "end"}}, "edges": [{"from": "a", "to": "b"}]}
    builders.an_agent(organization, dana, config={"flow": flow})
    developer = visit(dana, java_script_enabled=False)
    developer.sign_in(FLOW)

    assert developer.page.locator(".flowpic-stage").is_hidden()
    developer.press("Delete b")
    developer.sees("b removed")
    developer.press("Undo")
    developer.sees("b added")
