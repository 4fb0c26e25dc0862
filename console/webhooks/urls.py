"""Addresses of the pages of webhooks."""

from django.urls import path

from console.webhooks.views import deliveries, webhooks

HERE = "o/<slug:organization>/settings/webhooks"

urlpatterns = [
    path(HERE, webhooks.webhook_list, name="webhooks"),
    path(f"{HERE}/<uuid:webhook>", webhooks.webhook_page, name="webhook"),
    path(f"{HERE}/<uuid:webhook>/rotate", webhooks.rotate, name="webhook_rotate"),
    path(f"{HERE}/<uuid:webhook>/switch", webhooks.switch, name="webhook_switch"),
    path(f"{HERE}/<uuid:webhook>/delete", webhooks.delete, name="webhook_delete"),
    path(f"{HERE}/<uuid:webhook>/test", deliveries.test, name="webhook_test"),
    path(f"{HERE}/<uuid:webhook>/replay", deliveries.replay, name="webhook_replay"),
    path(f"{HERE}/<uuid:webhook>/deliveries/<uuid:delivery>", deliveries.delivery_page, name="webhook_delivery"),
    path(f"{HERE}/<uuid:webhook>/deliveries/<uuid:delivery>/redeliver", deliveries.again, name="webhook_redeliver"),
]
