"""Who is told of what happened to a release: people who may see the agent at that moment, never who did it."""

from dataclasses import dataclass
from uuid import UUID

from agents.models import Agent, Version
from agents.versions import people_behind
from console.organizations.models import Notification, User
from environments import policies
from environments.models import SignOff

Event = Notification.Event


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who hears of an event: holders of a permission, the people behind the version, those who signed it."""

    holding: str = ""
    behind: bool = False
    signers: bool = False


AUDIENCES = {
    Event.PROMOTED: Audience(holding="mark_ready"),
    Event.READY: Audience(holding="push_to_production"),
    Event.CHANGES_REQUESTED: Audience(behind=True),
    Event.PUSHED: Audience(holding="push_to_production", behind=True, signers=True),
    Event.GLASS_BROKEN: Audience(holding="break_glass", behind=True, signers=True),
    Event.ROLLED_BACK: Audience(holding="roll_back", behind=True, signers=True),
    Event.APPROVAL_STALE: Audience(holding="push_to_production", signers=True),
}
_HELD = sorted({audience.holding for audience in AUDIENCES.values() if audience.holding})
_LISTING = ("view_development", "view_agent_releases")

Holders = dict[str, set[UUID]]


def holders_of_news(agent: Agent) -> Holders:
    """Who holds what the audiences ask for, as it is under the agent's lock; two queries for all news of a verb."""
    return policies.holders_on(agent, [*_HELD, *_LISTING])


def recipients(event: str, agent: Agent, version: Version, actor: User | None, held: Holders) -> set[UUID]:
    """The people to tell of one event on one version."""
    audience = AUDIENCES[Event(event)]
    people = set(held[audience.holding]) if audience.holding else set()
    if audience.behind:
        people |= people_behind(version)
    if audience.signers:
        people |= _signers(version)
    return (people & _may_list(agent, held)) - ({actor.pk} if actor else set())


def _may_list(agent: Agent, held: Holders) -> set[UUID]:
    """Who sees that the agent exists: the rule of `Agent.objects.visible_to`, asked for everybody at once."""
    released = held["view_agent_releases"] if agent.released_at else set()
    return held["view_development"] | released


def _signers(version: Version) -> set[UUID]:
    approvals = SignOff.objects.filter(version=version, decision=SignOff.Decision.READY, by__isnull=False)
    return set(approvals.values_list("by_id", flat=True))
