"""The project's own app: it wires the rooms and owns no release rule."""

from django.apps import AppConfig

from console.celery import app as celery_app

__all__ = ["ConsoleConfig", "celery_app"]


class ConsoleConfig(AppConfig):
    """Commands, template tags and the worker's application object."""

    name = "console"
