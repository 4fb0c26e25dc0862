"""Approvals that ended because another version took their place, told beside the move that did it (ux.md 3.5)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.models import Agent
from console.organizations.compiled import compiled
from environments.available import address
from environments.models import Deployment, Environment, SignOff

Decision = SignOff.Decision


def lapses_of(agent: Agent, moves: Iterable[Deployment]) -> list[dict[str, Any]]:
    """An entry of the timeline for each of these moves that took the place of a version that was ready.

    A version that had gone live before lost nothing: its approval had done its work.
    """
    replacing = [move for move in moves if move.from_version_id and move.environment.is_staging]
    if not replacing:
        return []
    versions = list({move.from_version_id for move in replacing if move.from_version_id})
    pushed, decided = _pushes_of(versions), _decisions_on(versions)
    return [
        _entry(agent, move, sign_off)
        for move in replacing
        if (sign_off := _last(decided, move))
        and sign_off.decision == Decision.READY
        and not any(version == sign_off.version_id and at < move.at for version, at in pushed)
    ]


@compiled
def _pushes_of(versions: list[UUID]) -> QuerySet[Deployment, tuple[UUID, datetime]]:
    live = Environment.Kind.PRODUCTION
    found = Deployment.objects.filter(version__pk__any=versions, environment__kind=live)
    return found.values_list("version_id", "at")


@compiled
def _decisions_on(versions: list[UUID]) -> QuerySet[SignOff]:
    decided = SignOff.objects.filter(version__pk__any=versions).exclude(decision=Decision.APPROVED)
    return decided.newest_first().select_related("by", "version")


def _last(decided: list[SignOff], move: Deployment) -> SignOff | None:
    """The decision on the version that had to go which was in force when it went."""
    mine = (one for one in decided if one.version_id == move.from_version_id and one.at < move.at)
    return next((one for one in mine if one.environment_id == move.environment_id), None)


def _entry(agent: Agent, move: Deployment, sign_off: SignOff) -> dict[str, Any]:
    names = {"number": sign_off.version.number, "by": sign_off.by.name if sign_off.by else "Slipway"}
    after = {"place": move.environment.name, "number": move.version.number}
    return {
        "text": _("The approval of v%(number)d by %(by)s lapsed") % names,
        "at": move.at,
        "icon": "hourglass",
        "url": address(agent, "release", sign_off.pk),
        "said": _("%(place)s now serves v%(number)d, which needs its own.") % after,
        "env_kind": move.environment.kind,
        "env_name": move.environment.name,
    }
