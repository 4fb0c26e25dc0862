"""The agent's page: its pipeline as stations, what each waits for, and where environments differ."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.doors import rights_of
from agents.models import Agent, Version
from console.organizations.actor import Actor
from console.organizations.doors import actor_of
from console.organizations.policies import holder_of
from environments.available import Offer, address, gates_of, offers, plainly
from environments.doors import only_looks_on, standing_for
from environments.draft_banner import changes_in_words
from environments.drift import drift_of
from environments.frame import code_of
from environments.models import Environment, Pin, SignOff
from environments.standing import Standing
from environments.timeline import latest
from environments.transitions import State

RECORDS = 10
VERSIONS = 20
PERSONAL = frozenset({"four_eyes", "ticket", "fresh_sign_in"})  # asked of who pushes, on the page of the push
# A key opens the page of an act and never performs it (ux.md S5).
KEYS = {
    "promote_to_staging": "p",
    "mark_ready": "r",
    "request_changes": "R",
    "push_to_production": "P",
    "rollback": "b",
}
RANKS = {"rollback": "danger", "request_changes": "", "revoke_ready": "", "withdraw_request": ""}


def overview_of(request: HttpRequest, agent: Agent) -> dict[str, Any]:
    """Everything that the page shows, for this person."""
    rights, standing = rights_of(request, agent), standing_for(request, agent)
    found = offers(standing, actor_of(request), rights)
    return {
        "agent": agent,
        "stations": _with_gates(stations(standing, rights, found), standing, actor_of(request)),
        "drift": drift_of(standing, rights),
        "history_url": address(agent, "version-list"),
        "included": _included(standing),
        "entries": latest(agent, RECORDS),
        "looks_on": only_looks_on(rights),
        "others": [one for one in found if one.verb in {"lift_hold", "unarchive"}],
    }


def action_of(offer: Offer, rank: str = "") -> dict[str, Any]:
    """An offer as the button components read it."""
    holder = offer.holder
    return {
        "label": offer.label,
        "href": offer.url,
        "rank": RANKS.get(offer.verb, rank),
        "blocked": not offer.enabled,
        "id": f"{offer.verb}-{offer.place}".replace("_", "-"),
        "why": offer.reason,
        "role": " or ".join(holder.roles) if holder else "",
        "people": holder.people if holder else [],
        "fix_url": offer.fix_url,
        "fix_label": offer.fix_label,
        "key": KEYS.get(offer.verb, ""),
    }


def stations(standing: Standing, rights: frozenset[str], found: list[Offer]) -> list[dict[str, Any]]:
    """The pipeline as cards: Development for who may see it, each environment, and Ready before Production."""
    cards = [_development(standing, rights)] if "view_development" in rights else []
    for place in standing.places:
        if place.is_production and place == standing.live[0] and place.requires_sign_off:
            cards.append(_ready(standing))
        cards.append(_station(standing, place))
    primary = next((one for one in found if one.enabled and one.verb not in RANKS), None)
    for card in cards:
        mine = [one for one in found if _station_of(one, standing, cards) == card["place"]]
        card["actions"] = [action_of(one, "ink" if one is primary else "") for one in mine]
    return cards


def _with_gates(cards: list[dict[str, Any]], standing: Standing, actor: Actor) -> list[dict[str, Any]]:
    """Before each production environment: what still stands between it and the candidate, as the push will ask it."""
    pin = standing.candidate
    for card in cards:
        place = standing.environment(card["place"])
        if pin is None or place is None or not place.is_production:
            continue
        served = standing.pin(place)
        if (served and served.version_id == pin.version_id) or any(act["blocked"] for act in card["actions"]):
            continue  # nothing stands between, or the act itself says what does
        gates = gates_of(standing.agent, pin.version, place, actor, standing.facts)
        lacking = [plainly(gate.message) for gate in gates if gate.state != "pass" and gate.rule not in PERSONAL]
        card["needs"] = " ".join(lacking)
    return cards


def _station_of(offer: Offer, standing: Standing, cards: list[dict[str, Any]]) -> str:
    """The card an act stands on: publishing the draft belongs to Development, all others to where they move."""
    publishes = offer.verb == "promote_to_staging" and offer.place == standing.places[0].slug
    return "development" if publishes and cards[0]["place"] == "development" else offer.place


def _development(standing: Standing, rights: frozenset[str]) -> dict[str, Any]:
    agent, draft = standing.agent, standing.draft
    card: dict[str, Any] = {"kind": "development", "code": "DEV", "name": "Development", "place": "development"}
    changed = changes_in_words(draft, standing.draft_changes) if standing.draft_changes else _("no changes")
    card |= {
        "lines": [_("Draft: %(changed)s") % {"changed": changed}],
        "at": draft.updated_at,
        "digest": draft.manifest.digest,
    }
    if draft.base:
        card |= {"version": draft.base.number, "version_url": address(agent, "version", draft.base.number)}
        card["digest"] = draft.base.digest
    else:
        card["empty"] = _("Nothing was published yet.")
    if "view_draft" in rights:
        card["lines"].append(_("Saved by %(updated_by)s") % {"updated_by": draft.updated_by.name})
        card["open_url"] = reverse("agents:draft", args=[agent.organization.slug, agent.slug])
    return card


def _station(standing: Standing, place: Environment) -> dict[str, Any]:
    card: dict[str, Any] = {
        "kind": place.kind,
        "code": code_of(place, standing.environments),
        "name": place.name,
        "place": place.slug,
    }
    pin = standing.pin(place)
    if pin is None:
        return card | {"empty": _nothing(place)}
    move, version = pin.deployment, pin.version
    did = (
        _("Rolled back by")
        if move.action == "rollback"
        else _("Pushed by")
        if place.is_production
        else _("Promoted by")
    )
    lines = [f"{did} {move.by.name}{f', {move.ticket}' if move.ticket else ''}"]
    return card | {
        "version": version.number,
        "version_url": address(standing.agent, "version", version.number),
        "digest": version.digest,
        "state": version.release.state,
        "lines": lines + ([_shortened(move.note)] if move.note else []),
        "at": move.at,
        "alarm": _alarm(standing, version),
    }


def _ready(standing: Standing) -> dict[str, Any]:
    """The station where QA decides: whose turn it is, or who signed off."""
    card: dict[str, Any] = {"kind": "ready", "code": "RDY", "name": _("Ready for Production"), "place": "ready"}
    pin = standing.candidate
    if pin is None:
        return card | {"empty": _("Nothing to decide on.")}
    if pin.version.release.state == State.READY:
        signed = SignOff.objects.filter(version=pin.version, decision=SignOff.Decision.READY).select_related("by")
        last = signed.newest_first().first()
        lines = [_("Marked ready by %(by)s") % {"by": last.by.name}] if last and last.by else []
        return card | {
            "version": pin.version.number,
            "version_url": address(standing.agent, "version", pin.version.number),
            "digest": pin.version.digest,
            "lines": lines + ([_shortened(last.note)] if last and last.note else []),
            "at": last.at if last else None,
        }
    return card | {"empty": _("Not ready."), "needs": _waits(standing, pin)}


def _waits(standing: Standing, pin: Pin) -> str:
    state, number = pin.version.release.state, pin.version.number
    if state == State.STAGING:
        people = ", ".join(holder_of("mark_ready", standing.agent.organization).people) or _("nobody yet")
        return _("v%(number)s waits for QA: %(people)s.") % {"number": number, "people": people}
    if state == State.CHANGES_REQUESTED:
        return _("Changes to v%(number)s were requested. Developers: %(author)s wrote it.") % {
            "number": number,
            "author": pin.version.author.name,
        }
    if state == State.ROLLED_BACK:
        return _("v%(number)s is on hold.") % {"number": number}
    if state == State.SUPERSEDED:
        return _("v%(number)s must be promoted again and then tested anew.") % {"number": number}
    return ""


def _nothing(place: Environment) -> str:
    if place.is_production:
        return _("Nothing pinned. Nothing is served here yet.")
    return _("Nothing pinned. Promote a version to start testing.")


def _alarm(standing: Standing, version: Version) -> str:
    held = any(hold.version_id == version.pk for hold in standing.holds)
    return _("v%(version)s is on hold") % {"version": version.number} if held else ""


def _shortened(text: str) -> str:
    line = text.partition("\n")[0]
    return f"“{line[:120]}{'…' if len(line) > 120 else ''}”"


def _included(standing: Standing) -> list[Version]:
    """The versions that a push would bring to Production, newest first, with what their authors wrote."""
    candidate, live = standing.candidate, standing.production
    if candidate is None or (live and live.version.number >= candidate.version.number):
        return []
    found = Version.objects.filter(agent=standing.agent, number__lte=candidate.version.number)
    found = found.filter(number__gt=live.version.number) if live else found
    return list(found.select_related("author", "release").newest_first()[:VERSIONS])
