"""The record of one move or decision, as it was: it never changes, whatever happens later (ux.md S15)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from agents.comparison import Comparison
from agents.models import Agent, Version
from audit.clock import database_time
from console.organizations.models import Membership, Organization, User
from console.organizations.roles import Role
from environments.available import address
from environments.models import Deployment, Environment, Pin, SignOff
from environments.pipeline import environments_of, production_environment
from environments.reading import can_read, comparison_of, served_side, version_side, with_manifest
from environments.then import move_at
from environments.timeline import decided, moves_of, outcome
from environments.versions import included

WATCHED = timedelta(minutes=30)  # how long a record offers the way back after a push


@dataclass(frozen=True)
class Person:
    """Somebody in a record, with the roles they held at that moment."""

    name: str
    roles: str = ""


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the page shows; `decision` is None for a move, `move` for a decision."""

    sentence: str
    kind: str
    environment: Environment
    version: Version
    comparison: Comparison | None
    people: dict[str, Person]
    contributors: list[Person] = field(default_factory=list)
    move: Deployment | None = None
    decision: SignOff | None = None
    included: list[Version] = field(default_factory=list)
    back_url: str = ""
    newer: Deployment | None = None
    older: Deployment | None = None
    rules: list[str] = field(default_factory=list)


def move_record(agent: Agent, move: Deployment, rights: frozenset[str]) -> Record:
    """The record of a move of a pin, with its neighbours in the same environment."""
    same = moves_of(agent).filter(environment=move.environment)
    contributors = _contributors(move.version)
    signer = move.sign_off.by if move.sign_off else None
    known = _roles(agent.organization, [move.by, move.version.author, signer, *contributors], move)
    return Record(
        sentence=outcome(move),
        kind=str(move.get_action_display()),
        environment=move.environment,
        version=move.version,
        comparison=_difference(agent, move.from_version, move.version, move.environment, rights),
        people={"by": known[move.by_id], "author": known[move.version.author_id]}
        | ({"signer": known[signer.pk]} if signer else {}),
        contributors=[known[person.pk] for person in contributors],
        move=move,
        included=_included(agent, move),
        back_url=_way_back(agent, move, rights),
        newer=same.filter(at__gt=move.at).order_by("at").first(),
        older=same.filter(at__lt=move.at).first(),
    )


def decision_record(agent: Agent, sign_off: SignOff, rights: frozenset[str]) -> Record:
    """The record of a decision of QA: against what was live then, under the rules that were in force."""
    version, target = sign_off.version, production_environment(environments_of(agent.organization))
    live = move_at(agent, target, sign_off.at) if target else None
    contributors = _contributors(version)
    known = _roles(agent.organization, [sign_off.by, version.author, *contributors], sign_off)
    former = live.version if live else None
    return Record(
        sentence=decided(sign_off),
        kind=str(sign_off.get_decision_display()),
        environment=sign_off.environment,
        version=version,
        comparison=_difference(agent, former, version, target or sign_off.environment, rights),
        people={"author": known[version.author_id]} | ({"by": known[sign_off.by_id]} if sign_off.by_id else {}),
        contributors=[known[person.pk] for person in contributors],
        decision=sign_off,
        rules=_rules(sign_off.basis.get("rules", {})),
    )


def _difference(
    agent: Agent, former: Version | None, version: Version, place: Environment, rights: frozenset[str]
) -> Comparison | None:
    """The difference as it was; versions never change, so it never does."""
    if not can_read(rights, version, former):
        return None
    left = version_side(with_manifest(former)) if former else served_side(place, None)
    return comparison_of(agent, left, version_side(with_manifest(version)))


def _contributors(version: Version) -> list[User]:
    return list(version.contributors.order_by("name"))


def _roles(organization: Organization, people: Iterable[User | None], when: Deployment | SignOff) -> dict[UUID, Person]:
    """Each person with the roles they held at that moment, as the history of memberships has it; one query."""
    named = {person.pk: person.name for person in people if person}
    past: Any = Membership.history.filter(organization=organization, user__in=named, history_date__lte=when.at)
    held = {
        row.user_id: ", ".join(role.label for role in Role if role.value in row.roles)
        for row in past.order_by("user_id", "-history_date", "-history_id").distinct("user_id")
        if row.history_type != "-"
    }
    return {pk: Person(name, held.get(pk, "")) for pk, name in named.items()}


def _included(agent: Agent, move: Deployment) -> list[Version]:
    """The versions that came along: those between the former one and this one, this one too."""
    return included(agent, after=move.from_version.number if move.from_version else 0, upto=move.version.number)


def _way_back(agent: Agent, move: Deployment, rights: frozenset[str]) -> str:
    """The rollback to what was live before, while a push is young and still stands."""
    former = move.from_version
    if former is None or "roll_back" not in rights or not move.environment.is_production:
        return ""
    if move.action == Deployment.Action.ROLLBACK or database_time() - move.at > WATCHED:
        return ""
    if not Pin.objects.filter(deployment=move).exists():
        return ""
    return address(agent, "rollback", environment=move.environment.slug, version=former.number)


def _rules(rules: dict[str, Any]) -> list[str]:
    """The rules that a decision was made under, in sentences."""
    if not rules:
        return []
    four_eyes = (
        _("Four eyes: neither the author nor a contributor may approve or push.")
        if rules.get("four_eyes")
        else _("Four eyes were switched off.")
    )
    ticket = _("A push asks for a change ticket.") if rules.get("ticket_required") else _("No ticket is asked for.")
    return [four_eyes, ticket, *[_asks(slug, asked) for slug, asked in rules.get("entry", {}).items()]]


def _asks(slug: str, asked: dict[str, Any]) -> str:
    """Whether a production environment asked for a sign-off."""
    if asked.get("requires_sign_off"):
        return _("%(target)s asks for a sign-off.") % {"target": slug}
    return _("%(target)s asks for no sign-off.") % {"target": slug}
