"""revoke_key: at once, one's own, or any for who manages keys."""

import pytest

from audit.models import Event
from console.organizations.models import Organization
from tests.api.calling import program
from tests.cast import Person

pytestmark = pytest.mark.django_db


def test_revoke_key__own__opens_nothing_from_the_next_call_on(organization: Organization, dana: Person) -> None:
    developer = program(dana, organization, "developer")

    assert developer.call("DELETE", f"/api-keys/{developer.key.pk}").status == 204

    assert developer.get("/me").status == 401
    assert Event.objects.filter(verb="key.revoked", outcome="done").count() == 1


def test_revoke_key__of_another__needs_the_right(
    organization: Organization, other_organization: Organization, dana: Person, mara: Person, avery: Person, sam: Person
) -> None:
    developer, admin = program(dana, organization, "developer"), program(mara, organization, "org_admin")
    auditor, stranger = program(avery, organization, "auditor"), program(sam, other_organization, "org_admin")
    address = f"/api-keys/{developer.key.pk}"

    assert auditor.call("DELETE", address).code == "permission_denied"
    assert stranger.call("DELETE", address).status == 404
    assert developer.get("/me").status == 200
    assert admin.call("DELETE", address).status == 204
    assert developer.get("/me").status == 401
    assert admin.call("DELETE", address).code == "conflict"
