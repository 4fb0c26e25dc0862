"""What the pages of webhooks show: each list in a fixed number of queries, deliveries by keyset."""

from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from console.organizations.models import Organization
from console.webhooks.doors import shown_url
from console.webhooks.models import Attempt, Delivery, Webhook
from console.webhooks.shapes import KEPT_TRIES, headers_of

PAGE = 25
STATES = {"pending": "waiting", "delivered": "ok", "dead": "failed"}  # of deliveries -> of _state_badge.html


def webhooks_shown(organization: Organization, held: frozenset[str]) -> list[dict[str, Any]]:
    """The webhooks, newest first, each with what waits and what is dead; two queries."""
    webhooks = list(Webhook.objects.of(organization).select_related("created_by").order_by("-pk"))
    waiting, dead = Count("pk", filter=Q(state="pending")), Count("pk", filter=Q(state="dead"))
    counted: Any = Delivery.objects.filter(webhook__in=webhooks, state__in=["pending", "dead"]).values("webhook")
    counts = {row["webhook"]: row for row in counted.annotate(waiting=waiting, dead=dead)}
    return [
        {
            "webhook": one,
            "address": shown_url(one, held),
            "state": state_of(one),
            "waiting": counts.get(one.pk, {}).get("waiting", 0),
            "dead": counts.get(one.pk, {}).get("dead", 0),
        }
        for one in webhooks
    ]


def state_of(webhook: Webhook) -> str:
    """How its state is drawn: held, warn (fails at the moment) or ok."""
    if webhook.disabled_at:
        return "held"
    return "warn" if webhook.failures else "ok"


def webhook_shown(webhook: Webhook, held: frozenset[str], state: str, before: str) -> dict[str, Any]:
    """One webhook with a page of its deliveries, newest first, below the mark; unusable marks begin anew."""
    state = state if state in STATES else ""
    rows = _with_last_try(webhook.deliveries.newest_first().select_related("message"))
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(pk__lt=before) if _is_id(before) else rows
    page = list(rows[: PAGE + 1])
    shown = page[:PAGE]
    here = reverse("webhook", args=[webhook.organization.slug, webhook.pk])
    older = f"{here}?state={state}&before={shown[-1].pk}#deliveries" if len(page) > PAGE else ""
    return {
        "webhook": webhook,
        "address": shown_url(webhook, held),
        "state": state_of(webhook),
        "deliveries": [{"row": one, "badge": STATES[one.state]} for one in shown],
        "states": [(name, label, name == state) for name, label in Delivery.State.choices],
        "chosen": state,
        "older_url": older,
        "dead": webhook.deliveries.filter(state=Delivery.State.DEAD).count(),
        "waiting": webhook.deliveries.filter(state=Delivery.State.PENDING).count(),
    }


def delivery_shown(delivery: Delivery) -> dict[str, Any]:
    """One delivery: what was sent, and every try with its headers and what came back."""
    log = list(delivery.log.order_by("-number")[:KEPT_TRIES])
    return {
        "delivery": delivery,
        "webhook": delivery.webhook,
        "badge": STATES[delivery.state],
        "tries": [{"row": one, "headers": headers_of(delivery, one).items()} for one in log],
        "is_over": delivery.ended_at is not None,
    }


def _with_last_try(rows: QuerySet[Delivery]) -> Any:
    last = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-number")
    found = {f"last_{name}": Subquery(last.values(name)[:1]) for name in ("at", "status", "milliseconds", "trouble")}
    return rows.annotate(**found)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
