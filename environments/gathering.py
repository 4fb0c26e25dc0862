"""Where many agents stand, read together: a constant number of queries, whatever their number.

The standings are those of an agent's own page; what gates and offers ask beside them is gathered as well,
so that a board's next steps are the page's offers and the verbs' answers (ux.md, rule 3).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from agents.models import Agent, Draft, Version
from agents.policies import grants_on
from agents.versions import bases_below, line_of
from audit.clock import database_time
from console.organizations.errors import Holder
from console.organizations.models import Membership, Organization, User
from console.organizations.policies import holders_in
from console.organizations.questions import people_called
from console.organizations.roles import PERMISSIONS, roles_carrying
from environments import questions
from environments.facts import Facts
from environments.lineage import moved_past
from environments.models import Deployment, Environment, Hold, Pin, SignOff
from environments.pipeline import hop_before
from environments.standing import Standing

MEMBERSHIP = "view_agent_releases"  # every role carries it: a grant counts only beside one
ASKED = frozenset(
    {
        MEMBERSHIP,
        "approve_release",
        "manage_environments",
        "manage_keys",
        "edit_draft",
        "promote_to_staging",
        "mark_ready",
        "push_to_production",
        "lift_hold",
    }
)
NAMES = 10


@dataclass(frozen=True, kw_only=True)
class Moves(Facts):
    """Only what a draft's line of descent is held against."""

    pins: dict[UUID, dict[UUID, Pin]]
    bases: dict[UUID, UUID | None]

    def moves_since(self, agent: Agent, moment: datetime) -> list[Deployment]:
        """The moves after a moment that still stand."""
        return [pin.deployment for pin in self.pins[agent.pk].values() if pin.deployment.at > moment]

    def ancestry(self, agent: Agent, draft: Draft) -> set[UUID]:
        """The version that a draft started from and everything that one descends from."""
        return line_of(draft.base_id, self.bases)


@dataclass(frozen=True, kw_only=True)
class Gathered(Moves):
    """The facts of one page of agents as they were at one moment; asking it costs no query."""

    moment: datetime
    pipeline: list[Environment]
    holds: dict[UUID, list[Hold]]
    served: set[UUID]
    signed: dict[UUID, list[SignOff]]
    people: dict[UUID, set[UUID]]
    holders: dict[str, dict[UUID, str]]
    grants: set[tuple[UUID, UUID, str]]
    members: dict[str, set[UUID]]

    def now(self) -> datetime:
        """The moment of the gathering."""
        return self.moment

    def holder(self, permission: str, organization: Organization) -> Holder:
        """Who holds a permission on the organization."""
        if permission not in self.holders:
            return super().holder(permission, organization)
        names = sorted(set(self.holders[permission].values()))
        roles = [role.label for role in roles_carrying(permission, organization)]
        return Holder(permission=PERMISSIONS[permission], roles=roles, people=names[:NAMES])

    def may(self, user: User | None, permission: str, agent: Agent) -> bool:
        """Whether a person holds a permission on the agent."""
        if user is None or user.pk not in self.holders[MEMBERSHIP]:
            return False
        return user.pk in self.holders[permission] or (user.pk, agent.pk, permission) in self.grants

    def granted(self, user: User, agent: Agent) -> frozenset[str]:
        """What a person may do with this agent alone."""
        return frozenset(what for who, where, what in self.grants if who == user.pk and where == agent.pk)

    def editors(self, organization: Organization) -> set[UUID]:
        """Who may edit drafts in the whole organization."""
        return set(self.holders["edit_draft"])

    def open_hold(self, agent: Agent, version: Version) -> Hold | None:
        """The hold that keeps this content back."""
        return next((hold for hold in self.holds[agent.pk] if hold.version.digest == version.digest), None)

    def pipeline_of(self, organization: Organization) -> list[Environment]:
        """The organization's environments in order."""
        return self.pipeline

    def previous_hop(self, environment: Environment) -> Environment | None:
        """The environment right before this one."""
        return hop_before(environment, self.pipeline)

    def members_with(self, role: str, organization: Organization) -> set[UUID]:
        """The members who hold a role."""
        return self.members[role]

    def pin(self, agent: Agent, environment: Environment | None) -> Pin | None:
        """What an environment serves of the agent."""
        return self.pins[agent.pk].get(environment.pk) if environment else None

    def decisions(self, version: Version) -> list[SignOff]:
        """QA's decisions on a version, the one in force first; asked anew for one that is served nowhere."""
        return self.signed[version.pk] if version.pk in self.served else super().decisions(version)

    def people_behind(self, version: Version) -> set[UUID]:
        """The author and every contributor of a version; asked anew for one that is served nowhere."""
        if version.pk not in self.served:
            return super().people_behind(version)
        return {version.author_id, *self.people[version.pk]}


def gather(agents: Collection[Agent], organization: Organization, pipeline: list[Environment]) -> dict[UUID, Standing]:
    """The standing of each of these agents of one organization."""
    for agent in agents:
        agent.organization = organization
    pins, drafts, latest = _pins(agents, pipeline), _drafts(agents), _latest(agents)
    versions = _put_versions(pins, drafts.values(), latest.values())
    _put_entries(drafts.values())
    served = {pin.version_id for places in pins.values() for pin in places.values()}
    decisions = questions.decisions_on(list(served)) if served else []
    _put_people(
        *_movers(pins), *((draft, "updated_by") for draft in drafts.values()), *((one, "by") for one in decisions)
    )
    facts = Gathered(
        moment=database_time(),
        pipeline=pipeline,
        pins=pins,
        holds=_grouped(questions.open_holds([agent.pk for agent in agents]), "agent_id"),
        served=served,
        signed=_grouped(decisions, "version_id"),
        people=_people(served),
        bases=bases_below(_bases_to_follow(pins, drafts)),
        holders=holders_in(organization, ASKED),
        grants=grants_on(agents),
        members=_members(organization, pipeline),
    )
    return {
        agent.pk: Standing(
            agent=agent,
            environments=pipeline,
            pins={pin.environment.slug: pin for pin in pins[agent.pk].values()},
            draft=drafts[agent.pk],
            latest=versions[latest[agent.pk]] if agent.pk in latest else None,
            holds=facts.holds[agent.pk],
            facts=facts,
        )
        for agent in agents
    }


def _members(organization: Organization, pipeline: list[Environment]) -> dict[str, set[UUID]]:
    """Who holds the roles that an environment asks approvals of; no query where none does."""
    asked = {one.role for place in pipeline for one in place.rules.approvals}
    members = Membership.objects.filter(organization=organization) if asked else Membership.objects.none()
    return {role: set(members.with_role(role).values_list("user", flat=True)) for role in asked}


def moves_not_known(drafts: Collection[Draft], pipeline: list[Environment]) -> dict[UUID, Deployment]:
    """The latest move that each of these drafts does not know of (`lineage.moved_past`), by agent; four queries."""
    pins = _pins([draft.agent for draft in drafts], pipeline)
    _put_versions(pins, ())
    _put_people(*_movers(pins))
    bases = bases_below(_bases_to_follow(pins, {draft.agent_id: draft for draft in drafts}))
    found = {draft.agent_id: moved_past(draft.agent, draft, Moves(pins=pins, bases=bases)) for draft in drafts}
    return {agent: move for agent, move in found.items() if move}


def _pins(agents: Collection[Agent], pipeline: list[Environment]) -> dict[UUID, dict[UUID, Pin]]:
    """What is served, by agent and environment; its version is put in by `_put_versions`."""
    found: dict[UUID, dict[UUID, Pin]] = defaultdict(dict)
    places = {place.pk: place for place in pipeline}
    for pin in questions.pins_of([agent.pk for agent in agents], list(places)):
        pin.environment = pin.deployment.environment = places[pin.environment_id]
        found[pin.agent_id][pin.environment_id] = pin
    return found


def _put_versions(
    pins: dict[UUID, dict[UUID, Pin]], drafts: Collection[Draft], latest: Collection[UUID] = ()
) -> dict[UUID, Version]:
    """Read every version once, and put the one object of each where it is served or was started from."""
    served = [pin for places in pins.values() for pin in places.values()]
    wanted = {pin.version_id for pin in served} | {draft.base_id for draft in drafts if draft.base_id} | set(latest)
    versions: dict[UUID, Version] = {one.pk: one for one in questions.versions(list(wanted))} if wanted else {}
    for pin in served:
        pin.version = pin.deployment.version = versions[pin.version_id]
    for draft in drafts:
        draft.base = versions[draft.base_id] if draft.base_id else None
    return versions


def _movers(pins: dict[UUID, dict[UUID, Pin]]) -> Iterator[tuple[Any, str]]:
    """Where the people of pins are put: who wrote the version and who moved it."""
    for places in pins.values():
        for pin in places.values():
            yield pin.version, "author"
            yield pin.deployment, "by"


def _put_people(*wanted: tuple[Any, str]) -> None:
    """Read everybody once, and put the one object of each where they are named."""
    keys: set[Any] = {getattr(row, f"{name}_id") for row, name in wanted}
    people = {one.pk: one for one in people_called([key for key in keys if key])}
    for row, name in wanted:
        if (key := getattr(row, f"{name}_id")) is not None:
            setattr(row, name, people[key])


def _drafts(agents: Collection[Agent]) -> dict[UUID, Draft]:
    return {draft.agent_id: draft for draft in questions.drafts_of([agent.pk for agent in agents])}


def _put_entries(drafts: Collection[Draft]) -> None:
    """The entries of manifests only where draft and base differ, because they are what is large."""
    changed = [one for one in drafts if one.base and one.base.digest != one.manifest.digest]
    wanted = {key for one in changed if one.base for key in (one.manifest_id, one.base.manifest_id)}
    manifests = {one.pk: one for one in questions.manifests(list(wanted))} if wanted else {}
    for one in changed:
        one.manifest = manifests[one.manifest_id]
        if one.base:
            one.base.manifest = manifests[one.base.manifest_id]


def _people(versions: Collection[UUID]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for version, person in questions.contributors(list(versions)) if versions else ():
        found[version].add(person)
    return found


def _latest(agents: Collection[Agent]) -> dict[UUID, UUID]:
    """The newest version of each agent."""
    return dict(questions.newest([agent.pk for agent in agents]))


def _bases_to_follow(pins: dict[UUID, dict[UUID, Pin]], drafts: dict[UUID, Draft]) -> set[UUID]:
    """Where a draft started that something moved past: only there its line of descent is asked for."""
    return {
        draft.base_id
        for draft in drafts.values()
        if draft.base_id
        and any(
            pin.deployment.at > draft.based_at and pin.version_id != draft.base_id
            for pin in pins[draft.agent_id].values()
        )
    }


def _grouped(rows: Iterable[Any], key: str) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found
