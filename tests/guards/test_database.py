"""The database stands behind the rules: what no code of ours may do, PostgreSQL refuses to anybody (G10)."""

from typing import Any

import pytest
from django.db import Error, connection, transaction

from agents.models import Draft, Version
from console.organizations.models import Organization
from environments.models import Deployment, Pin, Release, SignOff
from tests.builders import a_small_agent, pushed
from tests.cast import Person, found, new_account

pytestmark = pytest.mark.django_db

IMMUTABLE = [
    "agents_part",
    "agents_manifest",
    "agents_version",
    "environments_deployment",
    "environments_signoff",
    "audit_event",
]


def refused(sql: str, *values: Any) -> bool:
    """Whether the database itself refuses the statement, at once or when its constraints are checked."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except Error:
        return True
    return False


@pytest.mark.parametrize("table", IMMUTABLE)
def test_history__update_delete_and_truncate__are_refused_by_the_database(
    table: str, organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    pushed(a_small_agent(organization, dana), dana, quinn, mara, "v1")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - the tables are listed above
        assert cursor.fetchone()[0] > 0

    assert refused(f"UPDATE {table} SET organization_id = organization_id")  # noqa: S608
    assert refused(f"DELETE FROM {table}")  # noqa: S608
    assert refused(f"TRUNCATE {table} CASCADE")


def test_rows__pointing_into_another_organization__are_refused_by_the_database(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    ours = a_small_agent(organization, dana)
    pushed(ours, dana, quinn, mara, "v1")
    kim = new_account("kim@example.com", "Kim Ito")
    elsewhere = found(kim, "elsewhere", "Elsewhere")
    theirs = a_small_agent(elsewhere, kim)
    foreign = theirs.draft
    version = Version.objects.get(agent=ours)

    assert refused("UPDATE agents_draft SET manifest_id = %s WHERE agent_id = %s", foreign.manifest_id, ours.pk)
    assert refused("UPDATE agents_draft SET base_id = %s WHERE agent_id = %s", version.pk, theirs.pk)
    assert refused("UPDATE environments_release SET agent_id = %s WHERE version_id = %s", theirs.pk, version.pk)
    assert refused("UPDATE environments_pin SET organization_id = %s", elsewhere.pk)
    assert refused("UPDATE environments_pin SET environment_id = %s", elsewhere.environments.first().pk)  # type: ignore[union-attr]


def test_pin__another_version_without_its_deployment__is_refused_by_the_database(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_small_agent(organization, dana)
    pushed(agent, dana, quinn, mara, "v1")
    second = pushed(agent, dana, quinn, mara, "v2")
    first = Version.objects.get(agent=agent, number=1)

    assert refused("UPDATE environments_pin SET version_id = %s WHERE version_id = %s", first.pk, second.pk)


def test_rules__a_second_pin_a_number_twice_an_unknown_state__are_refused_by_the_database(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_small_agent(organization, dana)
    version = pushed(agent, dana, quinn, mara, "v1")

    assert refused(
        "INSERT INTO environments_pin (organization_id, agent_id, environment_id, version_id, deployment_id)"
        " SELECT organization_id, agent_id, environment_id, version_id, deployment_id FROM environments_pin LIMIT 1"
    )
    assert refused("UPDATE environments_release SET state = 'live' WHERE version_id = %s", version.pk)
    assert refused("UPDATE organizations_user SET is_superuser = true")
    assert refused("UPDATE organizations_membership SET roles = '{}'")
    assert (Pin.objects.count(), Release.objects.count(), Draft.objects.count()) == (2, 1, 1)
    assert (Deployment.objects.count(), SignOff.objects.count()) == (2, 1)
