"""How the compare page is asked to show two sides: layout, context, white space, one section or part."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from agents.compare import LINES_SHOWN, Options
from audit.diff import CHANGED_LINES_SHOWN, CONTEXT, CONTEXT_ALL

LAYOUTS = ("split", "unified")
CONTEXTS = {"3": CONTEXT, "10": 10, "25": 25, "all": CONTEXT_ALL}
SPACES = ("compare", "ignore", "show")
LINES_IN_FULL = 20_000  # changed lines that one part shows when all of it is asked for


@dataclass(frozen=True)
class Segment:
    """One choice of several beside each other; `key` goes to it from any other one."""

    label: str
    url: str
    is_chosen: bool
    key: str = ""


@dataclass(frozen=True)
class Look:
    """What the address asks for; values that mean nothing are taken for the default.

    `asked_layout` is empty when the address leaves it to the person's preference, `preferred`.
    """

    asked_layout: str = ""
    preferred: str = "split"
    context: str = "3"
    spaces: str = "compare"
    section: str = ""
    part: str = ""
    everything: bool = False

    @property
    def layout(self) -> str:
        """split or unified."""
        return self.asked_layout or self.preferred

    @property
    def options(self) -> Options:
        """What is compared and how much of it is shown."""
        most = LINES_IN_FULL if self.everything and self.part else CHANGED_LINES_SHOWN
        return Options(
            context=CONTEXTS[self.context],
            ignore_space=self.ignore_space,
            most=most,
            total=max(most, CHANGED_LINES_SHOWN) if self.part else min(LINES_SHOWN, CHANGED_LINES_SHOWN),
            source=False,
            only=self.part,
        )

    @property
    def ignore_space(self) -> bool:
        """Whether white space is left out."""
        return self.spaces == "ignore"

    @property
    def shows_spaces(self) -> bool:
        """Whether white space is made visible."""
        return self.spaces == "show"

    @property
    def query(self) -> str:
        """The part of an address that keeps this look; empty for the default."""
        asked = {"layout": self.asked_layout, "ctx": self.context, "ws": self.spaces}
        asked |= {"section": self.section, "part": self.part, "all": "1" if self.everything else ""}
        defaults = {"ctx": "3", "ws": "compare"}
        return urlencode({name: value for name, value in asked.items() if value and value != defaults.get(name)})

    @property
    def carried(self) -> str:
        """What links to single parts carry on: layout and white space."""
        query = Look(asked_layout=self.asked_layout, spaces=self.spaces).query
        return f"&{query}" if query else ""


def layout_for(request: HttpRequest, preferred: str) -> str:
    """split or unified: what the address asks for, one column on a phone, else the person's own (side or unified).

    A narrow window that says nothing of itself is served by static/js/one_column.js.
    """
    asked = request.GET.get("layout", "")
    on_a_phone = request.headers.get("Sec-CH-UA-Mobile") == "?1" or " Mobile" in request.headers.get("User-Agent", "")
    return asked if asked in LAYOUTS else "unified" if on_a_phone or preferred == "unified" else "split"


def look_of(asked: QueryDict, preferred: str) -> Look:
    """The look that an address asks for; `preferred` is what `layout_for` says."""
    layout, context, spaces = (asked.get(name, "") for name in ("layout", "ctx", "ws"))
    spaces = {"1": "show", "0": "ignore"}.get(spaces, spaces)
    return Look(
        asked_layout=layout if layout in LAYOUTS else "",
        preferred="unified" if preferred == "unified" else "split",
        context=context if context in CONTEXTS else "3",
        spaces=spaces if spaces in SPACES else "compare",
        section=asked.get("section", "")[:40],
        part=asked.get("part", "")[:300],
        everything=asked.get("all") == "1",
    )


def segments(look: Look, address: str) -> list[tuple[str, list[Segment]]]:
    """The choices of the bar: label, and each choice as a link."""
    layouts = [(_("Side by side"), "split"), (_("Unified"), "unified")]
    spaces = [
        (_("Compared"), replace(look, spaces="compare")),
        (_("Ignored"), replace(look, spaces="ignore")),
        (_("Shown"), replace(look, spaces="show")),
    ]
    contexts = [(_("All") if name == "all" else name, replace(look, context=name)) for name in CONTEXTS]
    return [
        (
            _("Layout"),
            _cycle(
                replace(look, asked_layout=look.layout),
                address,
                [(label, replace(look, asked_layout=layout)) for label, layout in layouts],
                "u",
            ),
        ),
        (_("White space"), _cycle(look, address, spaces, "w")),
        (_("Lines around"), _cycle(look, address, contexts)),
    ]


def _cycle(look: Look, address: str, choices: list[tuple[str, Look]], key: str = "") -> list[Segment]:
    """The choices as links; the key stands on the one after the chosen one."""
    chosen = next((place for place, (_label, one) in enumerate(choices) if one == look), 0)
    following = (chosen + 1) % len(choices)
    return [
        Segment(label, with_look(address, one), one == look, key if place == following else "")
        for place, (label, one) in enumerate(choices)
    ]


def with_look(address: str, look: Look) -> str:
    """The address of the page with this look."""
    return f"{address}?{look.query}" if look.query else address
