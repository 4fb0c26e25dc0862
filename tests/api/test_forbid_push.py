"""forbid_push: the permission to push is gone with the next call."""

import pytest

from console.organizations.actions import forbid_push
from console.organizations.errors import Conflict, PermissionMissing
from console.organizations.models import Organization
from tests.api.calling import program
from tests.cast import Person


@pytest.mark.django_db
def test_forbid_push__allowed_key__may_not_push_any_more(
    organization: Organization, dana: Person, mara: Person
) -> None:
    admin = program(mara, organization, "org_admin", pushes=True)
    assert "push_to_production" in admin.get("/me").body["permissions"]

    with pytest.raises(PermissionMissing):
        forbid_push(admin.key, actor=dana.actor())
    forbid_push(admin.key, actor=mara.actor())

    assert "push_to_production" not in admin.get("/me").body["permissions"]
    with pytest.raises(Conflict):
        forbid_push(admin.key, actor=mara.actor())
