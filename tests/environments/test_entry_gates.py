"""Every door x every gate of an environment: the same refusal, and nothing moves (issue: gates on every door)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent
from console.organizations.errors import Refusal
from console.organizations.models import Organization
from environments import bulk
from environments.actions import (
    Changes,
    activate,
    approve_release,
    change_environment,
    push_to_production,
    rollback,
    start_promotion,
)
from environments.models import Deployment, Environment, Job, JobItem, Pin
from tests.api.calling import program
from tests.builders import a_ready_version, approved
from tests.cast import Person, join, new_account

pytestmark = pytest.mark.django_db(transaction=True)

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def closed_window() -> dict[str, Any]:
    """A window that is not open at this moment, whatever the moment is."""
    other = DAYS[(timezone.now().weekday() + 3) % 7]
    return {"windows": [{"days": [other]}]}


# The rule of the environment -> the gate that fails, and what the verb answers.
GATES: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "soak": (lambda: {"soak_minutes": 60}, "gate_failed"),
    "approvals": (lambda: {"approvals": [{"role": "qa", "count": 2}]}, "gate_failed"),
    "not_frozen": (lambda: {"freeze": {"reason": "Black Friday"}}, "gate_failed"),
    "change_window": (closed_window, "gate_failed"),
    "service_accounts_only": (lambda: {"service_accounts_only": True}, "gate_failed"),
    "ticket": (lambda: {"ticket_pattern": "CHG-*"}, "gate_failed"),
}


def ruled(organization: Organization, admin: Person, rules: dict[str, Any]) -> Environment:
    """Production with these rules."""
    place = Environment.objects.get(organization=organization, kind="production")
    return change_environment(place, actor=admin.actor(), changes=Changes(rules=rules))


def by_verb(agent: Agent, admin: Person) -> str:
    try:
        push_to_production(agent, actor=admin.actor(), number=1, ticket="OPS-1")
    except Refusal as refusal:
        return refusal.code
    return "ok"


def by_activation(agent: Agent, admin: Person) -> str:
    try:
        activate(agent, actor=admin.actor(), number=1, environment="production", ticket="OPS-1")
    except Refusal as refusal:
        return refusal.code
    return "ok"


def by_program(agent: Agent, admin: Person) -> str:
    caller = program(admin, agent.organization, "org_admin", pushes=True, name="door")
    move = caller.get(f"/agents/{agent.slug}/deployments").body["items"][0]["id"]
    return caller.post(f"/agents/{agent.slug}/deployments/{move}/promote", {"ticket": "OPS-1"}).code or "ok"


def by_page(agent: Agent, admin: Person) -> str:
    address = f"/o/{agent.organization.slug}/agents/{agent.slug}/push"
    version = agent.versions.get()
    form = {"number": "1", "expected_digest": version.digest, "expected_live": "0", "note": "", "ticket": "OPS-1"}
    response = admin.client().post(address, form)
    return {302: "ok", 409: "gate_failed"}[response.status_code]


def in_bulk(agent: Agent, admin: Person) -> str:
    job = start_promotion(
        agent.organization, actor=admin.actor(), source="staging", target="production", agents=[agent], ticket="OPS-1"
    )
    bulk.run(Job.objects.get(pk=job.pk).pk)
    return JobItem.objects.get(job=job).code or "ok"


DOORS = [by_verb, by_activation, by_program, by_page, in_bulk]


@pytest.mark.parametrize("gate", GATES)
def test_gate__that_fails__stops_every_door(
    gate: str, organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    rules, code = GATES[gate]
    ruled(organization, mara, rules())
    agent = a_ready_version(organization, author=dana, tester=quinn)

    answers = {door.__name__: door(agent, mara) for door in DOORS}

    assert answers == {door.__name__: code for door in DOORS}
    assert not Pin.objects.filter(environment__kind="production").exists()
    reader = program(mara, organization, "org_admin", name="reader")
    told = {one["rule"]: one for one in reader.get(f"/agents/{agent.slug}/gates?environment=production").body}
    assert told[gate]["state"] in {"fail", "pending"}
    assert told[gate]["message"]


def test_gates__that_are_met__let_the_push_pass_and_stay_on_record(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    second = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, second, "qa")
    rules = {
        "soak_minutes": 1,
        "approvals": [{"role": "qa", "count": 2}],
        "ticket_pattern": "CHG-*",
        "windows": [{"days": DAYS, "since": "00:00", "until": "23:59:59"}],
        "export_kept": True,
        "document_valid": True,
        "service_accounts_only": True,
    }
    ruled(organization, mara, rules)
    agent = a_ready_version(organization, author=dana, tester=quinn)
    approve_release(agent, actor=second.actor(), number=1)
    aged = Pin.objects.get(agent=agent).deployment
    later = program(mara, organization, "org_admin", pushes=True, kind="service", name="pipeline")
    _grow_older(aged)

    pushed = later.post(f"/agents/{agent.slug}/deployments/{aged.pk}/promote", {"ticket": "CHG-7"})

    assert pushed.status == 201, pushed.body
    gates = {gate["rule"]: gate["state"] for gate in Deployment.objects.get(action="push").gates}
    assert gates == dict.fromkeys(gates, "pass")
    assert set(gates) > {"soak", "approvals", "change_window", "service_accounts_only", "export_kept", "document_valid"}


def test_freeze__never_blocks_a_rollback(organization: Organization, dana: Person, quinn: Person, mara: Person) -> None:
    agent = a_ready_version(organization, author=dana, tester=quinn)
    push_to_production(agent, actor=mara.actor(), number=1)
    approved(agent, dana, quinn, "You are brief.\n")
    push_to_production(agent, actor=mara.actor(), number=2)
    ruled(organization, mara, {"freeze": {"reason": "Holidays"}})

    move = rollback(agent, actor=mara.actor(), environment="production", number=1, reason="Wrong")

    assert move.version.number == 1


def _grow_older(move: Deployment) -> None:
    """Let a move have happened two minutes ago; the table refuses updates, so the test goes around its trigger."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = 'replica'")
        cursor.execute(
            "UPDATE environments_deployment SET at = %s WHERE id = %s", [move.at - timedelta(minutes=2), move.pk]
        )
        cursor.execute("SET session_replication_role = 'origin'")
