"""The dashboard's rows: what is live where, in what state, and what the next step is or whose (ux.md S2).

Columns follow the organization's pipeline by kind and position; Ready stands before the first production
environment that asks for a sign-off. A cell shows true facts only: what has no source has no place here.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from django.utils.translation import gettext as _

from agents.models import Agent
from console.organizations.actor import Actor
from environments.available import Offer, address, draft_address, steps
from environments.drift import Drift, drift_of
from environments.frame import code_of
from environments.models import Environment, Pin, SignOff
from environments.policies import can_open
from environments.standing import Standing
from environments.transitions import State

DEVELOPMENT, READY = "development", "ready"
PEOPLE, SAID = 3, 120
FORWARD = frozenset({"promote_to_staging", "mark_ready", "push_to_production", "lift_hold"})


@dataclass(frozen=True)
class Column:
    """One station of the pipeline."""

    slug: str
    kind: str
    code: str
    name: str
    place: Environment | None = None


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Whose turn it is when it is not this person's: the role in words, who, and why not now."""

    role: str
    people: list[str] = field(default_factory=list)
    reason: str = ""
    fix_url: str = ""
    fix_label: str = ""

    @property
    def text(self) -> str:
        """Whom it waits for, in words."""
        people = ", ".join(self.people)
        return _("waits for %(role)s: %(people)s") % {"role": self.role, "people": people} if self.role else ""


@dataclass(kw_only=True)
class Cell:
    """What one station shows of one agent. `joined` says whether the station before serves the same version."""

    id: str
    column: Column
    state: str
    word: str = ""
    version: int | None = None
    url: str = ""
    by: str = ""
    at: datetime | None = None
    step: Offer | None = None
    turn: Turn | None = None
    drift: Drift | None = None
    compare_url: str = ""
    joined: bool = False
    joins: bool = False
    primary: bool = False

    @property
    def css(self) -> str:
        """The classes of the cell: the place, and on which sides it is one bar with its neighbour."""
        sides = f"{' cell-joined' if self.joined else ''}{' cell-joins' if self.joins else ''}"
        return f"cell cell-{self.column.kind}{sides}"

    @property
    def same(self) -> str:
        """What a bar says to who does not see it."""
        return _("the same as on its left")


@dataclass(frozen=True)
class Row:
    """One agent of the matrix."""

    agent: Agent
    url: str
    peek_url: str
    cells: list[Cell]
    held: list[str]
    waits: bool

    @property
    def peek_label(self) -> str:
        """What the opener of the peek says."""
        return _("Last releases of %s") % self.agent.name

    @property
    def waits_label(self) -> str:
        """Said where something waits for the reader."""
        return _("Waits for me")


def columns_of(pipeline: list[Environment], rights: frozenset[str]) -> list[Column]:
    """The stations that a person with these rights sees: Development only for who may see it."""
    places = [place for place in pipeline if place.kind != Environment.Kind.DEVELOPMENT]
    live = [place for place in places if place.is_production]
    shown = [Column(DEVELOPMENT, "development", "DEV", _("Development"))] if "view_development" in rights else []
    for place in places:
        if live and place == live[0] and place.requires_sign_off:
            shown.append(Column(READY, "ready", "RDY", _("Ready for Production")))
        shown.append(Column(place.slug, place.kind, code_of(place, pipeline), place.name, place))
    return shown


def row_of(
    standing: Standing, columns: list[Column], actor: Actor, rights: frozenset[str], behind: Container[UUID] = ()
) -> Row:
    """One agent's row for this person; asks the database nothing when the standing was gathered.

    `behind` are the agents whose drafts wait for the person to merge (`Waiting.behind_drafts`).
    """
    agent, drift = standing.agent, drift_of(standing, rights)
    cells = [_cell(standing, column, rights) for column in columns]
    offered = forward(standing, actor, rights)
    for cell in cells:
        cell.drift = next((line for line in drift if line.place == cell.column.slug), None)
        _say_next(standing, cell, [one for one in offered if _column_of(one, standing, columns) == cell.column.slug])
    _join(cells)
    url, peek = address(agent, "agent-overview"), address(agent, "agent-peek")
    for cell in cells:
        cell.primary = cell.step is not None and _waits_for_me(standing, cell.step, actor)
    waits = agent.pk in behind or any(cell.primary for cell in cells)
    shown = {pin.version_id for pin in standing.pins.values()}
    held = [_("v%s on hold") % hold.version.number for hold in standing.holds if hold.version_id not in shown]
    return Row(agent, url, peek, cells, held, waits)


def _waits_for_me(standing: Standing, step: Offer, actor: Actor) -> bool:
    """Whether the step is this person's turn (`boards.waiting` says the same over all agents).

    Publishing is at everybody's leisure; requested changes are for the people behind the version while there are any.
    """
    pin = standing.candidate
    if step.verb != "edit_draft":
        return step.verb != "promote_to_staging"
    if pin is None or actor.user is None:
        return False
    people, facts = standing.facts.people_behind(pin.version), standing.facts
    return actor.user.pk in people or people.isdisjoint(facts.editors(standing.agent.organization))


def _cell(standing: Standing, column: Column, rights: frozenset[str]) -> Cell:
    cell_id = f"{standing.agent.slug}--{column.slug}"
    if column.slug == DEVELOPMENT and column.place is None:
        if "view_development" not in rights:  # another agent of the page is theirs by a grant
            return Cell(id=cell_id, column=column, state="blocked", word=_("Not shown to you"))
        return _development(standing, column, rights, cell_id)
    if column.place is None:
        return _ready(standing, column, rights, cell_id)
    return _served(standing, column, column.place, rights, cell_id)


def _development(standing: Standing, column: Column, rights: frozenset[str], cell_id: str) -> Cell:
    agent, draft = standing.agent, standing.draft
    state, word = "ok", _("No changes")
    if draft.base is None:
        state, word = "draft", _("Not published")
    elif draft.base.digest != draft.manifest.digest:
        state, word = "draft", _("Draft")
    reads = "view_draft" in rights
    return Cell(
        id=cell_id,
        column=column,
        state=state,
        word=word,
        version=draft.base.number if draft.base else None,
        url=draft_address(agent) if reads else "",
        by=draft.updated_by.name,
        at=draft.updated_at,
    )


def _served(standing: Standing, column: Column, place: Environment, rights: frozenset[str], cell_id: str) -> Cell:
    pin, url = standing.pin(place), ""
    if can_open(rights, place):
        url = address(standing.agent, "environment", place.slug)
    if pin is None:
        return Cell(id=cell_id, column=column, state="empty", word=_("Nothing pinned"), url=url)
    return Cell(
        id=cell_id,
        column=column,
        state="held"
        if any(hold.version_id == pin.version_id for hold in standing.holds)
        else pin.version.release.state,
        version=pin.version.number,
        url=url or address(standing.agent, "release", pin.deployment_id),
        by=pin.deployment.by.name,
        at=pin.deployment.at,
        compare_url=_compared(standing, place, rights),
    )


def _ready(standing: Standing, column: Column, rights: frozenset[str], cell_id: str) -> Cell:
    """The station of QA: approved by whom, or what stands in the way."""
    pin = standing.candidate
    cell = Cell(id=cell_id, column=column, state="empty", word=_("Nothing to decide on"))
    if pin is None:
        return cell
    cell.url = address(standing.agent, "decide") if "view_staging" in rights else ""
    state, decided = pin.version.release.state, standing.facts.decisions(pin.version)
    if _is_held(standing, pin):
        cell.state, cell.word = "held", ""
        holder = standing.facts.holder("lift_hold", standing.agent.organization)
        cell.turn = Turn(role=" / ".join(holder.roles), people=holder.people[:PEOPLE])
    elif state == State.CHANGES_REQUESTED:
        cell.state, cell.word, cell.at = state, "", pin.version.release.changed_at
        cell.turn = Turn(role=_("Developer"), people=[pin.version.author.name], reason=_first_line(decided))
        cell.step = _edit(standing.agent) if "edit_draft" in rights else None
    elif state == State.STAGING:
        cell.state, cell.word = "waiting", _("Not decided")
    elif state in {State.READY, State.PRODUCTION}:
        _approve(cell, pin, decided)
    else:
        cell.word = _("Not ready")
    return cell


def _is_held(standing: Standing, pin: Pin) -> bool:
    return any(hold.version_id == pin.version_id for hold in standing.holds)


def _approve(cell: Cell, pin: Pin, decided: list[SignOff]) -> None:
    """Who let the version pass; a version that went live without a sign-off shows none."""
    signed = next((one for one in decided if one.decision == SignOff.Decision.READY), None)
    if signed is None:
        cell.word = _("Not ready")
        return
    ready = pin.version.release.state == State.READY
    cell.state, cell.word = ("ready", "") if ready else ("ok", _("Approved"))
    cell.version, cell.at, cell.by = pin.version.number, signed.at, signed.by.name if signed.by else ""


def _edit(agent: Agent) -> Offer:
    url = draft_address(agent)
    return Offer(verb="edit_draft", label=_("Edit the draft"), url=url, place=READY)


def _first_line(decided: list[SignOff]) -> str:
    line = decided[0].note.partition("\n")[0] if decided else ""
    return f"{line[:SAID]}…" if len(line) > SAID else line


def _compared(standing: Standing, place: Environment, rights: frozenset[str]) -> str:
    """This cell against the nearest one on its left that serves something; Development's side is the draft."""
    left = [one for one in standing.places if one.position < place.position and standing.pin(one)]
    here = f"environment:{place.slug}"
    if left:
        return address(standing.agent, "compare", **{"from": here, "to": f"environment:{left[-1].slug}"})
    return address(standing.agent, "compare", **{"from": here, "to": "draft"}) if "view_draft" in rights else ""


def _column_of(offer: Offer, standing: Standing, columns: list[Column]) -> str:
    """Where a step stands: a publish at the draft, QA's at Ready, everything else where it moves to."""
    shown = {column.slug for column in columns if column.place is None}
    entry = standing.places[0].slug if standing.places else ""
    if offer.verb == "promote_to_staging" and offer.place == entry and DEVELOPMENT in shown:
        return DEVELOPMENT
    return READY if offer.verb in {"mark_ready", "lift_hold"} and READY in shown else offer.place


def forward(standing: Standing, actor: Actor, rights: frozenset[str]) -> list[Offer]:
    """The acts that a board offers: those that lead forward, and to lift the hold that stands in the way."""
    held = {
        _("Lift hold: v%(version)s") % {"version": hold.version.number}
        for hold in standing.holds
        if _blocks(standing, hold.version_id)
    }
    found = [one for one in steps(standing, actor, rights) if one.verb in FORWARD]
    return [one for one in found if one.verb != "lift_hold" or one.label in held]


def _blocks(standing: Standing, version_id: UUID) -> bool:
    """An old hold is history once Staging serves something newer."""
    return standing.candidate is not None and standing.candidate.version_id == version_id


def _say_next(standing: Standing, cell: Cell, offered: list[Offer]) -> None:
    """The one next step of a cell, or whose turn it is. A refused one is said only where it is what is waited for."""
    step = next((one for one in offered if one.enabled), None)
    refused = next((one for one in offered if not one.enabled), None)
    if step:
        cell.step, cell.turn = step, None
    elif refused and not cell.turn and _is_waited_for(standing, cell, refused):
        holder = refused.holder
        cell.turn = Turn(
            role=" / ".join(holder.roles) if holder else "",
            people=(holder.people if holder else [])[:PEOPLE],
            reason=refused.reason,
            fix_url=refused.fix_url,
            fix_label=refused.fix_label,
        )


def _is_waited_for(standing: Standing, cell: Cell, offer: Offer) -> bool:
    """A push waits for its person only when QA is done, a publish for its developer only when there is a change."""
    if offer.verb == "push_to_production":
        return standing.candidate is not None and standing.candidate.version.release.state == State.READY
    return offer.verb != "promote_to_staging" or cell.state != "ok"


def _join(cells: list[Cell]) -> None:
    """Equal neighbours become one bar; a station without a version breaks it."""
    for left, right in pairwise(cells):
        right.joined = left.joins = left.version is not None and left.version == right.version
