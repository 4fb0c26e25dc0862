"""The whole release by keyboard alone, by four people; after each step the focus is in sight and under nothing."""

import pytest

from console.organizations.models import Organization
from environments.models import Deployment
from tests import builders
from tests.browser.conftest import Visit
from tests.browser.visiting import Visitor
from tests.cast import PASSWORD, Person

pytestmark = pytest.mark.browser

MOST_TABS = 90
NAME = """() => {
  const element = document.activeElement;
  const label = element.labels?.[0]?.textContent ?? element.getAttribute("aria-label") ?? element.textContent;
  return `${element.closest("dialog[open]") ? "dialog: " : ""}${label.trim().replace(/\\s+/g, " ")}`;
}"""
# What hides the focus: nothing drawn around it, outside of the window, or something on top of every part of it.
HIDDEN = """() => {
  const element = document.activeElement;
  if (element === document.body) return "nothing has the focus";
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  const isDrawn = (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
  if (!isDrawn) return "nothing is drawn around it";
  const boxes = [...element.getClientRects()].filter((box) => box.width && box.height);
  const points = boxes.flatMap(({ left, top, right, bottom }) => [
    [left + 2, top + 2], [(left + right) / 2, (top + bottom) / 2], [right - 2, bottom - 2]]);
  const isSeen = ([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (top === element || element.contains(top) || top.closest("label")?.control === element);
  };
  return points.some(isSeen) ? "" : "it is outside of the window or under something";
}"""
ROUND = "document.activeElement === document.body"  # the Tab key has left the page at its end


class Typist:
    """A person whose mouse is broken. Every step checks that the focus is seen."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page

    def keys(self, *keys: str) -> None:
        """Press these keys."""
        for key in keys:
            self.page.keyboard.press(key)

    def writes(self, text: str) -> None:
        """Type letter by letter."""
        self.page.keyboard.type(text)

    def tab_to(self, name: str, exact: bool = False) -> None:
        """Tab until a control whose name begins with these words has the focus."""
        passed = []
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(ROUND):
                break
            self.sees_the_focus()
            passed.append(str(self.page.evaluate(NAME)))
            if passed[-1] == name or (not exact and passed[-1].startswith(name)):
                return
        pytest.fail(f"No control {name!r} on {self.page.url}: {passed}")

    def enters(self, status: int = 200) -> None:
        """Enter, and the page that follows."""
        with self.page.expect_navigation() as going:
            self.page.keyboard.press("Enter")
        assert going.value.status == status, self.page.url

    def asks(self, words: str, first: str) -> None:
        """By the palette: the words, the option that comes first, Enter."""
        self.page.keyboard.press("Control+k")
        self.sees_the_focus()
        self.writes(words)
        self.page.locator("[role='option'][aria-selected='true']", has_text=first).wait_for()
        self.enters()

    def sees_the_focus(self) -> None:
        """Something is drawn around what has the focus, in the window, with nothing on top."""
        hidden = self.page.evaluate(HIDDEN)
        assert hidden == "", (
            f"{hidden}: {self.page.evaluate('document.activeElement.outerHTML')[:300]} on {self.page.url}"
        )

    def signs_in(self, email: str) -> None:
        """From the start page on."""
        self.page.goto("/")
        self.tab_to("Email")
        self.writes(email)
        self.tab_to("Password")
        self.writes(PASSWORD)
        self.enters()


def test_release__by_keyboard_alone__goes_out_and_comes_back(
    visit: Visit, organization: Organization, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    builders.a_live_version(organization, author=dana, tester=quinn, admin=mara)
    people = [Typist(visit(person)) for person in (dana, quinn, mara, avery)]
    for typist in people:
        typist.signs_in(typist.visitor.person.user.email)
    developer, tester, admin, auditor = people

    edits_and_promotes(developer)
    marks_ready(tester)
    pushes_and_rolls_back(admin)
    reads_what_happened(auditor)

    moves = Deployment.objects.order_by("at").values_list("action", flat=True)
    assert list(moves) == ["publish", "push", "publish", "push", "rollback"]


def edits_and_promotes(dana: Typist) -> None:
    dana.asks("edit draft order", "Edit the draft")
    dana.tab_to("Edit prompt")
    dana.enters()
    dana.page.locator(".cm-content").wait_for()
    while not dana.page.evaluate("document.activeElement.matches('.cm-content')"):
        dana.keys("Tab")
        dana.sees_the_focus()
    dana.keys("Control+Home")
    dana.writes("Be kind. ")
    dana.keys("Control+s")
    dana.visitor.sees("Saved")

    dana.asks("promote order", "Promote to Staging")
    dana.tab_to("Description")
    dana.writes("Kinder.")
    dana.tab_to("Promote to Staging")
    dana.enters()
    dana.visitor.sees("It waits for QA: Quinn Abara.")


def marks_ready(quinn: Typist) -> None:
    quinn.asks("ready order", "Mark Ready for Production")
    quinn.tab_to("Mark Ready for Production")
    quinn.enters()
    quinn.visitor.sees("It waits for an Org Admin: Mara Lindqvist.")


def pushes_and_rolls_back(mara: Typist) -> None:
    mara.asks("push order", "Push to Production: v2")
    mara.tab_to("Push to Production: v2")
    mara.enters()
    mara.visitor.sees("Release record")

    mara.asks("roll back order", "Rollback")
    mara.tab_to("Reason")
    mara.writes("Too kind.")
    mara.tab_to("Rollback to v1")
    mara.enters()
    mara.visitor.sees("is on hold.")


def reads_what_happened(avery: Typist) -> None:
    avery.keys("g", "r")
    avery.page.wait_for_url("**/releases")
    avery.keys("j")
    avery.sees_the_focus()
    avery.enters()
    avery.visitor.sees("Too kind.")
    avery.keys("?")
    avery.sees_the_focus()
    avery.keys("Escape", "g", "l")
    avery.page.wait_for_url("**/audit")
    avery.visitor.sees("All events of the organization")


def test_other_tasks__by_keyboard_alone__are_done(
    visit: Visit, organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    for slug in ("first", "second"):
        builders.a_ready_version(organization, author=dana, tester=quinn, slug=slug, name=f"{slug.title()} desk")
    builders.edited(builders.a_candidate(organization, author=dana), dana, "Be kind.\n")
    tester, admin, developer = (Typist(visit(person)) for person in (quinn, mara, dana))
    for typist in (tester, admin, developer):
        typist.signs_in(typist.visitor.person.user.email)

    requests_changes(tester)
    moves_many(admin)
    reads_a_difference(developer)


def requests_changes(quinn: Typist) -> None:
    quinn.keys("g", "q")
    quinn.page.wait_for_url("**/queue")
    quinn.keys("j")
    quinn.sees_the_focus()
    quinn.enters()
    quinn.tab_to("Reason")
    quinn.writes("She promises a refund.")
    quinn.tab_to("Request changes")
    quinn.enters()
    quinn.visitor.sees("Changes to v1 are requested.")


def moves_many(mara: Typist) -> None:
    """The choice, its differences, one confirmation, and the way back."""
    mara.tab_to("Bulk promotion")
    mara.enters()
    for _ in range(2):
        mara.keys("j", "x")
        mara.sees_the_focus()
    mara.tab_to("Promote selected")
    mara.enters()
    mara.visitor.sees("Production gets what Staging serves of 2 agents.")
    mara.tab_to("Change ticket")
    mara.writes("OPS-9")
    mara.tab_to("Promote selected: 2 agents to Production")
    mara.enters()
    mara.visitor.sees("First desk", "Second desk")


def reads_a_difference(dana: Typist) -> None:
    dana.asks("compare order", "Compare")
    dana.keys("n")
    dana.sees_the_focus()
    dana.visitor.sees("Change 1 of")
