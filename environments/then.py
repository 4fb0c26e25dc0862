"""What was served at a moment: every former pin is in the timeline, so any past answer can be given again."""

from datetime import datetime
from uuid import UUID

from agents.models import Agent
from environments.models import Deployment, Environment


def served_at(agent: Agent, moment: datetime) -> dict[UUID, Deployment]:
    """Environment id -> the move that had brought what it served at that moment, in one query.

    A move counts from its own moment on. An environment that had served nothing yet is left out.
    """
    moves = Deployment.objects.filter(agent=agent, at__lte=moment).with_facts()
    latest = moves.order_by("environment_id", "-at", "-id").distinct("environment_id")
    return {move.environment_id: move for move in latest}


def move_at(agent: Agent, environment: Environment, moment: datetime) -> Deployment | None:
    """The move that had brought what one environment served at that moment; None before its first."""
    moves = Deployment.objects.filter(agent=agent, environment=environment, at__lte=moment)
    found: Deployment | None = moves.with_facts().newest_first().first()
    return found
