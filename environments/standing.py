"""Where an agent stands: what each environment serves, the draft, open holds. One loading for every page."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import QuerySet

from agents.models import Agent, Draft, Version
from console.organizations.compiled import compiled
from environments.facts import LIVE, Facts
from environments.lineage import version_of_content
from environments.models import Deployment, Environment, Hold, Pin
from environments.pipeline import environments_of

VERSIONS_SHOWN = 5  # of the earlier ones, to go back to


@dataclass(frozen=True)
class Standing:
    """One agent's pins along the pipeline, its draft and what is on hold, as read together."""

    agent: Agent
    environments: list[Environment]
    pins: dict[str, Pin]
    draft: Draft
    latest: Version | None
    holds: list[Hold]
    facts: Facts = LIVE

    def pin(self, environment: Environment | None) -> Pin | None:
        """What the environment serves of the agent."""
        return self.pins.get(environment.slug) if environment else None

    @cached_property
    def places(self) -> list[Environment]:
        """The environments that serve versions: all but Development, which shows the draft."""
        return [place for place in self.environments if place.kind != Environment.Kind.DEVELOPMENT]

    @cached_property
    def tested(self) -> list[Environment]:
        """The staging environments in order."""
        return [place for place in self.places if place.is_staging]

    @cached_property
    def live(self) -> list[Environment]:
        """The production environments in order."""
        return [place for place in self.places if place.is_production]

    @cached_property
    def candidate(self) -> Pin | None:
        """What QA decides on: the pin of the last staging environment."""
        return self.pin(self.tested[-1]) if self.tested else None

    @cached_property
    def production(self) -> Pin | None:
        """The pin of the first production environment that serves something."""
        return next((pin for place in self.live if (pin := self.pin(place))), None)

    @cached_property
    def draft_version(self) -> Version | None:
        """The version that a publish would promote; None when it would cut a new one."""
        pin = self.pin(self.places[0]) if self.places else None
        return version_of_content(self.draft.manifest.digest, pin.version if pin else None, self.latest)

    @cached_property
    def draft_changes(self) -> int:
        """How many parts of the draft differ from the version it started from."""
        if self.draft.base and self.draft.base.digest == self.draft.manifest.digest:
            return 0  # a board has not read what equal manifests hold
        base = self.draft.base.manifest.entries if self.draft.base else {}
        mine = self.draft.manifest.entries
        return sum(1 for path in base.keys() | mine.keys() if base.get(path) != mine.get(path))

    @property
    def next_number(self) -> int:
        """The number that the next version gets."""
        return self.latest.number + 1 if self.latest else 1

    def environment(self, slug: str) -> Environment | None:
        """An environment of the pipeline by slug."""
        return next((place for place in self.environments if place.slug == slug), None)

    def served_by(self, version: Version) -> list[Environment]:
        """The environments that serve a version now."""
        return [place for place in self.places if (pin := self.pin(place)) and pin.version_id == version.pk]


def standing_of(agent: Agent) -> Standing:
    """Read where the agent stands now, in five queries."""
    return Standing(
        agent=agent,
        environments=environments_of(agent.organization),
        pins={pin.environment.slug: pin for pin in _pins(agent.pk)},
        draft=_draft.get(agent.pk),
        latest=_latest.first(agent.pk),
        holds=_open_holds(agent.pk),
    )


@compiled
def _pins(agent: UUID) -> QuerySet[Pin]:
    return Pin.objects.filter(agent=agent).with_facts()


@compiled
def _draft(agent: UUID) -> QuerySet[Draft]:
    return Draft.objects.filter(agent=agent).select_related("manifest", "base__manifest", "updated_by")


@compiled
def _latest(agent: UUID) -> QuerySet[Version]:
    return Version.objects.filter(agent=agent).select_related("release", "author").newest_first()[:1]


@compiled
def _open_holds(agent: UUID) -> QuerySet[Hold]:
    return Hold.objects.filter(agent=agent, lifted_at=None).select_related("version", "by").order_by("-at")


def earlier_in(environment: Environment, agent: Agent) -> list[Deployment]:
    """The last versions that were in an environment before the present one, each with its latest arrival."""
    found: dict[object, Deployment] = {}
    for move in _last_moves(agent.pk, environment.pk):
        found.setdefault(move.version_id, move)
    return list(found.values())[1 : VERSIONS_SHOWN + 1]


@compiled
def _last_moves(agent: UUID, environment: UUID) -> QuerySet[Deployment]:
    moves = Deployment.objects.filter(agent=agent, environment=environment)
    return moves.with_facts().newest_first()[: 20 * VERSIONS_SHOWN]
