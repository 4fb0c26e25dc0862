"""Idempotency keys: once, and the same answer again (G19, T21)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.models import Agent
from console.organizations.models import IdempotentCall, Organization
from tests.api.calling import program
from tests.cast import Person

pytestmark = pytest.mark.django_db

BODY = {"slug": "desk", "name": "Desk"}


def test_call__same_key_and_request__is_answered_again_without_acting(organization: Organization, dana: Person) -> None:
    developer = program(dana, organization, "developer")

    first = developer.post("/agents", BODY, idempotency_key="k1")
    again = developer.post("/agents", BODY, idempotency_key="k1")

    assert (first.status, again.status) == (201, 201)
    assert (again.body, again.headers["Location"]) == (first.body, first.headers["Location"])
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Agent.objects.count() == 1


def test_call__same_key_other_request_or_running_twin__is_refused(organization: Organization, dana: Person) -> None:
    developer = program(dana, organization, "developer")
    developer.post("/agents", BODY, idempotency_key="k1")

    other = developer.post("/agents", BODY | {"slug": "other"}, idempotency_key="k1")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    IdempotentCall.objects.update(status=None, lease_until=timezone.now() + timedelta(seconds=30))
    twin = developer.post("/agents", BODY, idempotency_key="k1")
    assert (twin.status, twin.code, twin.headers["Retry-After"]) == (409, "request_in_progress", "1")
    assert developer.post("/agents", BODY, idempotency_key="x" * 256).code == "invalid_idempotency_key"


def test_call__whose_process_died__is_carried_out_at_most_once(organization: Organization, dana: Person) -> None:
    developer = program(dana, organization, "developer")
    developer.post("/agents", BODY, idempotency_key="after")
    died = {"status": None, "lease_until": timezone.now() - timedelta(seconds=1)}
    IdempotentCall.objects.update(**died)

    lost = developer.post("/agents", BODY, idempotency_key="after")
    assert (lost.status, lost.code, Agent.objects.count()) == (409, "answer_lost", 1)

    IdempotentCall.objects.update(execution="nothing-happened", **died)
    retried = developer.post("/agents", BODY, idempotency_key="after")
    assert (retried.status, retried.code) == (409, "slug_taken")


def test_call__refused_for_the_moment__may_be_sent_again_under_its_key(
    organization: Organization, dana: Person, quinn: Person
) -> None:
    developer, tester = program(dana, organization, "developer"), program(quinn, organization, "qa")
    assert developer.post("/agents/desk/deployments/publish", idempotency_key="k").status == 404
    developer.post("/agents", BODY)

    assert developer.post("/agents/desk/deployments/publish", idempotency_key="k").status == 404
    assert developer.post("/agents/desk/deployments/publish", idempotency_key="k2").status == 201
    assert tester.post("/agents", BODY, idempotency_key="k2").status == 403
