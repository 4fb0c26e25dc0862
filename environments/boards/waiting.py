"""What waits for a person, asked over all agents at once: the queue, its count, and a filter of the dashboard.

The same conditions as the offers', in SQL: what waits can be done by this person now (four eyes, holds, stale
approvals). A person with no right to act has nothing that waits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from agents.models import Agent, Draft, VersionContributor
from agents.policies import agents_granted, grant_to
from console.organizations.models import Organization, User
from console.organizations.policies import holders_query
from environments.approvals import life_of, rules_of
from environments.doors import only_looks_on
from environments.gathering import gather
from environments.lineage import moved_past
from environments.models import Environment, Hold, Pin, Release, SignOff
from environments.transitions import State

MANY = 100  # counts and one person's own drafts are looked at up to here


@dataclass(frozen=True)
class Waiting:
    """The question: what waits for whom in which organization, as the pipeline and their rights are now."""

    person: User
    organization: Organization
    pipeline: list[Environment]
    rights: frozenset[str]

    @cached_property
    def tested_in(self) -> Environment | None:
        """The last staging environment, where QA decides."""
        return next((place for place in reversed(self.pipeline) if place.is_staging), None)

    @cached_property
    def target(self) -> Environment | None:
        """The first production environment, of which sign-offs speak."""
        return next((place for place in self.pipeline if place.is_production), None)

    @property
    def acts(self) -> bool:
        """Whether the person can act on anything here by their role; grants on single agents do not count."""
        return not only_looks_on(self.rights)

    def to_test(self) -> QuerySet[Release]:
        """Candidates that nobody decided on and that this person may mark ready."""
        found = self._candidates(State.STAGING, "mark_ready")
        if not self.organization.four_eyes:
            return found
        own = Pin.objects.filter(version=OuterRef("pk"), environment=self.tested_in, deployment__by=self.person)
        return self._others_work(found).exclude(Exists(own))

    def to_push(self) -> QuerySet[Release]:
        """Versions marked ready whose approval holds and that this person may push."""
        found = self._candidates(State.READY, "push_to_production")
        found = self._others_work(found) if self.organization.four_eyes else found
        held = Hold.objects.filter(agent=OuterRef("agent"), lifted_at=None, version__digest=OuterRef("version__digest"))
        return found.exclude(Exists(held)).filter(self._approved())

    def to_fix(self) -> QuerySet[Release]:
        """Versions with requested changes: for the people behind them, or for every developer when those are gone."""
        found = self._candidates(State.CHANGES_REQUESTED, "edit_draft")
        mine = Q(version__author=self.person) | Exists(_contributions().filter(user=self.person))
        editors = holders_query("edit_draft", self.organization).values("pk")
        left = ~Q(version__author__in=editors) & ~Exists(_contributions().filter(user__in=editors))
        return found.filter(mine | left)

    def on_hold(self) -> QuerySet[Hold]:
        """Holds that this person may lift, while Staging still serves what is held."""
        served = Pin.objects.filter(environment=self.tested_in, version=OuterRef("version"))
        found = Hold.objects.filter(Exists(served), organization=self.organization, lifted_at=None)
        return found.filter(self._may("lift_hold"), agent__archived_at=None)

    @cached_property
    def behind_drafts(self) -> list[Draft]:
        """This person's own drafts with changes that a publish would be refused for: they do not know of a move."""
        drafts = list(self._own_drafts()[:MANY])
        standings = gather([draft.agent for draft in drafts], self.organization, self.pipeline) if drafts else {}
        return [draft for draft in drafts if moved_past(draft.agent, draft, standings[draft.agent_id].facts)]

    def agents(self) -> Q:
        """The agents of which something waits for this person."""
        found = Q(pk__in=[draft.agent_id for draft in self.behind_drafts])
        for queryset in (self.to_test(), self.to_push(), self.to_fix(), self.on_hold()):
            found |= Q(pk__in=queryset.values("agent"))
        return found

    def count(self) -> int:
        """How many things wait, up to a hundred; one query, two more when own drafts may be behind."""
        first, *rest = [
            queryset.order_by().values_list("pk", flat=True)[:MANY]
            for queryset in (self.to_test(), self.to_push(), self.to_fix(), self.on_hold())
        ]
        return min(MANY, first.union(*rest, all=True).count() + len(self.behind_drafts))

    def _candidates(self, state: str, permission: str) -> QuerySet[Release]:
        served = Pin.objects.filter(environment=self.tested_in, version=OuterRef("pk"))
        found = Release.objects.filter(Exists(served), organization=self.organization, state=state)
        return found.filter(self._may(permission), agent__archived_at=None)

    def _may(self, permission: str) -> Q:
        granted = Q(agent__in=agents_granted(self.person, permission))
        return Q(agent__organization=self.organization) if permission in self.rights else granted

    def _others_work(self, found: QuerySet[Release]) -> QuerySet[Release]:
        return found.exclude(version__author=self.person).exclude(Exists(_contributions().filter(user=self.person)))

    def _approved(self) -> Q:
        """The latest decision is an approval under the rules of now, young enough, by somebody still entitled."""
        if self.target is None or not self.target.requires_sign_off:
            return Q()
        oldest = timezone.now() - life_of(self.organization)
        decided = SignOff.objects.exclude(decision=SignOff.Decision.APPROVED)  # adds to an approval, decides nothing
        latest = decided.filter(version=OuterRef("version")).newest_first().values("pk")[:1]
        testers = holders_query("mark_ready", self.organization).values("pk")
        entitled = Q(by__in=testers) | Exists(grant_to("by", "mark_ready", "agent"))
        valid = SignOff.objects.filter(entitled, pk=Subquery(latest), decision=SignOff.Decision.READY, at__gte=oldest)
        return Q(Exists(valid.filter(version=OuterRef("pk"), basis__rules=rules_of(self.pipeline, self.organization))))

    def _own_drafts(self) -> QuerySet[Draft]:
        moved = Pin.objects.filter(agent=OuterRef("agent"), deployment__at__gt=OuterRef("based_at"))
        own = Draft.objects.filter(
            Exists(moved.exclude(environment__kind=Environment.Kind.DEVELOPMENT)),
            self._may("edit_draft"),
            organization=self.organization,
            contributors__contains=[self.person.pk],
            agent__archived_at=None,
        )
        changed = own.exclude(base__digest=F("manifest__digest"))
        return changed.select_related("agent", "base", "manifest").defer("manifest__entries").order_by("updated_at")


def waiting_among(agents: Collection[Agent], waiting: Waiting) -> set[UUID]:
    """Which of these agents wait for the person; one query, and those of `Waiting.behind_drafts`."""
    found = Agent.objects.filter(waiting.agents(), pk__in=[agent.pk for agent in agents])
    return set(found.values_list("pk", flat=True))


def _contributions() -> QuerySet[VersionContributor]:
    return VersionContributor.objects.filter(version=OuterRef("pk"))
