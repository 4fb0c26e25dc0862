"""What gates and offers ask about, so that one set of rules serves a verb, an agent's page and a board of many.

`Facts` asks the database each time; `UnderLock` asks once, for the verbs, which read what is true under their lock. A
board gathers the same facts for all its agents before (`environments.gathering`) and hands them to the same rules
(ux.md, rule 3).
"""

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from agents.models import Agent, Draft, Part, Version
from agents.policies import grants_on
from agents.versions import ancestry, people_behind
from audit.clock import database_time
from console.organizations.compiled import compiled
from console.organizations.errors import Holder
from console.organizations.models import Membership, Organization, User
from console.organizations.policies import holder_of, holders_in
from environments import pipeline, policies
from environments.models import Deployment, Environment, Hold, Pin, SignOff
from environments.moves import current_pins

T = TypeVar("T")


class Facts:
    """The facts as the database has them at each question."""

    def now(self) -> datetime:
        """The time that counts."""
        return database_time()

    def holder(self, permission: str, organization: Organization) -> Holder:
        """Who holds a permission on the organization."""
        return holder_of(permission, organization)

    def may(self, user: User | None, permission: str, agent: Agent) -> bool:
        """Whether a person holds a permission on the agent."""
        return policies.may(user, permission, agent)

    def granted(self, user: User, agent: Agent) -> frozenset[str]:
        """What a person may do with this agent alone, beside their role."""
        return frozenset(what for who, where, what in grants_on([agent]) if who == user.pk)

    def editors(self, organization: Organization) -> set[UUID]:
        """Who may edit drafts in the whole organization."""
        return set(holders_in(organization, frozenset({"edit_draft"}))["edit_draft"])

    def open_hold(self, agent: Agent, version: Version) -> Hold | None:
        """The hold that keeps this content back: on the version itself or on another one with the same digest."""
        return _open_holds.first(agent.pk, version.digest)

    def pipeline_of(self, organization: Organization) -> list[Environment]:
        """The organization's environments in order."""
        return pipeline.environments_of(organization)

    def previous_hop(self, environment: Environment) -> Environment | None:
        """The environment right before this one."""
        return pipeline.previous_hop(environment)

    def members_with(self, role: str, organization: Organization) -> set[UUID]:
        """The members who hold a role now."""
        return set(Membership.objects.filter(organization=organization).with_role(role).values_list("user", flat=True))

    def missing_parts(self, version: Version) -> int:
        """How many parts of a version the store does not have; none, unless somebody went around the database."""
        entries = set(Version.objects.get(pk=version.pk).manifest.entries.values())
        return len(entries) - Part.objects.filter(organization=version.organization_id, digest__in=entries).count()

    def pin(self, agent: Agent, environment: Environment | None) -> Pin | None:
        """What an environment serves of the agent, with its version and deployment."""
        return _pin.first(agent.pk, environment.pk) if environment else None

    def decisions(self, version: Version) -> list[SignOff]:
        """QA's decisions on a version, the one in force first."""
        return _decisions(version.pk)

    def people_behind(self, version: Version) -> set[UUID]:
        """The author and every contributor of a version."""
        return people_behind(version)

    def moves_since(self, agent: Agent, moment: datetime) -> list[Deployment]:
        """The moves after a moment that still stand, with what they moved."""
        return [pin.deployment for pin in _pins_since(agent.pk, moment)]

    def ancestry(self, agent: Agent, draft: Draft) -> set[UUID]:
        """The version that a draft started from and everything that one descends from."""
        return ancestry(agent, draft.base_id)


class UnderLock(Facts):
    """The facts of one act that holds the agent's lock: they hold still, so that each is asked once (ADR 010).

    An act makes its own once it has the lock and forgets it; whatever the act itself moves is not among them.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    def pipeline_of(self, organization: Organization) -> list[Environment]:
        """The organization's environments in order."""
        return self._once(("pipeline", organization.pk), lambda: super(UnderLock, self).pipeline_of(organization))

    def previous_hop(self, environment: Environment) -> Environment | None:
        """The environment right before this one."""
        return pipeline.hop_before(environment, self.pipeline_of(environment.organization))

    def pin(self, agent: Agent, environment: Environment | None) -> Pin | None:
        """What an environment serves of the agent, with its version, release, deployment and who moved it."""
        pins = self._once(("pins", agent.pk), lambda: {pin.environment_id: pin for pin in current_pins(agent)})
        return pins.get(environment.pk) if environment else None

    def decisions(self, version: Version) -> list[SignOff]:
        """QA's decisions on a version."""
        return self._once(("decisions", version.pk), lambda: super(UnderLock, self).decisions(version))

    def people_behind(self, version: Version) -> set[UUID]:
        """The author and every contributor of a version."""
        return self._once(("people", version.pk), lambda: super(UnderLock, self).people_behind(version))

    def _once(self, what: Hashable, ask: Callable[[], T]) -> T:
        if what not in self._known:
            self._known[what] = ask()
        found: T = self._known[what]
        return found


@compiled
def _open_holds(agent: UUID, digest: str) -> QuerySet[Hold]:
    holds = Hold.objects.filter(agent=agent, lifted_at=None, version__digest=digest)
    return holds.select_related("version", "by").order_by("pk")[:1]


@compiled
def _pin(agent: UUID, environment: UUID) -> QuerySet[Pin]:
    return Pin.objects.filter(agent=agent, environment=environment).select_related("version", "deployment")


@compiled
def _decisions(version: UUID) -> QuerySet[SignOff]:
    return SignOff.objects.filter(version=version).select_related("by", "environment").newest_first()


@compiled
def _pins_since(agent: UUID, moment: datetime) -> QuerySet[Pin]:
    moved = Pin.objects.filter(agent=agent, deployment__at__gt=moment)
    related = ("version", "from_version", "environment", "by")
    elsewhere = moved.exclude(environment__kind=Environment.Kind.DEVELOPMENT)
    return elsewhere.select_related(*[f"deployment__{name}" for name in related])


LIVE = Facts()
