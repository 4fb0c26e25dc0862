"""What waits for a person, asked over all agents at once: the queue, its count, and a filter of the dashboard.

The same conditions as the offers', in SQL: what waits can be done by this person now (four eyes, holds, stale
approvals). A person with no right to act has nothing that waits.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from agents.models import Draft, Version, VersionContributor
from agents.policies import agents_granted, grant_to, granted_in
from console.organizations.actor import Actor
from console.organizations.compiled import compiled
from console.organizations.models import Organization, User
from console.organizations.policies import holders_in
from environments.approvals import life_of, rules_of
from environments.available import push_refusal
from environments.doors import only_looks_on
from environments.gathering import gather, moves_not_known
from environments.models import Deployment, Environment, Hold, Pin, Release, SignOff
from environments.rules import Rules
from environments.transitions import State

STATES = (State.STAGING, State.READY, State.CHANGES_REQUESTED)
HELD = "held"
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
    def ends(self) -> tuple[Environment | None, Environment | None]:
        """Where QA decides, and what its decision speaks of."""
        return self.tested_in, self.target

    def can_take(self, version_id: UUID) -> Version | None:
        """The version of something that waits for this person, to say that they are on it; None for anything else."""
        releases = [self.to_test(), self.to_push(), self.to_fix()]
        waits = any(found.filter(pk=version_id).exists() for found in releases)
        waits = waits or self.on_hold().filter(version=version_id).exists()
        return Version.objects.get(pk=version_id) if waits else None

    @property
    def acts(self) -> bool:
        """Whether the person can act on anything here by their role; grants on single agents do not count."""
        return not only_looks_on(self.rights)

    @cached_property
    def can(self) -> frozenset[str]:
        """What the person may do on one agent at least; what they may do nowhere is not looked for."""
        return self.rights | granted_in(self.person, self.organization)

    @cached_property
    def there(self) -> dict[str, bool]:
        """Whether any version waits in each of the states, and whether any is held, whoever may go on with it."""
        return dict(zip((*STATES, HELD), _is_any(self.organization.pk)[0], strict=True))

    @cached_property
    def holders(self) -> dict[str, list[UUID]]:
        """Who holds, in the whole organization, the rights on which it depends for whom something waits."""
        found = holders_in(self.organization, {"edit_draft", "mark_ready"})
        return {permission: list(people) for permission, people in found.items()}

    def to_test(self) -> QuerySet[Release]:
        """Candidates that nobody decided on and that this person may mark ready."""
        if "mark_ready" not in self.can or not self.there[State.STAGING]:
            return Release.objects.none()
        found = self._candidates(State.STAGING, "mark_ready")
        if not self.organization.four_eyes:
            return found
        own = Pin.objects.filter(version=OuterRef("pk"), environment=self.tested_in, deployment__by=self.person)
        return self._others_work(found).exclude(Exists(own))

    def to_push(self) -> QuerySet[Release]:
        """Versions marked ready whose approval holds and that this person may push."""
        if "push_to_production" not in self.can or not self.there[State.READY]:
            return Release.objects.none()
        found = self._candidates(State.READY, "push_to_production")
        found = self._others_work(found) if self.organization.four_eyes else found
        held = Hold.objects.filter(agent=OuterRef("agent"), lifted_at=None, version__digest=OuterRef("version__digest"))
        return self._entering(found.exclude(Exists(held)).filter(self._approved()))

    def to_fix(self) -> QuerySet[Release]:
        """Versions with requested changes: for the people behind them, or for every developer when those are gone."""
        if "edit_draft" not in self.can or not self.there[State.CHANGES_REQUESTED]:
            return Release.objects.none()
        found = self._candidates(State.CHANGES_REQUESTED, "edit_draft")
        mine = Q(version__author=self.person) | Exists(_contributions().filter(user=self.person))
        editors = self.holders["edit_draft"]
        left = ~Q(version__author__pk__any=editors) & ~Exists(_contributions().filter(user__pk__any=editors))
        return found.filter(mine | left)

    def on_hold(self) -> QuerySet[Hold]:
        """Holds that this person may lift, while Staging still serves what is held."""
        if "lift_hold" not in self.can or not self.there[HELD]:
            return Hold.objects.none()
        served = Pin.objects.filter(environment=self.tested_in, version=OuterRef("version"))
        found = Hold.objects.filter(Exists(served), organization=self.organization, lifted_at=None)
        return found.filter(self._may("lift_hold"), agent__archived_at=None)

    @cached_property
    def behind_drafts(self) -> list[tuple[Draft, Deployment]]:
        """This person's own drafts that do not know of a move, so that a publish would be refused: draft and move."""
        drafts = self._own_drafts() if "edit_draft" in self.can else []
        moves = moves_not_known(drafts, self.pipeline) if drafts else {}
        return [(draft, moves[draft.agent_id]) for draft in drafts if draft.agent_id in moves]

    @cached_property
    def found(self) -> list[UUID]:
        """The agent of each thing that waits; one query, and those of `behind_drafts`."""
        first, *rest = [
            queryset.order_by().values_list("agent", flat=True)
            for queryset in (self.to_test(), self.to_push(), self.to_fix(), self.on_hold())
        ]
        return [*first.union(*rest, all=True), *(draft.agent_id for draft, _ in self.behind_drafts)]

    def agents(self) -> Q:
        """The agents of which something waits for this person."""
        return Q(pk__in=set(self.found))

    def count(self) -> int:
        """How many things wait, up to a hundred."""
        return min(MANY, len(self.found))

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
        testers = self.holders["mark_ready"]
        entitled = Q(by__pk__any=testers) | Exists(grant_to("by", "mark_ready", "agent"))
        valid = SignOff.objects.filter(entitled, pk=Subquery(latest), decision=SignOff.Decision.READY, at__gte=oldest)
        return Q(Exists(valid.filter(version=OuterRef("pk"), basis__rules=rules_of(self.pipeline, self.organization))))

    def _entering(self, found: QuerySet[Release]) -> QuerySet[Release]:
        """What the entry rules of the first production environment let in now."""
        rules, now = (self.target.rules, timezone.now()) if self.target else (Rules(), timezone.now())
        if rules.is_frozen(now) or not rules.is_open(now) or rules.service_accounts_only:
            return found.none()
        if rules.soak_minutes:
            soaked = now - timedelta(minutes=rules.soak_minutes)
            pins = Pin.objects.filter(environment=self.tested_in, version=OuterRef("pk"), deployment__at__lte=soaked)
            found = found.filter(Exists(pins))
        if rules.approvals or rules.document_valid or rules.export_kept:
            return found.filter(pk__in=self._passing(found))
        return found

    def _passing(self, found: QuerySet[Release]) -> list[UUID]:
        """Where rules look into decisions or content: the oldest hundred, each asked as its own page asks."""
        rows = list(found.select_related("agent").order_by("changed_at", "pk")[:MANY])
        standings = gather([row.agent for row in rows], self.organization, self.pipeline)
        asked = [(row, standings[row.agent_id], Actor(user=self.person)) for row in rows]
        return [
            row.pk
            for row, standing, actor in asked
            if standing.candidate
            and self.target
            and push_refusal(standing, actor, standing.candidate.version, self.target) is None
        ]

    def _own_drafts(self) -> list[Draft]:
        if "edit_draft" in self.rights:
            return _drafts_of(self.organization.pk, self.person.pk)
        return list(_moved_past(self.organization.pk, self.person.pk).filter(self._may("edit_draft"))[:MANY])


@compiled
def _is_any(organization: UUID) -> QuerySet[Organization, tuple[bool, ...]]:
    releases = [Exists(Release.objects.filter(organization=OuterRef("pk"), state=state)) for state in STATES]
    held = Exists(Hold.objects.filter(organization=OuterRef("pk"), lifted_at=None))
    return Organization.objects.filter(pk=organization).values_list(*releases, held)


@compiled
def _drafts_of(organization: UUID, person: UUID) -> QuerySet[Draft]:
    return _moved_past(organization, person)[:MANY]


def _moved_past(organization: UUID, person: UUID) -> QuerySet[Draft]:
    """Drafts that a person changed and that a move may have gone past, the oldest first."""
    # Where what was moved is the draft's own base, nothing is behind, unless the move went back to it.
    went_back = Q(deployment__from_version__number__gt=F("version__number"))
    moved = Pin.objects.filter(
        ~Q(version=OuterRef("base")) | went_back, agent=OuterRef("agent"), deployment__at__gt=OuterRef("based_at")
    )
    own = Draft.objects.filter(
        Exists(moved.exclude(environment__kind=Environment.Kind.DEVELOPMENT)),
        organization=organization,
        contributors__contains=[person],
        agent__archived_at=None,
    )
    changed = own.exclude(manifest=F("base__manifest"))
    return changed.select_related("agent", "base", "manifest").defer("manifest__entries").order_by("updated_at")


def _contributions() -> QuerySet[VersionContributor]:
    return VersionContributor.objects.filter(version=OuterRef("pk"))
