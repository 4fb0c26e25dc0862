"""Whom the hot path serves: exactly those whom Django serves, and what it lets pass Django refuses in words."""

import re
from itertools import product

import pytest
from django.db import connection
from django.test import Client

from agents.grants import grant_role
from agents.models import Agent
from console.organizations.models import ApiKey, Organization, User
from console.organizations.roles import ASSISTANT_PERMISSIONS, Role, permissions_of
from environments.serving.lookup import AGENTS, PLACES, statement
from tests.api.calling import call, program
from tests.builders import a_candidate, a_live_version, an_agent, published
from tests.cast import Person, join, new_account
from tests.serving.asking import at, door

pytestmark = pytest.mark.django_db(transaction=True)

QUERIES = [
    "",
    "?environment=staging",
    "?environment=development",
    "?version=1",
    "?version=3",
]


def test_every_key__asking_every_way__is_served_as_by_django(
    organization: Organization,
    dana: Person,
    quinn: Person,
    mara: Person,
    other_organization: Organization,
    sam: Person,
    settings: object,
) -> None:
    setattr(settings, "API_CALLS_PER_MINUTE", 100_000)  # noqa: B010
    agents = story(organization, dana, quinn, mara)
    lee, robin = new_account("lee@example.com", "Lee Park"), new_account("robin@example.com", "Robin Hale")
    join(organization, mara, lee, "qa")
    join(organization, mara, robin, "qa")
    grant_role(agents[2], actor=mara.actor(), user=lee.user, role="developer")
    callers = [
        program(mara, organization, "org_admin"),
        program(mara, organization, "org_admin", name="staging", environments=["staging"]),
        program(mara, organization, "org_admin", name="development", environments=["development"]),
        program(mara, organization, "org_admin", name="assistant", kind=ApiKey.Kind.ASSISTANT),
        program(mara, organization, "developer", name="less"),
        program(dana, organization, "developer"),
        program(quinn, organization, "qa"),
        program(lee, organization, "qa"),
        program(robin, organization, "qa"),
        program(sam, other_organization, "org_admin"),
    ]
    User.objects.filter(pk=robin.user.pk).update(is_active=False)
    served = 0

    with door() as entrance:
        for caller, agent, query in product(callers, agents, QUERIES):
            path = f"/agents/{agent.slug}/config{query}"
            django = call(caller.client, "GET", path, x_api_key=caller.secret)
            hot = at(entrance, path, caller.secret)
            assert hot.status == (django.status if django.status == 200 else 599), (caller.key.name, path, django.body)
            if hot.status == 200:
                assert hot.json == django.body, path
                served += 1
    assert served > 40


def story(organization: Organization, dana: Person, quinn: Person, mara: Person) -> list[Agent]:
    """One live with newer versions, one without any content in Staging, one only in Development."""
    live = a_live_version(organization, author=dana, tester=quinn, admin=mara, slug="live")
    published(live, dana, "Second")
    published(live, dana, "Third")
    tested = a_candidate(organization, author=dana, slug="tested", config={})
    private = an_agent(organization, dana, slug="private")
    return [live, tested, private]


def test_tables__that_a_lookup_reads__announce_their_changes() -> None:
    never_change = {"agents_version", "agents_manifest", "agents_part"}
    only_grow_with_a_pin = {"environments_deployment"}
    statements = [
        statement(way, place, has_key=has_key, permissions=(0,))
        for way in AGENTS
        for place in (*PLACES, None)
        for has_key in (False, True)
    ]
    read = {table for one in statements for table in re.findall(r"(?:FROM|JOIN) (\w+_\w+)", one)} - {"jsonb_each_text"}

    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE %s", ["%_announced"])
        announced = {table for (table,) in cursor.fetchall()}

    assert read - announced == never_change | only_grow_with_a_pin


def test_view_agent_releases__is_held_by_every_role__so_that_its_absence_means_no_right_at_all(
    organization: Organization,
) -> None:
    assert all("view_agent_releases" in permissions_of(role, organization) for role in Role)
    assert "view_agent_releases" in ASSISTANT_PERMISSIONS


def test_refusals__are_those_of_the_contract(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    story(organization, dana, quinn, mara)
    admin, tester = program(mara, organization, "org_admin"), program(quinn, organization, "qa")
    only_staging = program(mara, organization, "org_admin", name="CI", environments=["staging"])

    for caller, path, status, code in [
        (admin, "live/config?version=1&environment=staging", 400, "contradicting_parameters"),
        (admin, "live/config?environment=canary", 404, "not_found"),
        (admin, "live/config?version=9", 404, "not_found"),
        (admin, "live/config?version=-1", 400, "invalid_parameter"),
        (admin, "live/config?version=99999999999999999999", 400, "invalid_parameter"),
        (admin, "live/config?colour=red", 400, "unknown_parameter"),
        (admin, "tested/config", 404, "environment_unpinned"),
        (admin, "tested/config?environment=development", 404, "environment_unpinned"),
        (admin, "nobody/config", 404, "not_found"),
        (tester, "live/config", 403, "permission_denied"),
        (tester, "private/config", 404, "not_found"),
        (only_staging, "live/config", 403, "permission_denied"),
        (only_staging, "live/config?environment=staging", 200, ""),
    ]:
        answer = caller.get(f"/agents/{path}")
        assert (answer.status, answer.code) == (status, code), (path, answer.body)
    assert "limited to staging" in only_staging.get("/agents/live/config").body["detail"]
    assert "Org Admin" in tester.get("/agents/live/config").body["detail"]
    assert call(Client(), "GET", "/agents/live/config").status == 401
