"""Drift by its name: never one vague "out of sync", and never without the difference that explains it (ux.md 0).

A kind is a function from where an agent stands to its lines; a page shows what the functions find. Two of the four
names have no source of facts yet (what a runtime reports, the values of variables) and therefore no function.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from environments.available import address
from environments.standing import Standing

NAMES = {
    "behind": gettext_lazy("Behind"),
    "unpublished": gettext_lazy("Unpublished"),
    "mismatch": gettext_lazy("Mismatch"),
    "missing_values": gettext_lazy("Missing values"),
}
ICONS = {"behind": "arrow-down-to-line", "unpublished": "pencil", "mismatch": "unlink", "missing_values": "circle-help"}


@dataclass(frozen=True, kw_only=True)
class Drift:
    """One difference: its kind, where it shows (slug of the place), in short, as a sentence, and the comparison."""

    kind: str
    place: str
    short: str
    text: str
    url: str

    @property
    def icon(self) -> str:
        """Each kind has its own shape."""
        return ICONS[self.kind]

    @property
    def name(self) -> str:
        """The kind as the screen says it."""
        return str(NAMES[self.kind])


Source = Callable[[Standing, frozenset[str]], list[Drift]]


def drift_of(standing: Standing, rights: frozenset[str]) -> list[Drift]:
    """Every difference of this agent that a person with these rights may see, in the order of the pipeline."""
    return [line for source in SOURCES for line in source(standing, rights)]


def unpublished(standing: Standing, rights: frozenset[str]) -> list[Drift]:
    """The draft has changes that no version has."""
    base = standing.draft.base
    changes = standing.draft_changes if base else 0  # without a base there is nothing that it differs from
    if "view_draft" not in rights or base is None or not changes:
        return []
    counted = ngettext("%(n)s part", "%(n)s parts", changes) % {"n": changes}
    text = _("The draft has %(changes)s changed since v%(version)s, not published.")
    return [
        Drift(
            kind="unpublished",
            place="development",
            short=counted,
            text=text % {"changes": counted, "version": base.number},
            url=address(standing.agent, "compare", **{"from": str(base.number), "to": "draft"}),
        )
    ]


def behind(standing: Standing, rights: frozenset[str]) -> list[Drift]:
    """Two environments that serve something, one right after the other, serve different versions."""
    served = [pin for place in standing.places if (pin := standing.pin(place))]
    lines = []
    for before, after in pairwise(served):
        if before.version_id == after.version_id:
            continue
        later, earlier = (before, after) if before.version.number > after.version.number else (after, before)
        gap = later.version.number - earlier.version.number
        counted = ngettext("%(n)s version", "%(n)s versions", gap) % {"n": gap}
        text = _("%(place)s serves v%(version)s, %(other)s v%(newer)s: %(behind)s behind.")
        sides = (earlier.environment, later.environment)
        names = {"place": sides[0].name, "version": earlier.version.number, "behind": counted}
        query = {"from": f"environment:{sides[0].slug}", "to": f"environment:{sides[1].slug}"}
        lines.append(
            Drift(
                kind="behind",
                place=sides[0].slug,
                short=counted,
                text=text % (names | {"other": sides[1].name, "newer": later.version.number}),
                url=address(standing.agent, "compare", **query),
            )
        )
    return lines


SOURCES: list[Source] = [unpublished, behind]
