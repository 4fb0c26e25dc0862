"""The published role table, literally; the code and the database agree with it."""

import pytest
from django.contrib.auth.models import Permission
from guardian.core import ObjectPermissionChecker

from agents.grants import grant_role
from console.organizations.models import Organization
from console.organizations.policies import held_on, permissions_on
from console.organizations.roles import PERMISSIONS, ROLE_PERMISSIONS, Role, permissions_of
from tests.builders import an_agent
from tests.cast import Person, join, new_account

# fmt: off
TABLE = {                 # developer  qa     org_admin auditor
    "view_agent_releases": (True,     True,  True,     True),
    "view_development":    (True,     False, True,     True),
    "view_draft":          (True,     False, True,     True),
    "edit_draft":          (True,     False, True,     False),
    "promote_to_staging":  (True,     False, True,     False),
    "view_staging":        (False,    True,  True,     True),
    "mark_ready":          (False,    True,  False,    False),
    "revoke_ready":        (False,    True,  True,     False),
    "approve_release":     (False,    True,  True,     False),
    "view_production":     (False,    False, True,     True),
    "push_to_production":  (False,    False, True,     False),
    "roll_back":           (False,    False, True,     False),
    "lift_hold":           (False,    False, True,     False),
    "break_glass":         (False,    False, True,     False),
    "create_agent":        (True,     False, True,     False),
    "archive_agent":       (False,    False, True,     False),
    "view_members":        (False,    False, True,     True),
    "manage_members":      (False,    False, True,     False),
    "view_settings":       (False,    False, True,     True),
    "manage_settings":     (False,    False, True,     False),
    "manage_environments": (False,    False, True,     False),
    "create_own_keys":     (True,     True,  True,     True),
    "manage_webhooks":     (False,    False, True,     False),
    "manage_keys":         (False,    False, True,     False),
    "view_own_events":     (True,     True,  True,     True),
    "view_release_events": (False,    True,  True,     True),
    "view_all_events":     (False,    False, True,     True),
}
# fmt: on
ROLES = (Role.DEVELOPER, Role.QA, Role.ORG_ADMIN, Role.AUDITOR)


def test_roles__all__carry_what_the_table_says() -> None:
    carried = {name: tuple(name in ROLE_PERMISSIONS[role] for role in ROLES) for name in PERMISSIONS}

    assert carried == TABLE


def known_permissions() -> set[str]:
    """The permissions that the database knows for organizations."""
    return set(Permission.objects.filter(content_type__model="organization").values_list("codename", flat=True))


@pytest.mark.django_db
def test_database__permissions__are_those_of_the_table() -> None:
    assert known_permissions() == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_permissions_on__member_with_one_role__are_the_role_s_and_end_with_the_person(
    role: Role, organization: Organization, other_organization: Organization, mara: Person
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, robin, role.value)

    assert permissions_on(robin.user, organization) == permissions_of(role, organization)
    assert permissions_on(robin.user, other_organization) == frozenset()
    robin.user.is_active = False
    assert permissions_on(robin.user, organization) == frozenset()


def test_held_on__anybody_and_anything__is_what_guardian_says(
    organization: Organization, mara: Person, dana: Person, quinn: Person, avery: Person, sam: Person
) -> None:
    agent = an_agent(organization, dana)
    grant_role(agent, actor=mara.actor(), user=avery.user, role="developer")
    people = [person.user for person in (mara, dana, quinn, avery, sam)]

    for subject in (organization, agent):
        for user in people:
            assert held_on(user, subject) == frozenset(ObjectPermissionChecker(user).get_perms(subject))
    assert "edit_draft" in held_on(avery.user, agent)
    sam.user.is_superuser = True
    assert held_on(sam.user, organization) == known_permissions()
