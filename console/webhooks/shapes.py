"""Webhooks, deliveries and tries as the API and the pages show them."""

from typing import Any

from console.webhooks.models import Attempt, Delivery, Webhook

KEPT_TRIES = 50  # shown of one delivery, newest first


def delivery_out(delivery: Delivery) -> dict[str, Any]:
    """A delivery without its body."""
    is_over = delivery.ended_at is not None
    return {
        "id": delivery.pk,
        "message": delivery.message.name,
        "type": delivery.message.kind,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "created_at": delivery.message.at,
        "next_at": None if is_over else delivery.next_at,
        "ended_at": delivery.ended_at,
    }


def delivery_full(delivery: Delivery) -> dict[str, Any]:
    """A delivery with body and tries, newest first."""
    tries = [attempt_out(delivery, one) for one in delivery.log.order_by("-number")[:KEPT_TRIES]]
    return delivery_out(delivery) | {"body": delivery.message.body, "tries": tries}


def attempt_out(delivery: Delivery, attempt: Attempt) -> dict[str, Any]:
    """A try with the headers that it was sent with."""
    names = ("number", "at", "status", "milliseconds", "trouble", "reply")
    return {name: getattr(attempt, name) for name in names} | {"headers": headers_of(delivery, attempt)}


def headers_of(delivery: Delivery, attempt: Attempt) -> dict[str, str]:
    """The headers by which a receiver verifies the message."""
    return {
        "webhook-id": delivery.message.name,
        "webhook-timestamp": str(attempt.timestamp),
        "webhook-signature": attempt.signature,
    }


def webhook_out(webhook: Webhook, url: str) -> dict[str, Any]:
    """A webhook; `url` is as much of its address as the caller may see."""
    return {
        "id": webhook.pk,
        "url": url,
        "description": webhook.description,
        "kinds": webhook.kinds,
        "enabled": webhook.disabled_at is None,
        "disabled_at": webhook.disabled_at,
        "disabled_because": webhook.disabled_because or None,
        "failing_since": webhook.failing_since,
        "failures": webhook.failures,
        "former_secret_until": webhook.former_until,
        "created_at": webhook.created_at,
        "created_by": webhook.created_by.name,
    }
