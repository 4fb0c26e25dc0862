"""create_key: shown once, never more than its maker, for ninety days (G26, T41)."""

from datetime import timedelta

import pytest

from audit.models import Event
from console.organizations.actions import create_key
from console.organizations.errors import PermissionMissing
from console.organizations.keys import digest_of
from console.organizations.models import ApiKey, Organization
from console.organizations.policies import permissions_on
from tests.api.calling import program
from tests.cast import Person, join, new_account

pytestmark = pytest.mark.django_db


def test_create_key__by_program__is_shown_once_and_kept_as_a_digest(organization: Organization, dana: Person) -> None:
    developer = program(dana, organization, "developer")

    made = developer.post("/api-keys", {"name": "CI", "role": "developer"})

    assert made.status == 201
    key = ApiKey.objects.get(name="CI")
    assert (key.digest, key.prefix) == (digest_of(made.body["key"]), made.body["key"][:12])
    assert developer.key.expires_at - developer.key.created_at == timedelta(days=90)
    assert key.expires_at == developer.key.expires_at  # what a key makes ends with it
    assert (key.kind, key.may_push, key.owner) == ("personal", False, dana.user)
    listed = developer.get("/api-keys").body["items"]
    assert [one["name"] for one in listed] == ["CI", "developer of Dana Reyes"]
    assert made.body["key"] not in str(listed)
    event = Event.objects.filter(verb="key.created").newest_first()[0]
    assert (event.outcome, event.data["key"]["name"]) == ("done", "developer of Dana Reyes")
    assert made.body["key"][12:] not in str(event.data)


def test_create_key__of_a_role_its_maker_lacks__is_refused(organization: Organization, dana: Person) -> None:
    developer = program(dana, organization, "developer")

    answer = developer.post("/api-keys", {"name": "Up", "role": "org_admin"})

    assert (answer.status, answer.code) == (403, "permission_denied")
    assert not ApiKey.objects.filter(name="Up").exists()
    assert Event.objects.filter(verb="key.created", outcome="refused").count() == 1


def test_create_key__for_a_service_account__needs_the_right_to_manage_keys(
    organization: Organization, dana: Person, mara: Person
) -> None:
    service = {"name": "Deploys", "role": "developer", "kind": "service"}

    assert program(dana, organization, "developer").post("/api-keys", service).code == "permission_denied"
    assert program(mara, organization, "org_admin").post("/api-keys", service).status == 201


def test_create_key__bad_input__is_named(organization: Organization, dana: Person) -> None:
    developer = program(dana, organization, "developer")

    for body in (
        {"name": "", "role": "developer"},
        {"name": "x" * 101, "role": "developer"},
        {"name": "K", "role": "boss"},
        {"name": "K", "role": "developer", "expires_in_days": 0},
        {"name": "K", "role": "developer", "may_push": True},
    ):
        answer = developer.post("/api-keys", body)
        assert (answer.status, answer.code) == (422, "invalid"), body
    assert developer.post("/api-keys", {"name": "DEVELOPER of dana reyes", "role": "developer"}).code == "slug_taken"


def test_key__rights__are_those_of_role_and_owner_at_this_moment(
    organization: Organization, other_organization: Organization, mara: Person
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    membership = join(organization, mara, robin, "developer")
    user = robin.user
    user.key = create_key(organization, actor=robin.actor(), name="K", role="developer").key

    assert permissions_on(user, organization) == permissions_on(robin.user, organization)
    assert permissions_on(user, other_organization) == frozenset()
    user.key.role = "auditor"
    assert permissions_on(user, organization) == {
        "view_agent_releases",
        "view_development",
        "view_draft",
        "create_own_keys",
        "view_own_events",
    }
    membership.delete()


def test_key__of_an_assistant__never_decides(organization: Organization, mara: Person) -> None:
    user = mara.user
    user.key = create_key(organization, actor=mara.actor(), name="K", role="org_admin", kind="assistant").key

    held = permissions_on(user, organization)

    assert {"edit_draft", "promote_to_staging"} <= held
    assert not held & {"mark_ready", "revoke_ready", "push_to_production", "roll_back", "lift_hold", "manage_keys"}


def test_key__of_a_person_who_left__opens_nothing(organization: Organization, dana: Person) -> None:
    developer = program(dana, organization, "developer")
    dana.user.is_active = False
    dana.user.save(update_fields=["is_active"])

    assert developer.get("/me").status == 401


def test_create_key__by_a_stranger__is_refused(organization: Organization, sam: Person) -> None:
    with pytest.raises(PermissionMissing):
        create_key(organization, actor=sam.actor(), name="K", role="developer")


@pytest.mark.parametrize("slug", ["nul\0", "x" * 64, "Staging", ""])
def test_create_key__for_what_no_environment_is_called__is_invalid(
    slug: str, organization: Organization, dana: Person
) -> None:
    wanted = {"name": "CI", "role": "developer", "environments": [slug]}

    answer = program(dana, organization, "developer").post("/api-keys", wanted)

    assert (answer.status, answer.code) == (422, "invalid")
