"""The Django app of environments."""

from django.apps import AppConfig


class EnvironmentsConfig(AppConfig):
    """Environments."""

    name = "environments"
