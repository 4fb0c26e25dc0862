"""The page of API keys: shown once, own ones for everybody, all for who manages them (ux.md S24)."""

import pytest

from console.organizations.models import ApiKey, Organization
from tests.api.calling import BASE, program
from tests.cast import Person
from tests.pages import by_id, page, words

pytestmark = pytest.mark.django_db
ADDRESS = "/o/harbourline/settings/api-keys"
NEW = {"name": "CI", "role": "developer", "kind": "personal", "environments": "", "days": "30"}


def test_keys_page__new_key__is_shown_once_and_works(organization: Organization, dana: Person) -> None:
    client = dana.client()

    made = client.post(ADDRESS, NEW)

    secret = str(by_id(made, "new-key").get("value"))
    assert client.get(f"{BASE}/me", headers={"x-api-key": secret}).json()["name"] == "Dana Reyes"
    listed = client.get(ADDRESS)
    assert secret not in listed.content.decode()
    assert "CI" in words(by_id(listed, "api-keys"))
    assert client.post(ADDRESS, NEW).status_code == 422
    assert client.post(ADDRESS, NEW | {"name": "Up", "role": "org_admin"}).status_code == 403


def test_keys_page__rotate_revoke_and_pushes__follow_the_rights(
    organization: Organization, dana: Person, mara: Person, quinn: Person
) -> None:
    key = program(dana, organization, "developer").key
    mine, admins, others = dana.client(), mara.client(), quinn.client()

    assert others.post(f"{ADDRESS}/{key.pk}/revoke").status_code == 404
    assert mine.post(f"{ADDRESS}/{key.pk}/push", {"may_push": "yes"}).status_code == 403
    assert admins.post(f"{ADDRESS}/{key.pk}/push", {"may_push": "yes"}).status_code == 302
    assert "may push" in words(by_id(admins.get(ADDRESS), f"key-{key.pk}"))
    assert page(mine.post(f"{ADDRESS}/{key.pk}/rotate")).get_element_by_id("new-key").get("value")
    assert mine.post(f"{ADDRESS}/{key.pk}/revoke").status_code == 302
    assert ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=False).exists()
    assert "Demo" not in words(page(others.get(ADDRESS)))
