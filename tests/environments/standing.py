"""What stands in the database about an agent's releases, as plain values."""

from agents.models import Agent, Version
from environments.models import Deployment, Pin, Release


def state_of(version: Version) -> str:
    """The state in the database, not the one in memory."""
    return str(Release.objects.get(version=version).state)


def served(agent: Agent) -> dict[str, int]:
    """Environment slug -> number of the version it serves."""
    pins = Pin.objects.filter(agent=agent).select_related("environment", "version")
    return {pin.environment.slug: pin.version.number for pin in pins}


def moves(agent: Agent) -> list[tuple[str, str, int]]:
    """The timeline, oldest first: action, environment, version."""
    rows = Deployment.objects.filter(agent=agent).select_related("environment", "version").order_by("at")
    return [(move.action, move.environment.slug, move.version.number) for move in rows]
