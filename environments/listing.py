"""The agent list: which agents, and for each where it stands and whom it waits for, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from agents.models import Agent, Draft
from agents.querysets import AgentQuerySet
from console.organizations.compiled import compiled
from console.organizations.models import Organization, User
from console.organizations.policies import holder_of
from environments.available import address
from environments.frame import code_of
from environments.models import Environment, Hold, Pin, Release
from environments.questions import open_holds
from environments.transitions import State

PAGE = 50
WAITS = {
    State.STAGING: ("mark_ready", "QA"),
    State.READY: ("push_to_production", "Org Admin"),
    State.CHANGES_REQUESTED: ("", "Developer"),
    State.ROLLED_BACK: ("", "A fix, or the hold to be lifted"),
}


@dataclass(frozen=True)
class Row:
    """One agent of the list."""

    agent: Agent
    url: str
    pins: list[dict[str, Any]]
    state: str
    held: list[str]
    waits_for: str
    people: list[str]
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class Page:
    """One page of the list by slug, with the marks of its neighbours (empty at the ends)."""

    agents: list[Agent]
    before: str = ""
    after: str = ""


def listed(user: User, organization: Organization, wanted: Mapping[str, Any]) -> AgentQuerySet:
    """The agents a person may list that pass the filters."""
    found = Agent.objects.visible_to(user, organization).filter(archived_at__isnull=not wanted.get("archived"))
    if text := wanted.get("q"):
        found = found.filter(Q(name__icontains=text) | Q(slug__icontains=text))
    if label := wanted.get("label"):
        key, _, value = label.partition(":")
        key, value = key.strip(), value.strip()
        found = found.filter(labels__contains={key: value}) if value else found.filter(labels__has_key=key)
    if place := wanted.get("environment"):
        found = found.filter(Exists(_pins().filter(environment__slug=place)))
    if state := wanted.get("state"):
        found = found.filter(_in_state(state))
    return found


def page_of(agents: AgentQuerySet, *, after: str = "", before: str = "", size: int = PAGE) -> Page:
    """The page after or before a slug; page N costs what page 1 costs."""
    if before:
        rows = list(agents.filter(slug__lt=before).order_by("-slug")[: size + 1])
        shown = rows[:size][::-1]
        return Page(shown, shown[0].slug if len(rows) > size else "", shown[-1].slug if shown else "")
    rows = list((agents.filter(slug__gt=after) if after else agents).order_by("slug")[: size + 1])
    shown = rows[:size]
    return Page(shown, shown[0].slug if after and shown else "", shown[-1].slug if len(rows) > size else "")


def rows_of(
    agents: list[Agent], organization: Organization, pipeline: list[Environment], *, with_drafts: bool
) -> list[Row]:
    """The rows of one page."""
    pins: dict[Any, dict[str, Pin]] = defaultdict(dict)
    asked = [agent.pk for agent in agents]
    for pin in _pins_of(asked):
        pins[pin.agent_id][pin.environment.slug] = pin
    holds: dict[Any, list[str]] = defaultdict(list)
    for hold in open_holds(asked):
        holds[hold.agent_id].append(f"v{hold.version.number}")
    people = {permission: holder_of(permission, organization).people for permission, _ in WAITS.values() if permission}
    drafts = {draft.agent_id: draft for draft in _drafts_of(asked)}
    rows = []
    for agent in agents:
        agent.organization = organization
        rows.append(_row(agent, pipeline, pins[agent.pk], holds[agent.pk], people, drafts[agent.pk], with_drafts))
    return rows


def page_address(path: str, wanted: Mapping[str, Any], **mark: str) -> str:
    """The same list with another mark; filters stay."""
    kept = {key: value for key, value in wanted.items() if value and key not in {"after", "before"}}
    return f"{path}?{urlencode({key: 'on' if value is True else value for key, value in (kept | mark).items()})}"


def _row(
    agent: Agent,
    pipeline: list[Environment],
    pins: Mapping[str, Pin],
    held: list[str],
    people: Mapping[str, list[str]],
    draft: Draft,
    with_drafts: bool,
) -> Row:
    leading = _leading(pipeline, pins)
    state = leading.version.release.state if leading else State.DEVELOPMENT
    permission, waits_for = WAITS.get(state, ("", ""))
    author = [leading.version.author.name] if leading and state == State.CHANGES_REQUESTED else []
    moves = [pin.deployment for pin in pins.values()]
    last = max(moves, key=lambda move: move.at, default=None)
    saved = with_drafts and (last is None or draft.updated_at > last.at)
    strip = [_development(agent, draft)] if with_drafts else []
    strip += _chips(agent, pipeline, pins)
    return Row(
        agent=agent,
        url=address(agent, "agent-overview"),
        pins=strip,
        state=state,
        held=held,
        waits_for=waits_for,
        people=people[permission][:3] if permission else author,
        changed_at=draft.updated_at if saved or last is None else last.at,
        changed_by=draft.updated_by.name if saved or last is None else last.by.name,
    )


def _chips(agent: Agent, pipeline: list[Environment], pins: Mapping[str, Pin]) -> list[dict[str, Any]]:
    """What each environment serves, and between them what QA has marked ready."""
    chips: list[dict[str, Any]] = []
    tested = [pin for place in pipeline if place.is_staging and (pin := pins.get(place.slug))]
    live = [place for place in pipeline if place.is_production]
    for place in pipeline:
        if place.kind == Environment.Kind.DEVELOPMENT:
            continue
        if live and place == live[0] and place.requires_sign_off:
            chips.append(_ready(agent, tested[-1] if tested else None))
        chips.append(_pin(agent, place, pins.get(place.slug), pipeline))
    return chips


def _ready(agent: Agent, candidate: Pin | None) -> dict[str, Any]:
    ready = candidate is not None and candidate.version.release.state == State.READY
    return {
        "kind": "ready",
        "code": "RDY",
        "name": gettext("Ready for Production"),
        "version": candidate.version.number if candidate and ready else None,
        "at": candidate.version.release.changed_at if candidate and ready else None,
        "url": address(agent, "push") if ready else "",
    }


def _leading(pipeline: list[Environment], pins: Mapping[str, Pin]) -> Pin | None:
    """The pin that says what is going on: the candidate while it differs from what is live, else what is live."""
    tested = [pin for place in pipeline if place.is_staging and (pin := pins.get(place.slug))]
    live = [pin for place in pipeline if place.is_production and (pin := pins.get(place.slug))]
    candidate = tested[-1] if tested else None
    if candidate and all(candidate.version_id != pin.version_id for pin in live):
        return candidate
    return live[0] if live else candidate


def _development(agent: Agent, draft: Draft) -> dict[str, Any]:
    base = draft.base
    changed = base is not None and base.digest != draft.manifest.digest
    text = f"v{base.number}{' + draft' if changed else ''}" if base else "draft"
    return {"kind": "development", "code": "DEV", "name": "Development", "version": None, "text": text, "url": ""}


def _pin(agent: Agent, place: Environment, pin: Pin | None, pipeline: list[Environment]) -> dict[str, Any]:
    return {
        "kind": place.kind,
        "code": code_of(place, pipeline),
        "name": place.name,
        "version": pin.version.number if pin else None,
        "at": pin.deployment.at if pin else None,
        "url": address(agent, "release", pin.deployment_id) if pin else "",
    }


@compiled
def _pins_of(agents: list[UUID]) -> QuerySet[Pin]:
    return Pin.objects.filter(agent__pk__any=agents).with_facts()


@compiled
def _drafts_of(agents: list[UUID]) -> QuerySet[Draft]:
    drafts = Draft.objects.filter(agent__pk__any=agents).select_related("manifest", "base", "updated_by")
    return drafts.defer("manifest__entries")


def _pins() -> Any:
    return Pin.objects.filter(agent=OuterRef("pk"))


def _in_state(state: str) -> Q:
    """Development: served nowhere. Every other state: a version in it is served somewhere, or is on hold."""
    if state == State.DEVELOPMENT:
        return ~Q(Exists(_pins()))
    found = Q(Exists(_pins().filter(version__release__state=state)))
    if state == Release.State.ROLLED_BACK:
        found |= Q(Exists(Hold.objects.filter(agent=OuterRef("pk"), lifted_at=None)))
    return found
