"""Who is told of what happened to a release: people who may see the agent at that moment, never who did it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from agents.models import Agent, Version
from console.organizations.models import Notification
from environments import policies
from environments.facts import Facts
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
_LISTING = ("view_development", "view_agent_releases")
_SIGNED = SignOff.Decision.READY

Holders = dict[str, set[UUID]]


def holders_of_news(agent: Agent, events: Iterable[str]) -> Holders:
    """Who holds what the audiences of these events ask for, as it is under the agent's lock; one query."""
    asked = {AUDIENCES[Event(event)].holding for event in events} - {""}
    return policies.holders_on(agent, asked.union(_LISTING))


def recipients(event: str, agent: Agent, version: Version, held: Holders, facts: Facts) -> set[UUID]:
    """The people to tell of one event on one version, among them who did it."""
    audience = AUDIENCES[Event(event)]
    people = set(held[audience.holding]) if audience.holding else set()
    if audience.behind:
        people |= facts.people_behind(version)
    if audience.signers:
        people |= {one.by_id for one in facts.decisions(version) if one.by_id and one.decision == _SIGNED}
    return people & _may_list(agent, held)


def _may_list(agent: Agent, held: Holders) -> set[UUID]:
    """Who sees that the agent exists: the rule of `Agent.objects.visible_to`, asked for everybody at once."""
    released = held["view_agent_releases"] if agent.released_at else set()
    return held["view_development"] | released
