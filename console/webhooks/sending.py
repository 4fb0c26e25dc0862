"""Sending: a worker claims one delivery after the other of a webhook, sends it, and writes what came of it.

The rows are the truth. A claim is a lease: when the worker dies, another one claims the delivery after it and sends the
same bytes under the same id, so a message arrives at least once (G27). A webhook has at most two calls under way and a
run ends with the first failure that took long, so a receiver that hangs takes two hands of the workers for 10 s and
nobody's turn but its own (T34, T51). Receivers that fail on and on share two hands, however many they are: the others,
and whatever else the workers do, keep theirs. No call is made inside a transaction.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from audit.clock import database_time
from console.organizations.actor import SYSTEM
from console.organizations.errors import Refusal
from console.outbound import Reply, UrlNotAllowed, look_up, post
from console.webhooks.actions import switch_off
from console.webhooks.allowance import allowance
from console.webhooks.models import Attempt, Delivery, Webhook
from console.webhooks.pacing import wait_after
from console.webhooks.signing import signatures

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)  # a call lasts 15 s at most: 5 to look its name up, 10 in all
UNDER_WAY = 2  # calls to one webhook at once
FAILING_UNDER_WAY = 2  # calls at once to all webhooks that fail on and on
RUN_SECONDS = 20.0
PATIENCE = 5  # failures in a row that end a run; from then on a webhook fails on and on
SLOW_SECONDS = 1.0  # a failure that took longer ends it at once
KEPT_REPLY = 2_000  # characters of an answer that are kept
FAILING_FOR = timedelta(days=3)
FAILING_TRIES = 20
Reason = Webhook.Reason


@dataclass(frozen=True)
class Outcome:
    """What came of one try."""

    at: datetime
    signature: str
    reply: Reply
    reason: str = ""  # why the webhook is to be switched off at once


def run(webhook_id: UUID) -> int:
    """Send what is due to a webhook until nothing is, the receiver hangs or fails on and on, or 20 s are over.

    Returns how many arrived. Safe to call twice, late, and in many processes.
    """
    arrived, failed_in_a_row, began = 0, 0, time.monotonic()
    while time.monotonic() - began < RUN_SECONDS and failed_in_a_row < PATIENCE:
        delivery = claim(webhook_id)
        if delivery is None:
            break
        started = time.monotonic()
        if attempt(delivery):
            arrived, failed_in_a_row = arrived + 1, 0
        elif time.monotonic() - started > SLOW_SECONDS:
            break
        else:
            failed_in_a_row += 1
    return arrived


def due_webhooks() -> list[UUID]:
    """The webhooks that have something to send and a free hand."""
    due = Delivery.objects.due(database_time()).filter(webhook=OuterRef("pk"))
    return list(Webhook.objects.filter(Exists(due)).values_list("pk", flat=True))


@transaction.atomic
def claim(webhook_id: UUID) -> Delivery | None:
    """The next due delivery, leased to the caller; None when there is none or enough are under way."""
    now = database_time()
    webhook = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook_id).first()
    if webhook is None or not _has_a_free_hand(webhook, now):
        return None
    due = Delivery.objects.due(now).filter(webhook=webhook).order_by("next_at", "id")
    delivery = due.select_for_update(of=("self",), skip_locked=True, no_key=True).select_related("message").first()
    if delivery is None:
        return None
    delivery.webhook = webhook
    delivery.holder, delivery.lease_until = uuid4().hex, now + LEASE
    delivery.tries, delivery.attempts = delivery.tries + 1, delivery.attempts + 1
    delivery.save(update_fields=["holder", "lease_until", "tries", "attempts"])
    return delivery


def _has_a_free_hand(webhook: Webhook, now: datetime) -> bool:
    busy = Delivery.objects.under_way(now)
    if busy.filter(webhook=webhook).count() >= UNDER_WAY:
        return False
    return webhook.failures < PATIENCE or busy.filter(webhook__failures__gte=PATIENCE).count() < FAILING_UNDER_WAY


def attempt(delivery: Delivery) -> bool:
    """Send a claimed delivery once and write what came of it; whether it arrived."""
    outcome = _send(delivery)
    if not _write(delivery, outcome):
        return False  # the lease was lost: whoever has it now writes what came of theirs
    if outcome.reply.is_success:
        return True
    reason = outcome.reason or _long_failing(delivery.webhook_id, outcome.at)
    if reason:
        try:
            switch_off(delivery.webhook, actor=SYSTEM, reason=reason)
        except Refusal:  # a person was faster
            logger.info("Webhook %s is off or gone already.", delivery.webhook_id)
    return False


def _send(delivery: Delivery) -> Outcome:
    webhook, message, at = delivery.webhook, delivery.message, database_time()
    try:
        signature = signatures(webhook, message.name, at, message.body)
    except InvalidToken:
        logger.error("No encryption key opens the secret of webhook %s.", webhook.pk)
        return Outcome(
            at, "", Reply(None, 0, trouble=_("The signing secret cannot be opened: an encryption key is missing."))
        )
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Slipway-Webhooks/1",
        "webhook-id": message.name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }
    try:
        reply = post(look_up(webhook.url), allowance(), message.body.encode(), headers)
    except UrlNotAllowed as refusal:
        return Outcome(at, signature, Reply(None, 0, trouble=refusal.why), Reason.NOT_ALLOWED)
    return Outcome(at, signature, reply, Reason.GONE if reply.status == 410 else "")


@transaction.atomic
def _write(claimed: Delivery, outcome: Outcome) -> bool:
    """Write the try and where the delivery stands now; False when the lease is somebody else's."""
    reply, now = outcome.reply, database_time()
    webhook = Webhook.objects.select_for_update(no_key=True).filter(pk=claimed.webhook_id).first()
    mine = Delivery.objects.select_for_update(of=("self",), no_key=True).filter(
        pk=claimed.pk, holder=claimed.holder, state="pending"
    )
    delivery = mine.first()
    if delivery is None or webhook is None:
        return False
    Attempt.objects.create(
        delivery=delivery,
        number=claimed.attempts,
        at=outcome.at,
        signature=outcome.signature,
        status=reply.status,
        milliseconds=reply.milliseconds,
        trouble=reply.trouble[:300],
        reply=_readable(reply.body),
    )
    delivery.lease_until, delivery.holder = None, ""
    wait = None if reply.is_success else wait_after(delivery.tries, reply.retry_after, now)
    if wait is not None:
        delivery.next_at = now + timedelta(seconds=wait)
    else:
        delivery.state = Delivery.State.DELIVERED if reply.is_success else Delivery.State.DEAD
        delivery.ended_at = now
    delivery.save(update_fields=["lease_until", "holder", "next_at", "state", "ended_at"])
    _count(webhook, is_success=reply.is_success, at=outcome.at)
    return True


def _count(webhook: Webhook, *, is_success: bool, at: datetime) -> None:
    if is_success and webhook.failures:
        webhook.failures, webhook.failing_since = 0, None
    elif not is_success:
        webhook.failures, webhook.failing_since = webhook.failures + 1, webhook.failing_since or at
    else:
        return
    webhook.save(update_fields=["failures", "failing_since"])


def _long_failing(webhook_id: UUID, now: datetime) -> str:
    """Nothing arrived for three days, and it was tried often enough to know."""
    long = Webhook.objects.enabled().filter(
        pk=webhook_id, failing_since__lte=now - FAILING_FOR, failures__gte=FAILING_TRIES
    )
    return Reason.FAILING if long.exists() else ""


def _readable(body: bytes) -> str:
    """The beginning of an answer as text that PostgreSQL keeps; what is no text shows as replacement characters."""
    return body[: KEPT_REPLY * 4].decode("utf-8", "replace").replace("\0", "\ufffd")[:KEPT_REPLY]
