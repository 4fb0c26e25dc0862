"""What a row of the dashboard opens to: the last releases, the differences, the other acts."""

from typing import Any

from django.http import HttpRequest

from agents.doors import rights_of
from agents.models import Agent
from console.organizations.doors import actor_of
from environments.available import offers
from environments.boards.matrix import FORWARD
from environments.doors import standing_for
from environments.drift import drift_of
from environments.overview import action_of
from environments.timeline import latest

RELEASES = 5


def peek_of(request: HttpRequest, agent: Agent) -> dict[str, Any]:
    """The context of the peek, for this person."""
    standing, rights = standing_for(request, agent), rights_of(request, agent)
    others = [one for one in offers(standing, actor_of(request), rights) if one.enabled and one.verb not in FORWARD]
    return {
        "agent": agent,
        "entries": latest(agent, RELEASES),
        "drift": drift_of(standing, rights),
        "actions": [action_of(one) for one in others if one.verb != "archive"],
    }
