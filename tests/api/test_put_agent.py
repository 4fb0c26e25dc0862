"""put_agent: an agent becomes what a document says; the same document again changes nothing (contract.md)."""

import json
from typing import Any

import pytest

from agents.models import Agent
from audit.models import Event
from console.organizations.models import Organization
from tests.api.calling import program
from tests.cast import Person
from tests.samples import SAMPLES

pytestmark = pytest.mark.django_db

DOCUMENT: dict[str, Any] = {
    "kind": "Assistant",
    "apiVersion": "v1",
    "metadata": {"name": "Order agent", "description": "Handles orders", "labels": {"team": "commerce"}},
    "spec": {"prompt": "You answer questions about orders."},
}


def test_put_agent__new_then_same_then_other__creates_keeps_and_updates(
    organization: Organization, dana: Person
) -> None:
    developer = program(dana, organization, "developer")

    made = developer.call("PUT", "/agents/order-agent", DOCUMENT)
    events = Event.objects.count()
    again = developer.call("PUT", "/agents/order-agent", DOCUMENT)

    assert (made.status, again.status) == (201, 200)
    assert made.body["labels"] == {"team": "commerce"}
    assert Event.objects.count() == events
    other = DOCUMENT | {"metadata": {"name": "Orders"}, "spec": {"prompt": "You are brief."}}
    assert developer.call("PUT", "/agents/order-agent", other).body["name"] == "Orders"
    assert developer.get("/agents/order-agent/draft").body["config"] == {"prompt": "You are brief."}
    assert Agent.objects.get(slug="order-agent").labels == {"team": "commerce"}


def test_put_agent__a_vendors_file__keeps_everything(organization: Organization, dana: Person) -> None:
    developer = program(dana, organization, "developer")
    path = SAMPLES / "vapi-everlast" / "assistant.json"

    made = developer.call("PUT", "/agents/everlast", json.loads(path.read_text(encoding="utf-8")))

    assert made.status == 201, made.body
    assert "prompt" in developer.get("/agents/everlast/draft").body["config"]


def test_put_agent__refusals__change_nothing(organization: Organization, dana: Person, quinn: Person) -> None:
    developer, tester = program(dana, organization, "developer"), program(quinn, organization, "qa")
    developer.call("PUT", "/agents/order-agent", DOCUMENT)

    assert (
        tester.call("PUT", "/agents/order-agent", DOCUMENT).body["detail"]
        == (tester.call("PUT", "/agents/unknown", DOCUMENT).body["detail"])
    )
    broken = developer.call("PUT", "/agents/order-agent", DOCUMENT | {"spec": {"prompt": 7}})
    assert (broken.status, broken.body["errors"][0]["pointer"]) == (422, "/spec/prompt")
    assert developer.call("PUT", "/agents/Bad_Slug", DOCUMENT).status == 422
    assert developer.get("/agents/order-agent/draft").body["config"] == DOCUMENT["spec"]
