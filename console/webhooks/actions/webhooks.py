"""Webhooks themselves: added, changed, given a new secret, deleted. A door looks addresses up, verbs judge them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from audit.clock import database_time
from audit.log import record, verb
from audit.models import ChainHead
from console.organizations.actor import Actor
from console.organizations.errors import Conflict, Stale
from console.organizations.models import Organization
from console.organizations.names import refused
from console.organizations.sealing import seal
from console.organizations.texts import checked_text
from console.outbound import Destination
from console.outbound.destinations import read
from console.webhooks.actions.loading import keeper, webhook_now
from console.webhooks.allowance import allowance
from console.webhooks.kinds import KIND_NAMES
from console.webhooks.models import LogMark, Webhook
from console.webhooks.signing import new_secret

MOST = 20  # webhooks of one organization
DESCRIPTION_LENGTH = 200
OVERLAP_HOURS = 24
LONGEST_OVERLAP_HOURS = 7 * 24


@dataclass(frozen=True)
class MadeWebhook:
    """A webhook and, where one was made, its new secret, which is shown this once."""

    webhook: Webhook
    secret: str = ""


@verb("webhook.added")
def add_webhook(
    organization: Organization, *, actor: Actor, destination: Destination, kinds: Sequence[str], description: str = ""
) -> MadeWebhook:
    """Let an address hear of these kinds of events from now on; its secret is in the answer and shown never again.

    `destination` is what `look_up` found before the transaction; `UrlNotAllowed` for what is never called (T30).
    """
    organization = Organization.objects.steady(organization)
    person = keeper(actor, organization)
    destination.require_allowed(allowance())
    if Webhook.objects.of(organization).count() >= MOST:
        raise Conflict(
            _("There are %(most)s webhooks already. Nothing was changed. Delete one that is not used.") % {"most": MOST}
        )
    head = ChainHead.objects.filter(organization=organization).values_list("sequence", flat=True).first()
    LogMark.objects.get_or_create(organization=organization, defaults={"sequence": head or 0})
    secret = new_secret()
    webhook = Webhook.objects.create(
        organization=organization,
        url=destination.url,
        description=checked_text(description, "description", limit=DESCRIPTION_LENGTH),
        kinds=checked_kinds(kinds),
        secret=seal(secret),
        created_at=database_time(),
        created_by=person,
    )
    record("webhook.added", webhook.audit_target(), actor=actor, data=_facts(webhook))
    return MadeWebhook(webhook, secret)


@verb("webhook.changed")
def change_webhook(
    webhook: Webhook,
    *,
    actor: Actor,
    destination: Destination | None = None,
    kinds: Sequence[str] | None = None,
    description: str | None = None,
    expected: str | None = None,
) -> MadeWebhook:
    """Change what is given. Another host, scheme or port gets a new secret: the old one never signs for it (T31, G25).

    `expected` is the `webhook_token` that the caller saw: `Stale` when somebody changed the webhook meanwhile.
    """
    current = webhook_now(webhook, actor)
    if expected is not None and expected != webhook_token(current):
        raise Stale(
            _("Somebody changed this webhook meanwhile. Nothing was changed. Look again and decide anew."),
            etag=webhook_token(current),
        )
    before, seen, secret = _facts(current), webhook_token(current), ""
    if destination is not None and destination.url != current.url:
        destination.require_allowed(allowance())
        if destination.origin != read(current.url).origin:
            secret = new_secret()
            current.secret, current.former_secret, current.former_until = seal(secret), "", None
        current.url = destination.url
    if kinds is not None:
        current.kinds = checked_kinds(kinds)
    if description is not None:
        current.description = checked_text(description, "description", limit=DESCRIPTION_LENGTH)
    if webhook_token(current) == seen:
        raise Conflict(_("The webhook is exactly this already. Nothing was changed."))
    current.save(update_fields=["url", "kinds", "description", "secret", "former_secret", "former_until"])
    data = {"before": before, "after": _facts(current), "new_secret": bool(secret)}
    record("webhook.changed", current.audit_target(), actor=actor, data=data)
    return MadeWebhook(current, secret)


@verb("webhook.secret_rotated")
def rotate_secret(webhook: Webhook, *, actor: Actor, overlap_hours: int = OVERLAP_HOURS) -> MadeWebhook:
    """Give the webhook a new secret; the present one signs beside it for the overlap (0 to 168 hours), then never."""
    current = webhook_now(webhook, actor)
    if not 0 <= overlap_hours <= LONGEST_OVERLAP_HOURS:
        raise refused("overlap_hours", f"Choose 0 to {LONGEST_OVERLAP_HOURS} hours.")
    secret, now = new_secret(), database_time()
    current.former_secret, current.former_until = "", None
    if overlap_hours:
        current.former_secret, current.former_until = current.secret, now + timedelta(hours=overlap_hours)
    current.secret = seal(secret)
    current.save(update_fields=["secret", "former_secret", "former_until"])
    record("webhook.secret_rotated", current.audit_target(), actor=actor, data={"overlap_hours": overlap_hours})
    return MadeWebhook(current, secret)


@verb("webhook.deleted")
def delete_webhook(webhook: Webhook, *, actor: Actor) -> None:
    """Forget the webhook with its deliveries; what still waited is sent to nobody."""
    current = webhook_now(webhook, actor)
    target, waiting = current.audit_target(), current.deliveries.filter(state="pending").count()
    data = _facts(current) | {"waiting": waiting}
    current.delete()
    record("webhook.deleted", target, actor=actor, data=data)


def checked_kinds(kinds: Sequence[str]) -> list[str]:
    """The kinds once each in the order of the list; `Invalid` for none and for an unknown one."""
    unknown = sorted(set(kinds) - set(KIND_NAMES))
    if unknown:
        raise refused(
            "kinds",
            _("There is no kind %(value)s; there are %(choices)s.")
            % {"value": f"{unknown[0][:60]!r}", "choices": ", ".join(KIND_NAMES)},
        )
    if not kinds:
        raise refused("kinds", _("Choose at least one kind of event."))
    return [kind for kind in KIND_NAMES if kind in kinds]


def webhook_token(webhook: Webhook) -> str:
    """What a page carries to say which webhook its reader saw."""
    content = json.dumps([webhook.url, webhook.description, webhook.kinds])
    return hashlib.sha256(content.encode()).hexdigest()


def _facts(webhook: Webhook) -> dict[str, Any]:
    """What the event keeps: who is talked to and about what; never the whole address, never a secret."""
    return {"origin": read(webhook.url).origin, "description": webhook.description, "kinds": webhook.kinds}
