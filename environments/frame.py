"""What stands around every page of an agent: its pin strip, its tabs, and what everybody must know first."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.doors import rights_of
from agents.models import Agent
from environments.available import address
from environments.doors import standing_for
from environments.draft_banner import draft_banner
from environments.models import Environment, Hold, Pin
from environments.policies import can_open
from environments.standing import Standing
from environments.transitions import State

BANNERS = 2  # more of them would push the page away (ux.md section 4)


def agent_frame(request: HttpRequest, agent: Agent) -> dict[str, Any]:
    """The context of the agent bar: name, pins, tabs, banners. The context processor adds it to every page."""
    rights, standing = rights_of(request, agent), standing_for(request, agent)
    banners, banner = [*_archived(agent), *_held(standing, rights)], draft_banner(request, standing, rights)
    return {
        "agent": agent,
        "agent_url": address(agent, "agent-overview"),
        "pins": pin_strip(standing, rights, request.path),
        "tabs": _tabs(request, agent, rights),
        "agent_banners": banners[: BANNERS - bool(banner)],
        "draft_banner": banner,
        "crumbs": [
            {"label": "Agents", "url": reverse("environments:agent-list", args=[agent.organization.slug])},
            {"label": agent.name, "url": address(agent, "agent-overview")},
        ],
    }


def pin_strip(standing: Standing, rights: frozenset[str], here: str = "") -> list[dict[str, Any]]:
    """The versions by environment, in order, with the station where QA decides between them."""
    strip = [_development(standing, rights)] if "view_development" in rights else []
    for place in standing.places:
        if place.is_production and place == standing.live[0] and place.requires_sign_off:
            strip.append(_ready(standing))
        strip.append(served_pin(standing, place, rights))
    for pin in strip:
        pin["current"] = bool(pin["url"]) and pin["url"] == here
    return strip


def served_pin(standing: Standing, place: Environment, rights: frozenset[str]) -> dict[str, Any]:
    """One environment of the strip; it leads to its page, or to the record of the last move into it."""
    pin = standing.pin(place)
    url = ""
    if can_open(rights, place):
        url = address(standing.agent, "environment", place.slug)
    elif pin:
        url = address(standing.agent, "release", pin.deployment_id)
    return {
        "kind": place.kind,
        "code": code_of(place, standing.environments),
        "name": place.name,
        "version": pin.version.number if pin else None,
        "url": url,
    }


def code_of(place: Environment, pipeline: list[Environment]) -> str:
    """Three letters for a chip: those of the kind, or of the name where a kind has several environments."""
    alone = sum(1 for other in pipeline if other.kind == place.kind) == 1
    kinds = {"development": "DEV", "staging": "STG", "production": "PRD"}
    return kinds[place.kind] if alone else place.name[:3].upper()


def _development(standing: Standing, rights: frozenset[str]) -> dict[str, Any]:
    agent, base = standing.agent, standing.draft.base
    changed = standing.draft_changes > 0
    return {
        "kind": "development",
        "code": "DEV",
        "name": "Development",
        "version": None,
        "text": f"v{base.number}{' + draft' if changed else ''}" if base else "draft",
        "url": reverse("agents:draft", args=[agent.organization.slug, agent.slug]) if "view_draft" in rights else "",
    }


def _ready(standing: Standing) -> dict[str, Any]:
    pin: Pin | None = standing.candidate
    ready = pin is not None and pin.version.release.state == State.READY
    return {
        "kind": "ready",
        "code": "RDY",
        "name": _("Ready for Production"),
        "version": pin.version.number if pin and ready else None,
        "url": address(standing.agent, "push") if ready else "",
    }


def _tabs(request: HttpRequest, agent: Agent, rights: frozenset[str]) -> list[dict[str, Any]]:
    """The agent's pages that this person can ever open; the others are not shown."""
    draft = reverse("agents:draft", args=[agent.organization.slug, agent.slug])
    settings = reverse("agents:agent-edit", args=[agent.organization.slug, agent.slug])
    tabs = [
        ("Overview", address(agent, "agent-overview"), True),
        ("Draft", draft, "view_draft" in rights),
        ("Staging", address(agent, "decide"), "view_staging" in rights),
        ("Versions", address(agent, "version-list"), True),
        ("Releases", address(agent, "releases"), True),
        ("Compare", address(agent, "compare"), True),
        ("Settings", settings, "edit_draft" in rights or "archive_agent" in rights),
    ]
    shown = [(label, url) for label, url, allowed in tabs if allowed]
    return [{"label": label, "url": url, "current": _is_here(request.path, url)} for label, url in shown]


def _is_here(path: str, tab: str) -> bool:
    """A tab is current on its pages; the overview's address begins every other one."""
    overview = tab.count("/") == 5
    return path == tab if overview or not tab.endswith("/") else path.startswith(tab)


def _archived(agent: Agent) -> list[dict[str, Any]]:
    if agent.archived_at is None:
        return []
    return [
        {"kind": "warn", "title": _("This agent is archived"), "text": _("It is read only until it is brought back.")}
    ]


def _held(standing: Standing, rights: frozenset[str]) -> list[dict[str, Any]]:
    return [_hold_banner(standing.agent, hold, may_lift="lift_hold" in rights) for hold in standing.holds]


def _hold_banner(agent: Agent, hold: Hold, *, may_lift: bool) -> dict[str, Any]:
    lift = {
        "label": _("Lift hold: v%(version)s") % {"version": hold.version.number},
        "url": address(agent, "lift-hold", hold.version.number),
    }
    return {
        "kind": "hold",
        "title": _("v%(version)s is on hold") % {"version": hold.version.number},
        "text": _("Rolled back by %(by)s: %(reason)s") % {"by": hold.by.name, "reason": hold.reason},
        "at": hold.at,
        "more": _("It cannot be promoted or pushed until the hold is lifted."),
        "actions": [lift] if may_lift else [],
    }
