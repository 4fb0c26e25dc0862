"""Idempotency keys: once, and the same answer again (G19, T21)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.grants import grant_role, take_role
from agents.models import Agent
from console.organizations.actions import change_roles, forbid_push, revoke_key
from console.organizations.models import IdempotentCall, Organization
from tests.api.calling import call, program
from tests.builders import an_agent
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


def test_call__sent_again_after_rights_were_lost__does_not_tell_the_kept_answer(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    desk = an_agent(organization, dana)
    grant_role(desk, actor=mara.actor(), user=quinn.user, role="developer")
    demoted, admin = program(dana, organization, "developer"), program(mara, organization, "org_admin", pushes=True)
    calls = (
        (demoted, "/agents", {"slug": "one", "name": "One"}),
        (demoted, "/agents/order-desk/draft/fork", {"version": 1}),
        (admin, "/agents", {"slug": "two", "name": "Two"}),
    )
    browser = quinn.client()

    def sent() -> list[tuple[int, str]]:
        answers = [one.post(path, body, idempotency_key=path) for one, path, body in calls]
        answers.append(call(browser, "POST", "/agents/order-desk/deployments/publish", {}, idempotency_key="publish"))
        return [(answer.status, answer.code or answer.headers.get("Idempotency-Replayed", "")) for answer in answers]

    assert sent() == [(201, ""), (404, "not_found"), (201, ""), (201, "")]
    assert sent() == [(201, "true"), (404, "not_found"), (201, "true"), (201, "true")]
    forbid_push(admin.key, actor=mara.actor())
    change_roles(dana.membership_in(organization), actor=mara.actor(), roles=["auditor"])
    take_role(desk, actor=mara.actor(), user=quinn.user, role="developer")

    assert sent() == [(403, "permission_denied")] * 4
    revoke_key(admin.key, actor=mara.actor())
    assert sent()[2] == (401, "unauthenticated")
