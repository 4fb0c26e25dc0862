"""How an organization begins: /setup once, afterwards never."""

from console.organizations.models import Organization
from console.organizations.policies import permissions_on
from tests.cast import Person


def test_found_organization__by_a_person__makes_them_org_admin(organization: Organization, mara: Person) -> None:
    assert "push_to_production" in permissions_on(mara.user, organization)
    assert "mark_ready" not in permissions_on(mara.user, organization)


def test_cast(organization, mara, dana, quinn, avery, sam) -> None:
    assert "view_draft" in permissions_on(dana.user, organization)
    assert not permissions_on(sam.user, organization)
