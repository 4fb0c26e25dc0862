"""The tiles above the dashboard: filters with counts, each one condition on agents that is true over all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy

from agents.models import Draft
from agents.querysets import AgentQuerySet
from environments.boards.waiting import Waiting
from environments.models import Hold, Pin, Release
from environments.transitions import State

Condition = Callable[[Waiting], Q]


@dataclass(frozen=True)
class Tile:
    """One filter as the page shows it."""

    name: str
    label: str
    count: int
    url: str
    current: bool


def changes_requested(waiting: Waiting) -> Q:
    """QA sent back what Staging serves."""
    served = Pin.objects.filter(environment=waiting.tested_in, version=OuterRef("pk"))
    found = Release.objects.filter(Exists(served), organization=waiting.organization, state=State.CHANGES_REQUESTED)
    return Q(pk__in=found.values("agent"))


def behind(waiting: Waiting) -> Q:
    """Two environments serve different versions."""
    pins = Pin.objects.filter(organization=waiting.organization).values("agent").order_by()
    return Q(pk__in=pins.annotate(versions=Count("version", distinct=True)).filter(versions__gt=1).values("agent"))


def unpublished(waiting: Waiting) -> Q:
    """The draft has changes that no version has."""
    drafts = Draft.objects.filter(organization=waiting.organization, base__isnull=False)
    # One content is one manifest (`manifest_digest_unique`), so that nothing but two keys has to be compared.
    return Q(pk__in=drafts.exclude(manifest=F("base__manifest")).values("agent"))


def on_hold(waiting: Waiting) -> Q:
    """A version was rolled back and its hold is open."""
    holds = Hold.objects.filter(organization=waiting.organization, lifted_at=None)
    return Q(pk__in=holds.values("agent"))


CONDITIONS: dict[str, tuple[Any, Condition]] = {
    "mine": (gettext_lazy("Waits for me"), Waiting.agents),
    "behind": (gettext_lazy("Behind"), behind),
    "unpublished": (gettext_lazy("Unpublished"), unpublished),
    "held": (gettext_lazy("On hold"), on_hold),
    "changes": (gettext_lazy("Changes requested"), changes_requested),
}
ALL = gettext_lazy("All")


def condition_of(name: str, waiting: Waiting) -> Q:
    """The condition of a tile; the empty name asks for nothing."""
    return CONDITIONS[name][1](waiting) if name else Q()


def tiles_of(agents: AgentQuerySet, waiting: Waiting, *, path: str, kept: dict[str, str], current: str) -> list[Tile]:
    """The tiles with their counts over these agents; one query, and those of `Waiting.agents`."""
    shown = {name: one for name, one in CONDITIONS.items() if _is_for(name, waiting)}
    counts = {name: Count("pk", filter=condition(waiting)) for name, (_, condition) in shown.items()}
    found = agents.order_by().aggregate(all=Count("pk"), **counts)
    labels = {"": ALL} | {name: label for name, (label, _) in shown.items()}
    return [
        Tile(
            name=name,
            label=str(label),
            count=found[name or "all"],
            url=_address(path, kept | ({"tile": name} if name else {})),
            current=name == current,
        )
        for name, label in labels.items()
    ]


def _is_for(name: str, waiting: Waiting) -> bool:
    """Leaves out what a role never has: nothing waits for who only looks on, no draft for who reads none."""
    if name == "mine":
        return waiting.acts
    return name != "unpublished" or "view_draft" in waiting.rights


def _address(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
