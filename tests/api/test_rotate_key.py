"""rotate_key: a successor with the same limits; the old key works for the overlap only."""

import pytest

from audit.models import Event
from console.organizations.actions import revoke_key
from console.organizations.models import ApiKey, Organization
from tests.api.calling import Program, program
from tests.cast import Person

pytestmark = pytest.mark.django_db


def test_rotate_key__own_key__gives_a_successor_and_both_work(organization: Organization, mara: Person) -> None:
    old = program(mara, organization, "org_admin", pushes=True)

    made = old.post(f"/api-keys/{old.key.pk}/rotate", {"overlap_hours": 1})

    assert made.status == 201
    new = Program(ApiKey.objects.get(pk=made.body["id"]), made.body["key"])
    assert (new.key.name, new.key.role, new.key.may_push) == (old.key.name, "org_admin", True)
    assert old.get("/me").status == new.get("/me").status == 200
    old.key.refresh_from_db()
    assert (old.key.expires_at - new.key.created_at).total_seconds() == 3601
    assert old.key.replaced_by == new.key
    assert Event.objects.filter(verb="key.rotated", outcome="done").count() == 1
    assert old.post(f"/api-keys/{old.key.pk}/rotate").code == "conflict"


def test_rotate_key__somebody_elses__is_refused(organization: Organization, dana: Person, mara: Person) -> None:
    developer, admin = program(dana, organization, "developer"), program(mara, organization, "org_admin")

    assert developer.post(f"/api-keys/{admin.key.pk}/rotate").status == 404
    assert admin.post(f"/api-keys/{developer.key.pk}/rotate").code == "conflict"
    assert admin.post("/api-keys/nonsense/rotate").status == 404
    assert developer.post(f"/api-keys/{developer.key.pk}/rotate", {"overlap_hours": 999}).status == 422


def test_rotate_key__ended__is_refused(organization: Organization, dana: Person) -> None:
    first, second = program(dana, organization, "developer"), program(dana, organization, "developer", name="B")
    revoke_key(first.key, actor=dana.actor())

    assert second.post(f"/api-keys/{first.key.pk}/rotate").code == "conflict"
