"""What the pages of bulk promotion show: one hop with its agents in groups, and a job with its counts."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.validators import slug_re
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from agents.models import Agent
from console.organizations.doors import actor_of, person_of
from console.organizations.models import Organization
from console.organizations.policies import permissions_on
from environments.differing import Difference, differences
from environments.gathering import gather
from environments.models import Environment, Job, JobItem
from environments.pipeline import environments_of, next_environment

SHOWN = 200
WORKING = frozenset({"promote_to_staging", "push_to_production", "roll_back", "view_all_events"})


@dataclass(frozen=True)
class Hop:
    """Two neighbours of the pipeline."""

    organization: Organization
    source: Environment
    target: Environment
    others: list[Environment] = field(default_factory=list)

    @property
    def verb(self) -> str:
        """The word on the button (contract.md)."""
        return "Push" if self.target.is_production else "Promote"


@dataclass(frozen=True)
class Choice:
    """A page of the agents of a hop: what would move, what is kept back and why, what is equal already.

    `elsewhere` are the chosen ones that this page does not show; they stay chosen. `next_after` is empty at the end.
    """

    will_move: list[Difference]
    blocked: list[Difference]
    equal: int
    chosen: set[str]
    elsewhere: list[Agent]
    next_after: str


def hop_of(organization: Organization, slug: str) -> Hop | None:
    """The hop that begins at this environment; without a name the last one, which leads to live traffic."""
    places = [place for place in environments_of(organization) if not place.is_development]
    starts = [place for place in places[:-1] if next_environment(place)]
    source = next((place for place in starts if place.slug == slug), None) or (starts[-1] if starts else None)
    target = next_environment(source) if source else None
    return Hop(organization, source, target, starts) if source and target else None


def choice_of(request: HttpRequest, hop: Hop, chosen: set[str], *, q: str = "", after: str = "") -> Choice:
    """200 agents that the source serves, by name, with the gates of moving each by this person now.

    Those with `q` in their name, behind the slug `after`.
    """
    organization = hop.organization
    visible = Agent.objects.visible_to(person_of(request), organization).current()
    served = visible.filter(pins__environment=hop.source).order_by("slug")
    agents = list(served.filter(Q(name__icontains=q) | Q(slug__icontains=q), slug__gt=after)[: SHOWN + 1])
    shown = agents[:SHOWN]
    names = chosen - {agent.slug for agent in shown}
    elsewhere = list(served.filter(slug__in=[name for name in names if slug_re.match(name)])) if names else []
    standings = gather(shown, organization, environments_of(organization)) if shown else {}
    facts = next(iter(standings.values())).facts if standings else None
    found = differences(shown, hop.source, hop.target, actor_of(request), facts) if facts else []
    return Choice(
        will_move=[one for one in found if one.is_movable],
        blocked=[one for one in found if one.differs and not one.is_movable],
        equal=sum(1 for one in found if not one.differs),
        chosen=chosen,
        elsewhere=elsewhere,
        next_after=shown[-1].slug if len(agents) > SHOWN else "",
    )


def jobs_visible_to(request: HttpRequest, organization: Organization) -> QuerySet[Job]:
    """One's own jobs, or all of the organization for who moves releases or audits them, newest first."""
    person = person_of(request)
    jobs = Job.objects.filter(organization=organization).select_related("source", "target", "by", "key", "follows")
    if not permissions_on(person, organization) & WORKING:
        jobs = jobs.filter(by=person)
    return jobs.order_by("-pk")


def job_visible_to(request: HttpRequest, organization: Organization, pk: UUID) -> Job | None:
    """One of these jobs, or None."""
    found = jobs_visible_to(request, organization).filter(pk=pk).first()
    if found is not None:
        found.organization = organization
    return found


def job_page(request: HttpRequest, organization: Organization, job: Job) -> dict[str, Any]:
    """A job with its counts, its items (what failed first) and what can be done next."""
    counts = job.counts()
    items = JobItem.objects.filter(job=job).select_related("agent", "version", "deployment")
    states = [JobItem.State.FAILED, JobItem.State.SKIPPED, JobItem.State.PENDING, JobItem.State.PROMOTED]
    wanted = request.GET.get("state", "")
    shown = items.filter(state=wanted) if wanted in JobItem.State.values else items
    rights = permissions_on(person_of(request), organization)
    total = sum(counts.values())
    return {
        "organization": organization,
        "job": job,
        "as_of": timezone.now(),
        "counts": [(JobItem.State(state).label, state, number) for state, number in counts.items() if number],
        "total": total,
        "over": total - counts[JobItem.State.PENDING],
        "items": sorted(shown[:SHOWN], key=lambda item: states.index(item.state) if item.state in states else 9),
        "may_cancel": not job.is_over and job.cancel_asked_at is None,
        "may_retry": job.is_over and counts[JobItem.State.FAILED] > 0 and job.kind == Job.Kind.PROMOTION,
        "may_undo": job.is_over
        and counts[JobItem.State.PROMOTED] > 0
        and job.kind == Job.Kind.PROMOTION
        and "roll_back" in rights,
        "failed": counts[JobItem.State.FAILED],
        "moved": counts[JobItem.State.PROMOTED],
        "state": wanted,
    }
