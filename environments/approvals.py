"""A sign-off holds for exactly what was signed: its fingerprint, and why it may not hold any more."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.models import Agent, Version
from console.organizations.compiled import compiled
from console.organizations.models import Organization, User
from environments import policies
from environments.models import Environment, SignOff

# Decisions that say nothing against what another person approved.
SILENT = frozenset({SignOff.Decision.EXPIRED, SignOff.Decision.WITHDRAWN, SignOff.Decision.APPROVED})


@dataclass(frozen=True)
class Basis:
    """What an approval speaks of: the content, the target's variables, and the rules in force."""

    digest: str
    variables: list[str]
    rules: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The basis as a sign-off keeps it."""
        return {"digest": self.digest, "variables": self.variables, "rules": self.rules}

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the canonical basis; any change of it makes the approval stale (G3)."""
        return sha256(orjson.dumps(self.as_json(), option=orjson.OPT_SORT_KEYS)).hexdigest()


def basis_of(version: Version, pipeline: Iterable[Environment], organization: Organization) -> Basis:
    """The basis of an approval of this version now."""
    return Basis(version.digest, [], rules_of(pipeline, organization))


def rules_of(pipeline: Iterable[Environment], organization: Organization) -> dict[str, Any]:
    """The rules in force that an approval speaks of: those of every production environment, and where QA decides.

    So what one of them asks for, or that there is one more, makes it stale.
    """
    places = list(pipeline)
    tested = [place.slug for place in places if place.is_staging]
    return {
        "four_eyes": organization.four_eyes,
        "ticket_required": organization.ticket_required,
        "decided_in": tested[-1] if tested else "",
        "entry": {place.slug: place.rules.in_force() for place in places if place.is_production},
    }


def approved_by_others(agent: Agent) -> set[UUID]:
    """The versions that another person approved and nobody spoke against since: their work has been seen (T5).

    An approval that ran out was given all the same; one's own approval, while four eyes were off, counts for nothing.
    """
    found: set[UUID] = set()
    for decision in _of_agent(agent.pk):
        if decision.decision == SignOff.Decision.READY and not decision.is_self_approval:
            found.add(decision.version_id)
        elif decision.decision not in SILENT:
            found.discard(decision.version_id)
    return found


@compiled
def _of_agent(agent: UUID) -> QuerySet[SignOff]:
    return SignOff.objects.filter(agent=agent).order_by("at", "pk")


def approval_of(version: Version) -> SignOff | None:
    """The latest decision on a version when it is an approval; an approval that was revoked is none."""
    return approval_among(SignOff.objects.filter(version=version).select_related("by").newest_first())


def approval_among(decisions: Iterable[SignOff]) -> SignOff | None:
    """The same among a version's decisions, the newest first."""
    further = SignOff.Decision.APPROVED  # adds to an approval and decides nothing itself
    latest = next((one for one in decisions if one.decision != further), None)
    return latest if latest and latest.decision == SignOff.Decision.READY else None


def staleness(
    sign_off: SignOff,
    version: Version,
    pipeline: Iterable[Environment],
    *,
    now: datetime,
    may: Callable[[User | None, str, Agent], bool] = policies.may,
) -> str | None:
    """Why the approval does not hold any more, in a sentence; None while it holds.

    `version.agent.organization` must be current: the rules are read from it.
    """
    organization = version.agent.organization
    current = basis_of(version, pipeline, organization)
    if current.fingerprint != sign_off.fingerprint:
        return _what_moved(sign_off.basis, current.as_json())
    if now - sign_off.at > life_of(organization):
        return _("It is older than %(sign_off_days)s days.") % {"sign_off_days": organization.sign_off_days}
    if sign_off.by is None or not may(sign_off.by, "mark_ready", version.agent):
        return _("%(by)s may no longer mark versions ready.") % {"by": sign_off.by}
    return None


def life_of(organization: Organization) -> timedelta:
    """How long an approval may be used."""
    return timedelta(days=organization.sign_off_days)


def _what_moved(then: dict[str, Any], now: dict[str, Any]) -> str:
    if then.get("digest") != now["digest"]:
        return _("The content is not what was approved.")
    if then.get("variables") != now["variables"]:
        return _("A variable name or reference of the target environment changed.")
    words = {
        "four_eyes": _("the four-eyes rule"),
        "ticket_required": _("the change-ticket rule"),
        "decided_in": _("the environment in which QA decides"),
        "entry": _("the rules of a production environment"),
    }
    rules: dict[str, Any] = then.get("rules", {})
    moved = [words[name] for name in words if rules.get(name) != now["rules"][name]]
    return _("Changed since: %(moved)s.") % {"moved": ", ".join(moved) or _("the gate rules")}
