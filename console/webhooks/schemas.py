"""The shapes of the API of webhooks."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from console.organizations.api import Closed
from console.webhooks.actions.webhooks import LONGEST_OVERLAP_HOURS, OVERLAP_HOURS

Url = Field(max_length=2000)
Kinds = Field(max_length=50)
Text = Field(default="", max_length=200)


class WebhookIn(Closed):
    """A new webhook."""

    url: str = Url
    kinds: list[str] = Kinds
    description: str = Text


class WebhookPatch(Closed):
    """What is to change; what is left out stays."""

    url: str | None = Field(default=None, max_length=2000)
    kinds: list[str] | None = Field(default=None, max_length=50)
    description: str | None = Field(default=None, max_length=200)


class OverlapIn(Closed):
    """How long the present secret still signs beside the new one."""

    overlap_hours: int = Field(default=OVERLAP_HOURS, ge=0, le=LONGEST_OVERLAP_HOURS, strict=True)


class KindOut(Schema):
    """A kind of event."""

    name: str
    label: str


class WebhookOut(Schema):
    """A webhook; never its secret. Without the right to manage webhooks `url` ends after the host."""

    id: UUID
    url: str
    description: str
    kinds: list[str]
    enabled: bool
    disabled_at: datetime | None
    disabled_because: str | None
    failing_since: datetime | None
    failures: int
    former_secret_until: datetime | None
    created_at: datetime
    created_by: str


class MadeWebhookOut(WebhookOut):
    """A webhook with its new secret, shown this once; null when it kept the one it had."""

    secret: str | None


class WebhooksOut(Schema):
    """A page of webhooks, newest first."""

    items: list[WebhookOut]
    next_cursor: str | None


class DeliveryOut(Schema):
    """One message for one webhook. `next_at` is null when it is over."""

    id: UUID
    message: str
    type: str
    state: Literal["pending", "delivered", "dead"]
    attempts: int
    created_at: datetime
    next_at: datetime | None
    ended_at: datetime | None


class AttemptOut(Schema):
    """One try: what was sent in the headers and what came back, cut to its first 2,000 characters."""

    number: int
    at: datetime
    headers: dict[str, str]
    status: int | None
    milliseconds: int
    trouble: str
    reply: str


class DeliveryFullOut(DeliveryOut):
    """A delivery with the body as it is sent, byte for byte, and every try."""

    body: str
    tries: list[AttemptOut]


class DeliveriesOut(Schema):
    """A page of deliveries, newest first."""

    items: list[DeliveryOut]
    next_cursor: str | None


class ReplayedOut(Schema):
    """How many dead letters are sent once more."""

    deliveries: int
