"""Every told event becomes one message, whoever reads the log and however often; bodies tell no content."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from agents.models import Agent
from audit.models import Event
from audit.verbs import VERBS
from console.organizations.models import Organization
from console.outbound import look_up
from console.webhooks.kinds import KINDS
from console.webhooks.models import Delivery, LogMark, Message, Webhook
from console.webhooks.outbox import read_logs
from environments import bulk
from environments.actions import request_changes
from tests.api.calling import Program
from tests.builders import a_small_agent, edited, published, pushed
from tests.cast import Person
from tests.races import at_once
from tests.webhooks.hooking import a_webhook
from tests.webhooks.receiving import Receiver


def told(kind: str) -> dict[str, Any]:
    """The one message of a kind, read."""
    found: dict[str, Any] = orjson.loads(Message.objects.get(kind=kind).body)
    return found


@pytest.mark.django_db
def test_log__read__makes_one_message_per_event_with_the_facts(
    organization: Organization, hook: Webhook, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_small_agent(organization, dana, prompt="Top secret prompt.")
    version = pushed(agent, dana, quinn, mara)

    assert read_logs() == 4
    assert read_logs() == 0

    kinds = Message.objects.order_by("sequence").values_list("kind", flat=True)
    assert list(kinds) == ["agent.created", "version.published", "version.ready", "version.pushed"]
    body, event = told("version.pushed"), Event.objects.get(verb="release.pushed_to_production")
    assert body["type"] == "version.pushed"
    data = body["data"]
    assert (data["version"], data["environment"], data["digest"]) == (1, "production", version.digest)
    assert data["agent"] == {"id": str(agent.pk), "slug": "order-desk", "name": "Order-Desk"}
    assert data["by"] == {"id": str(mara.user.pk), "name": "Mara Lindqvist", "key": None}
    assert data["event"] == str(event.pk)
    assert str(data["url"]).endswith(f"/o/harbourline/agents/order-desk/releases/{data['deployment']}/")
    everything = "".join(Message.objects.values_list("body", flat=True))
    assert "Top secret" not in everything
    assert "@example.com" not in everything


@pytest.mark.django_db
def test_log__events_that_nobody_chose_or_of_before__are_told_to_nobody(
    organization: Organization, dana: Person, quinn: Person, mara: Person, receiver: Receiver
) -> None:
    agent = a_small_agent(organization, dana)
    published(agent, dana, "One.")
    chosen = a_webhook(organization, mara, receiver, kinds=["version.changes_requested"]).webhook
    edited(agent, dana, "Two.")
    published(agent, dana)

    assert read_logs() == 0
    request_changes(agent, actor=quinn.actor(), number=2, reason="Too brief.")
    assert read_logs() == 1

    only = Delivery.objects.select_related("message").get()
    assert (only.webhook, only.message.kind, only.state) == (chosen, "version.changes_requested", "pending")
    assert orjson.loads(only.message.body)["data"]["note"] == "Too brief."
    assert LogMark.objects.get().sequence == Event.objects.filter(organization=organization).count()


@pytest.mark.django_db(transaction=True)
def test_log__of_bulk_work__tells_its_start_and_its_end_with_counts(
    organization: Organization, hook: Webhook, fleet: list[Agent], admin: Program
) -> None:
    read_logs()
    names = [agent.slug for agent in fleet[:2]]
    job = admin.post("/environments/promote", {"source": "staging", "target": "production", "agents": names})

    bulk.run(UUID(job.body["job"]["id"]))
    read_logs()

    started, finished = told("job.started"), told("job.finished")
    assert started["data"]["job"]["id"] == finished["data"]["job"]["id"] == job.body["job"]["id"]
    assert (started["data"]["total"], started["data"]["by"]["key"]["prefix"]) == (2, admin.key.prefix)
    assert finished["data"]["counts"]["promoted"] == 2
    assert finished["data"]["by"] == {"id": None, "name": "Slipway", "key": None}
    assert finished["data"]["url"].endswith(f"/jobs/{job.body['job']['id']}/")
    assert Message.objects.filter(kind="version.pushed").count() == 2


@pytest.mark.django_db
def test_log__of_another_organization__is_none_of_its_business(
    organization: Organization, hook: Webhook, other_organization: Organization, sam: Person
) -> None:
    a_small_agent(other_organization, sam, slug="theirs")

    assert read_logs() == 0
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_log__read_by_many_at_once__makes_each_message_once(
    organization: Organization, mara: Person, dana: Person, receiver: Receiver
) -> None:
    a_webhook(organization, mara, receiver, destination=look_up(receiver.url()))
    for number in range(6):
        a_small_agent(organization, dana, slug=f"agent-{number}")

    at_once(*[read_logs] * 4)
    read_logs()

    assert Message.objects.count() == Delivery.objects.count() == 6


def test_kinds__all__come_from_verbs_that_exist_and_each_from_its_own() -> None:
    verbs = [verb for kind in KINDS for verb in kind.verbs]

    assert set(verbs) <= set(VERBS)
    assert len(verbs) == len(set(verbs))
