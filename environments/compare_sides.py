"""The pickers of the compare page: every side that this person may read, with what helps to choose it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext as _

from agents.compare import Side
from agents.models import Agent, Draft, Version
from environments.compare_look import Look, with_look
from environments.frame import code_of
from environments.models import Environment, Pin
from environments.reading import DRAFT, ENVIRONMENT, HISTORY, pair_address, readable
from environments.standing import Standing
from environments.versions import Chip

VERSIONS = 100
SAVES = 20


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One side that can be chosen: what it is called in addresses and on the page, and what is known of it."""

    name: str
    label: str
    description: str = ""
    author: str = ""
    at: datetime | None = None
    chips: list[Chip] = field(default_factory=list)
    url: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Picker:
    """The picker of one side: what it shows now, and the choices by group."""

    name: str
    label: str
    now: Choice
    groups: list[tuple[str, list[Choice]]]


Groups = list[tuple[str, list[Choice]]]


def choices_for(standing: Standing, versions: list[Version], rights: frozenset[str]) -> Groups:
    """Everything that can stand on a side, by group; two queries at most."""
    places = [_place(pin, standing) for pin in standing.pins.values() if readable(rights, [pin.version])]
    numbered = [_version(version, standing) for version in readable(rights, versions)]
    groups = [(_("Environments"), places), (_("Versions"), numbered)]
    if "view_draft" in rights:
        moving = [_draft(standing.draft), *places]
        groups = [(_("Draft and environments"), moving), groups[1], (_("Saves"), list(_saves(standing.agent)))]
    return [(label, choices) for label, choices in groups if choices]


def pickers(
    agent: Agent, groups: Groups, names: tuple[str, str], sides: tuple[Side | None, ...], look: Look
) -> list[Picker]:
    """The left and the right picker; each choice leads to the same page with the other side kept."""
    left, right = names
    return [
        _picker("from", _("Left"), (left, sides[0]), groups, lambda name: _url(agent, name, right, look)),
        _picker("to", _("Right"), (right, sides[1]), groups, lambda name: _url(agent, left, name, look)),
    ]


def canonical(name: str) -> str:
    """A side's name as pickers and addresses spell it: `v15` for `15`, `staging` for `environment:staging`."""
    if re.fullmatch(r"v?[0-9]{1,9}", name):
        return f"v{int(name.removeprefix('v'))}"
    slug = name.removeprefix(ENVIRONMENT)
    return name if slug == DRAFT or re.fullmatch(r"v?[0-9]+", slug) else slug


def _picker(
    name: str, label: str, chosen: tuple[str, Side | None], groups: Groups, url: Callable[[str], str]
) -> Picker:
    offered = [
        (group, [replace(one, url=url(one.name), is_chosen=one.name == chosen[0]) for one in choices])
        for group, choices in groups
    ]
    now = next((one for _group, choices in offered for one in choices if one.is_chosen), None)
    fallback = Choice(name=chosen[0], label=chosen[1].label if chosen[1] else chosen[0][:80])
    return Picker(name=name, label=label, now=now or fallback, groups=offered)


def _url(agent: Agent, left: str, right: str, look: Look) -> str:
    return with_look(pair_address(agent, left, right), replace(look, part="", section="", everything=False))


def _draft(draft: Draft) -> Choice:
    based = _("since v%(number)s") % {"number": draft.base.number} if draft.base else _("not published yet")
    return Choice(name=DRAFT, label=_("Draft"), description=based, author=draft.updated_by.name, at=draft.updated_at)


def _place(pin: Pin, standing: Standing) -> Choice:
    place, version = pin.environment, pin.version
    described = (
        _("v%(version)s %(first_line)s") % {"version": version.number, "first_line": _first_line(version)}
    ).strip()
    label = place.name
    return Choice(
        name=canonical(f"{ENVIRONMENT}{place.slug}"), label=label, description=described, chips=[_chip(place, standing)]
    )


def _version(version: Version, standing: Standing) -> Choice:
    return Choice(
        name=f"v{version.number}",
        label=f"v{version.number}",
        description=_first_line(version),
        author=version.author.name,
        at=version.created_at,
        chips=[_chip(place, standing) for place in standing.served_by(version)],
    )


def _saves(agent: Agent) -> Iterator[Choice]:
    """The newest saves but the last, which is the draft itself."""
    entries = Draft.history.filter(agent=agent).select_related("history_user").defer("contributors").order_by("-pk")
    for entry in entries[1 : SAVES + 1]:
        yield Choice(
            name=f"{HISTORY}{entry.pk}",
            label=_("Save"),
            description=entry.history_change_reason or "",
            author=entry.history_user.name if entry.history_user else "Slipway",
            at=entry.history_date,
        )


def _chip(place: Environment, standing: Standing) -> Chip:
    return Chip(place.kind, code_of(place, standing.environments), place.name)


def _first_line(version: Version) -> str:
    return version.description.partition("\n")[0][:80]
