"""What happened to an agent, in sentences: moves of pins and decisions of QA, newest first."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext

from agents.models import Agent
from console.organizations.compiled import compiled
from environments.available import address
from environments.lapses import lapses_of
from environments.models import Deployment, SignOff
from environments.querysets import DeploymentQuerySet, SignOffQuerySet

Action = Deployment.Action
Decision = SignOff.Decision
LATEST = 10
ICONS = {Action.PUSH: "rocket", Action.ROLLBACK: "undo-2"}
DECISIONS = {
    Decision.READY: ("badge-check", "{by} marked v{number} ready for Production"),
    Decision.APPROVED: ("badge-check", "{by} approved v{number} as well"),
    Decision.CHANGES_REQUESTED: ("message-square-warning", "{by} requested changes to v{number}"),
    Decision.WITHDRAWN: ("undo-2", "{by} withdrew the request for changes to v{number}"),
    Decision.REVOKED: ("x", "{by} revoked the approval of v{number}"),
    Decision.EXPIRED: ("hourglass", "The approval of v{number} became stale"),
}


def outcome(move: Deployment) -> str:
    """What a move did, in one sentence without its full stop."""
    who, number, place = move.by.name, move.version.number, move.environment.name
    former = move.from_version
    if move.action == Action.ROLLBACK:
        return gettext("%(who)s rolled %(place)s back from v%(former)s to v%(number)s") % {
            "who": who,
            "place": place,
            "former": former.number if former else "?",
            "number": number,
        }
    did = {Action.PUSH: "pushed", Action.ACTIVATE: "activated"}.get(Action(move.action), "promoted")
    to = "in" if move.action == Action.ACTIVATE else "to"
    past = gettext(" past failing gates") if move.break_glass else ""
    return gettext("%(who)s %(did)s v%(number)s %(to)s %(place)s%(former)s%(past)s") % {
        "who": who,
        "did": did,
        "number": number,
        "to": to,
        "place": place,
        "former": gettext(", replacing v%(former)s") % {"former": former.number} if former else "",
        "past": past,
    }


def decided(sign_off: SignOff) -> str:
    """What QA decided, in one sentence without its full stop."""
    _, sentence = DECISIONS[Decision(sign_off.decision)]
    return sentence.format(by=sign_off.by.name if sign_off.by else "Slipway", number=sign_off.version.number)


def moves_of(agent: Agent) -> DeploymentQuerySet:
    """The agent's moves, newest first, each with `until`: when the environment got its next version."""
    later = Deployment.objects.filter(
        agent=OuterRef("agent"), environment=OuterRef("environment"), at__gt=OuterRef("at")
    )
    until = Subquery(later.order_by("at").values("at")[:1])
    moves: DeploymentQuerySet = Deployment.objects.filter(agent=agent).with_facts().newest_first().annotate(until=until)
    return moves


def decisions_of(agent: Agent, *, since: datetime | None = None, until: datetime | None = None) -> SignOffQuerySet:
    """The agent's decisions between two moments, newest first."""
    found: SignOffQuerySet = SignOff.objects.filter(agent=agent).with_facts().newest_first()
    found = found.filter(at__gte=since) if since else found
    return found.filter(at__lt=until) if until else found


def entries_of(agent: Agent, moves: Iterable[Deployment], decisions: Iterable[SignOff]) -> list[dict[str, Any]]:
    """The entries of an agent's timeline (components/_timeline.html), newest first, with what a move ended."""
    shown = list(moves)
    entries = lapses_of(agent, shown) + [_move(agent, move) for move in shown]
    entries += [_decision(agent, decision) for decision in decisions]
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


def latest(agent: Agent, most: int) -> list[dict[str, Any]]:
    """The last few entries, ten at most."""
    return entries_of(agent, _latest_moves(agent.pk)[:most], _latest_decisions(agent.pk)[:most])[:most]


@compiled
def _latest_moves(agent: UUID) -> QuerySet[Deployment]:
    return moves_of(Agent(pk=agent))[:LATEST]


@compiled
def _latest_decisions(agent: UUID) -> QuerySet[SignOff]:
    return decisions_of(Agent(pk=agent))[:LATEST]


def _move(agent: Agent, move: Deployment) -> dict[str, Any]:
    return {
        "text": outcome(move),
        "at": move.at,
        "until": getattr(move, "until", None),
        "icon": ICONS.get(Action(move.action), "arrow-right"),
        "url": address(agent, "release", move.pk),
        "said": move.note,
        "ticket": move.ticket,
        "env_kind": move.environment.kind,
        "env_name": move.environment.name,
    }


def _decision(agent: Agent, sign_off: SignOff) -> dict[str, Any]:
    icon, _ = DECISIONS[Decision(sign_off.decision)]
    return {
        "text": decided(sign_off),
        "at": sign_off.at,
        "icon": icon,
        "url": address(agent, "release", sign_off.pk),
        "said": sign_off.note,
        "env_kind": sign_off.environment.kind,
        "env_name": sign_off.environment.name,
    }
