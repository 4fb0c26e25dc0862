"""From the log to messages: every told event once, however often and wherever this runs (docs/adr/013).

The audit log is the outbox: a verb's event is its last statement, in its own transaction, and events of an organization
become visible in the order of their sequence, because their writers queue at the chain's head. So a mark that walks up
the sequence sees each event exactly once, and no verb has to know of webhooks.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from agents.models import Agent
from audit.models import ChainHead, Event
from console.organizations.models import Organization
from console.webhooks.kinds import OF_VERB, kind_of
from console.webhooks.models import Delivery, LogMark, Message, Webhook
from console.webhooks.payloads import body_of

BATCH = 500  # events read in one transaction


def read_logs() -> int:
    """Make the messages and deliveries of everything new; how many deliveries. Safe to run twice at the same time."""
    behind = LogMark.objects.filter(organization__chain_head__sequence__gt=F("sequence"))
    return sum(_read_all(pk) for pk in behind.values_list("pk", flat=True))


def _read_all(organization_id: UUID) -> int:
    made = 0
    while (step := _read_on(organization_id)) is not None:
        made += step
    return made


@transaction.atomic
def _read_on(organization_id: UUID) -> int | None:
    """The next events of one organization; None when there are none, or somebody else reads them."""
    mark = LogMark.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=organization_id).first()
    head = ChainHead.objects.filter(pk=organization_id).values_list("sequence", flat=True).first()
    if mark is None or head is None or head <= mark.sequence:
        return None
    last = min(head, mark.sequence + BATCH)
    events = Event.objects.filter(
        organization=organization_id,
        sequence__gt=mark.sequence,
        sequence__lte=last,
        outcome=Event.Outcome.DONE,
        verb__in=list(OF_VERB),
    )
    made = _tell(organization_id, list(events.order_by("sequence")))
    mark.sequence = last
    mark.save(update_fields=["sequence"])
    return made


def _tell(organization_id: UUID, events: list[Event]) -> int:
    if not events:
        return 0
    # Locked, so that none is deleted before its deliveries stand; claims and acts wait for milliseconds.
    webhooks = list(Webhook.objects.select_for_update(no_key=True).filter(organization=organization_id))
    if not webhooks:
        return 0
    organization = Organization.objects.get(pk=organization_id)
    agents = Agent.objects.in_bulk({event.agent_id for event in events if event.agent_id})
    messages, deliveries = [], []
    for event in events:
        kind = kind_of(event.verb, event.data)
        hearing = [webhook for webhook in webhooks if kind in webhook.kinds and event.at >= webhook.created_at]
        if not hearing:
            continue
        body = body_of(kind, event, organization, agents)
        message = Message(organization=organization, sequence=event.sequence, kind=kind, body=body, at=event.at)
        messages.append(message)
        deliveries += [
            Delivery(organization=organization, webhook=webhook, message=message, next_at=event.at)
            for webhook in hearing
        ]
    Message.objects.bulk_create(messages)
    Delivery.objects.bulk_create(deliveries)
    return len(deliveries)
