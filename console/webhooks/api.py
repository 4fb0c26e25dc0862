"""The API of webhooks: the same verbs and rights as the pages (docs/webhooks.md)."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status
from pydantic import Field

from audit.cursors import LIMIT, Cursor, Limit, read_cursor, write_cursor
from console.organizations.api import tenant_of
from console.organizations.doors import actor_of
from console.outbound import look_up
from console.webhooks import actions
from console.webhooks.actions import MadeWebhook
from console.webhooks.actions.webhooks import webhook_token
from console.webhooks.doors import delivery_called, rights_for, shown_url, webhook_called
from console.webhooks.kinds import KINDS
from console.webhooks.models import Webhook
from console.webhooks.schemas import (
    DeliveriesOut,
    DeliveryFullOut,
    DeliveryOut,
    KindOut,
    MadeWebhookOut,
    OverlapIn,
    ReplayedOut,
    WebhookIn,
    WebhookOut,
    WebhookPatch,
    WebhooksOut,
)
from console.webhooks.shapes import delivery_full, delivery_out, webhook_out

router = Router(tags=["Webhooks"])
State = Annotated[Literal["pending", "delivered", "dead"] | None, Field(description="Only those in this state")]


@router.get("/webhooks", response=WebhooksOut, summary="List webhooks")
def list_webhooks(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """Newest first; for who manages webhooks or may see the settings."""
    tenant = tenant_of(request)
    held, binding = rights_for(request, tenant), f"webhooks:{tenant.pk}"
    found = Webhook.objects.of(tenant).select_related("created_by").order_by("-pk")
    if cursor:
        found = found.filter(pk__lt=read_cursor(cursor, binding))
    rows = list(found[: limit + 1])
    shown = rows[:limit]
    more = write_cursor(str(shown[-1].pk), binding) if len(rows) > limit else None
    return {"items": [webhook_out(one, shown_url(one, held)) for one in shown], "next_cursor": more}


@router.get("/webhooks/kinds", response=list[KindOut], summary="What webhooks can tell")
def kinds(request: HttpRequest) -> list[dict[str, str]]:
    """The names of the kinds of events; they stay."""
    rights_for(request, tenant_of(request))
    return [{"name": kind.name, "label": str(kind.label)} for kind in KINDS]


@router.post("/webhooks", response={201: MadeWebhookOut}, summary="Add a webhook")
def add(request: HttpRequest, response: HttpResponse, body: WebhookIn) -> Any:
    """The secret is in this answer and nowhere else. 422 `url_not_allowed` for what the console never calls."""
    made = actions.add_webhook(
        tenant_of(request),
        actor=actor_of(request),
        destination=look_up(body.url),
        kinds=body.kinds,
        description=body.description,
    )
    response.headers["Location"] = f"/api/v1/webhooks/{made.webhook.pk}"
    return Status(201, _shown_once(response, made))


@router.get("/webhooks/{webhook}", response=WebhookOut, summary="One webhook")
def read(request: HttpRequest, response: HttpResponse, webhook: str) -> dict[str, Any]:
    """Whether it is on, and if not since when and why; `ETag` may be sent back in `If-Match` with a change."""
    held = rights_for(request, tenant_of(request))
    found = _webhook(request, webhook)
    response.headers["ETag"] = f'"{webhook_token(found)}"'
    return webhook_out(found, shown_url(found, held))


@router.patch("/webhooks/{webhook}", response=MadeWebhookOut, summary="Change a webhook")
def change(request: HttpRequest, response: HttpResponse, webhook: str, body: WebhookPatch) -> Any:
    """What is left out stays. Another host, scheme or port gets a new secret, which is in this answer."""
    made = actions.change_webhook(
        _webhook(request, webhook),
        actor=actor_of(request),
        destination=look_up(body.url) if body.url is not None else None,
        kinds=body.kinds,
        description=body.description,
        expected=request.headers.get("If-Match", "").strip('"') or None,
    )
    response.headers["ETag"] = f'"{webhook_token(made.webhook)}"'
    return _shown_once(response, made)


@router.delete("/webhooks/{webhook}", response={204: None}, summary="Delete a webhook")
def delete(request: HttpRequest, webhook: str) -> Any:
    """With its deliveries; what still waited is sent to nobody."""
    actions.delete_webhook(_webhook(request, webhook), actor=actor_of(request))
    return Status(204, None)


@router.post("/webhooks/{webhook}/rotate", response=MadeWebhookOut, summary="Rotate the secret")
def rotate(
    request: HttpRequest,
    response: HttpResponse,
    webhook: str,
    body: OverlapIn = OverlapIn(),  # noqa: B008
) -> Any:
    """The new secret is in this answer; for the overlap every message is signed by both."""
    made = actions.rotate_secret(_webhook(request, webhook), actor=actor_of(request), overlap_hours=body.overlap_hours)
    return _shown_once(response, made)


@router.post("/webhooks/{webhook}/disable", response=WebhookOut, summary="Switch a webhook off")
def disable(request: HttpRequest, webhook: str) -> Any:
    """Nothing is sent to it; what happens meanwhile is kept for it."""
    changed = actions.disable_webhook(_webhook(request, webhook), actor=actor_of(request))
    return _out(request, changed)


@router.post("/webhooks/{webhook}/enable", response=WebhookOut, summary="Switch a webhook on")
def enable(request: HttpRequest, webhook: str) -> Any:
    """What was kept for it is sent first."""
    found = _webhook(request, webhook)
    return _out(request, actions.enable_webhook(found, actor=actor_of(request), destination=look_up(found.url)))


@router.post("/webhooks/{webhook}/test", response={202: DeliveryOut}, summary="Send a test")
def test(request: HttpRequest, webhook: str) -> Any:
    """A message of kind `webhook.test`, sent at once; ask the delivery how it went."""
    return Status(202, delivery_out(actions.send_test(_webhook(request, webhook), actor=actor_of(request))))


@router.post("/webhooks/{webhook}/replay", response={202: ReplayedOut}, summary="Send all dead letters again")
def replay(request: HttpRequest, webhook: str) -> Any:
    """Each under its own id, with the same bytes."""
    number = actions.replay_dead(_webhook(request, webhook), actor=actor_of(request))
    return Status(202, {"deliveries": number})


@router.get("/webhooks/{webhook}/deliveries", response=DeliveriesOut, summary="Deliveries, newest first")
def deliveries(
    request: HttpRequest, webhook: str, state: State = None, limit: Limit = LIMIT, cursor: Cursor = ""
) -> dict[str, Any]:
    """Of the last 30 days."""
    found = _webhook(request, webhook)
    binding = f"deliveries:{found.pk}:{state}"
    rows = found.deliveries.newest_first().select_related("message")
    rows = rows.filter(state=state) if state else rows
    if cursor:
        rows = rows.filter(pk__lt=read_cursor(cursor, binding))
    page = list(rows[: limit + 1])
    shown = page[:limit]
    more = write_cursor(str(shown[-1].pk), binding) if len(page) > limit else None
    return {"items": [delivery_out(one) for one in shown], "next_cursor": more}


@router.get("/webhooks/{webhook}/deliveries/{delivery}", response=DeliveryFullOut, summary="One delivery")
def delivery(request: HttpRequest, webhook: str, delivery: str) -> dict[str, Any]:
    """The body, and every try with what came back."""
    return delivery_full(delivery_called(_webhook(request, webhook), _id(delivery)))


@router.post(
    "/webhooks/{webhook}/deliveries/{delivery}/redeliver", response={202: DeliveryOut}, summary="Send it once more"
)
def redeliver(request: HttpRequest, webhook: str, delivery: str) -> Any:
    """Whatever became of it: the same id, the same bytes."""
    found = _webhook(request, webhook)
    again = actions.redeliver(found, actor=actor_of(request), delivery=delivery_called(found, _id(delivery)))
    return Status(202, delivery_out(again))


def _webhook(request: HttpRequest, name: str) -> Webhook:
    rights_for(request, tenant_of(request))
    return webhook_called(tenant_of(request), _id(name))


def _out(request: HttpRequest, webhook: Webhook) -> dict[str, Any]:
    return webhook_out(webhook, shown_url(webhook, rights_for(request, tenant_of(request))))


def _shown_once(response: HttpResponse, made: MadeWebhook) -> dict[str, Any]:
    """A webhook with its secret, in an answer that nobody keeps: no cache, no proxy, no Idempotency-Key."""
    response.headers["Cache-Control"] = "no-store"
    return webhook_out(made.webhook, made.webhook.url) | {"secret": made.secret or None}


def _id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
