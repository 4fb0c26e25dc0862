"""The verbs of webhooks: every door calls these."""

from console.webhooks.actions.deliveries import redeliver, replay_dead, send_test
from console.webhooks.actions.switching import disable_webhook, enable_webhook, switch_off
from console.webhooks.actions.webhooks import MadeWebhook, add_webhook, change_webhook, delete_webhook, rotate_secret

__all__ = [
    "MadeWebhook",
    "add_webhook",
    "change_webhook",
    "delete_webhook",
    "disable_webhook",
    "enable_webhook",
    "redeliver",
    "replay_dead",
    "rotate_secret",
    "send_test",
    "switch_off",
]
