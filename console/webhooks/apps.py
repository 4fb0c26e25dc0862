"""The Django app of webhooks."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Webhooks, their messages and deliveries."""

    name = "console.webhooks"
    label = "webhooks"
    verbose_name = "Webhooks"
