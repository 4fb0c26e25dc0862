"""Getting from one key to more: another key's text, a longer life, another place, another job (G26, T41)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from console.organizations.actions import create_key, rotate_key
from console.organizations.actor import Actor
from console.organizations.errors import SignInNotFresh
from console.organizations.models import ApiKey, IdempotentCall, Organization
from environments.actions import start_promotion
from tests.api.calling import program
from tests.builders import a_ready_version
from tests.cast import Person

pytestmark = pytest.mark.django_db


def test_rotate_key__by_a_lesser_key_of_the_same_person__gives_no_text(
    organization: Organization, mara: Person
) -> None:
    admin = program(mara, organization, "org_admin", pushes=True)
    lesser = program(mara, organization, "developer", name="leaked")

    answer = lesser.post(f"/api-keys/{admin.key.pk}/rotate")

    assert (answer.status, answer.code) == (409, "conflict")
    admin.key.refresh_from_db()
    assert admin.key.replaced_by is None
    assert lesser.post(f"/api-keys/{lesser.key.pk}/rotate").status == 201


def test_rotate_key__by_an_old_sign_in__asks_who_it_is(organization: Organization, mara: Person) -> None:
    key = program(mara, organization, "org_admin", pushes=True).key

    mara.stale_client().post(f"/o/{organization.slug}/settings/api-keys/{key.pk}/rotate")

    with pytest.raises(SignInNotFresh):
        rotate_key(key, actor=_old_sign_in(mara))
    assert ApiKey.objects.count() == 1


def test_create_key__by_a_key__reaches_no_further_than_it(organization: Organization, mara: Person) -> None:
    short = program(mara, organization, "org_admin", name="short", environments=["staging"], days=2)

    for places in ([], ["production"], ["staging", "production"]):
        answer = short.post("/api-keys", {"name": "child", "role": "auditor", "environments": places})
        assert answer.code == "permission_denied", places
    wanted = {"name": "child", "role": "auditor", "environments": ["staging"], "expires_in_days": 300}
    made = program(mara, organization, "org_admin", name="all", days=2)
    assert made.post("/api-keys", wanted).status == 201
    assert ApiKey.objects.get(name="child").expires_at <= made.key.expires_at


def test_idempotency__of_a_made_key__keeps_its_text_nowhere(organization: Organization, dana: Person) -> None:
    developer = program(dana, organization, "developer")
    wanted = {"name": "CI", "role": "developer"}

    made = developer.post("/api-keys", wanted, idempotency_key="once")
    again = developer.post("/api-keys", wanted, idempotency_key="once")

    assert made.status == 201
    assert made.body["key"].encode() not in bytes(IdempotentCall.objects.get(key="once").body)
    assert (again.status, again.code) == (409, "answer_lost")
    assert ApiKey.objects.filter(name="CI").count() == 1


def test_cancel_job__by_a_key_of_the_starter_that_could_not_have_started_it__is_refused(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    a_ready_version(organization, author=dana, tester=quinn)
    job = start_promotion(organization, actor=mara.actor(), source="staging", target="production", ticket="OPS-1")

    answer = program(mara, organization, "auditor").post(f"/jobs/{job.pk}/cancel")

    assert answer.code == "permission_denied"
    job.refresh_from_db()
    assert job.cancel_asked_at is None


def test_create_key__lasting_longer_by_a_person__stays_possible(organization: Organization, mara: Person) -> None:
    made = create_key(organization, actor=mara.actor(), name="K", role="auditor", days=300)

    assert made.key.expires_at > timezone.now() + timedelta(days=299)


def _old_sign_in(person: Person) -> Actor:
    return replace(person.actor(), proven_at=timezone.now() - timedelta(minutes=16))
