"""The Django app of agents."""

from django.apps import AppConfig


class AgentsConfig(AppConfig):
    """Agents."""

    name = "agents"
