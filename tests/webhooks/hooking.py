"""Webhooks in any situation, made by the verbs, and the worker's round done by hand."""

from datetime import timedelta
from typing import Any

from audit.clock import shifted_by
from audit.models import Event
from console.organizations.models import Organization
from console.outbound import look_up
from console.webhooks import sending
from console.webhooks.actions import MadeWebhook, add_webhook, send_test
from console.webhooks.kinds import KIND_NAMES
from console.webhooks.models import Delivery, Webhook
from console.webhooks.outbox import read_logs
from console.webhooks.pacing import JITTER, WAITS
from tests.cast import Person
from tests.webhooks.receiving import Receiver

API = "/webhooks"
PAGES = "/o/harbourline/settings/webhooks"


def a_webhook(organization: Organization, person: Person, receiver: Receiver, **more: Any) -> MadeWebhook:
    """A webhook to the receiver; for every kind unless said otherwise."""
    options: dict[str, Any] = {"kinds": KIND_NAMES, "destination": look_up(receiver.url())} | more
    return add_webhook(organization, actor=person.actor(), **options)


def webhook_and_delivery(organization: Organization, person: Person) -> dict[str, str]:
    """The ids of a webhook of the organization and of a test for it that nobody has sent."""
    destination = look_up("https://hooks.example.com/in", resolve=lambda *_: [])
    made = add_webhook(organization, actor=person.actor(), destination=destination, kinds=KIND_NAMES).webhook
    return {"webhook": str(made.pk), "delivery": str(send_test(made, actor=person.actor()).pk)}


def one_round() -> int:
    """What the sweep and the workers do: read the logs, send all that is due; how many arrived."""
    read_logs()
    return sum(sending.run(pk) for pk in sending.due_webhooks())


def after(**time: float) -> int:
    """A round at a later time of the database's clock."""
    with shifted_by(timedelta(**time)):
        return one_round()


def to_the_end(hook: Webhook) -> None:
    """A round at each time of the retry table, until nothing waits any more."""
    seconds = 0.0
    for wait in (0, *WAITS):
        seconds += wait * (1 + JITTER) + 1
        after(seconds=seconds)
    assert not hook.deliveries.filter(state="pending").exists()


def only_delivery(hook: Webhook) -> Delivery:
    """The one delivery that there is."""
    return Delivery.objects.select_related("message").get(webhook=hook)


def done(verb: str) -> Event:
    """The one event of a verb that was done."""
    return Event.objects.get(verb=verb, outcome="done")


def refusals(verb: str) -> list[str]:
    """The codes of the refused attempts of a verb."""
    return list(
        Event.objects.filter(verb=verb, outcome="refused").order_by("sequence").values_list("refusal", flat=True)
    )
