"""Role x state x verb: the workflow as one literal table.

Each cell is what happens when that role tries that verb on a version in that state: `ok`, or the code of
the refusal. The version's author is Dana; who tries is another person with that role alone.
"""

from collections.abc import Callable

import pytest

from agents.models import Agent, Version
from audit.models import Event
from console.organizations.errors import Refusal
from console.organizations.models import Organization
from environments.actions import (
    activate,
    lift_hold,
    mark_ready,
    promote,
    push_to_production,
    request_changes,
    revoke_ready,
    rollback,
    withdraw_request,
)
from tests.builders import version_in
from tests.cast import Person, join, new_account
from tests.environments.standing import state_of

STATES = ["staging", "changes_requested", "ready", "production", "superseded", "rolled_back"]
NO = "permission_denied"
ILLEGAL = "illegal_transition"

# verb -> role -> what happens in the states above, in their order.
# fmt: off
TABLE = {
    "promote": {
        "developer": ["unchanged", "unchanged", "unchanged", "unchanged", "ok", "on_hold"],
        "org_admin": ["unchanged", "unchanged", "unchanged", "unchanged", "ok", "on_hold"],
        "qa":        [NO] * 6,
        "auditor":   [NO] * 6,
    },
    "mark_ready": {
        "developer": [NO] * 6,
        "org_admin": [NO] * 6,
        "qa":        ["ok", ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL],
        "auditor":   [NO] * 6,
    },
    "request_changes": {
        "developer": [NO] * 6,
        "org_admin": [NO] * 6,
        "qa":        ["ok", ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL],
        "auditor":   [NO] * 6,
    },
    "withdraw_request": {
        "developer": [NO] * 6,
        "org_admin": [NO] * 6,
        "qa":        [ILLEGAL, "ok", ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL],
        "auditor":   [NO] * 6,
    },
    "revoke_ready": {
        "developer": [NO] * 6,
        "org_admin": [ILLEGAL, ILLEGAL, "ok", ILLEGAL, ILLEGAL, ILLEGAL],
        "qa":        [ILLEGAL, ILLEGAL, "ok", ILLEGAL, ILLEGAL, ILLEGAL],
        "auditor":   [NO] * 6,
    },
    "push_to_production": {
        "developer": [NO] * 6,
        "org_admin": [ILLEGAL, ILLEGAL, "ok", "unchanged", "approval_stale", "on_hold"],
        "qa":        [NO] * 6,
        "auditor":   [NO] * 6,
    },
    "activate_in_production": {
        "developer": [NO] * 6,
        "org_admin": [ILLEGAL, ILLEGAL, "ok", "unchanged", "approval_stale", "on_hold"],
        "qa":        [NO] * 6,
        "auditor":   [NO] * 6,
    },
    "rollback": {
        "developer": [NO] * 6,
        "org_admin": ["environment_unpinned", "environment_unpinned", "environment_unpinned",
                      "unchanged", "ok", "on_hold"],
        "qa":        [NO] * 6,
        "auditor":   [NO] * 6,
    },
    "lift_hold": {
        "developer": [NO] * 6,
        "org_admin": [ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, "ok"],
        "qa":        [NO] * 6,
        "auditor":   [NO] * 6,
    },
}
# fmt: on

AFTER = {
    "promote": "staging",
    "mark_ready": "ready",
    "request_changes": "changes_requested",
    "withdraw_request": "staging",
    "revoke_ready": "staging",
    "push_to_production": "production",
    "activate_in_production": "production",
    "rollback": "production",
    "lift_hold": "superseded",
}


def attempt(name: str, agent: Agent, version: Version, person: Person) -> str:
    """Try the verb and say what happened."""
    actor, number = person.actor(), version.number
    calls: dict[str, Callable[[], object]] = {
        "promote": lambda: promote(agent, actor=actor, number=number, environment="staging"),
        "mark_ready": lambda: mark_ready(agent, actor=actor, number=number),
        "request_changes": lambda: request_changes(agent, actor=actor, number=number, reason="No"),
        "withdraw_request": lambda: withdraw_request(agent, actor=actor, number=number),
        "revoke_ready": lambda: revoke_ready(agent, actor=actor, number=number, reason="No"),
        "push_to_production": lambda: push_to_production(agent, actor=actor, number=number),
        "activate_in_production": lambda: activate(agent, actor=actor, number=number, environment="production"),
        "rollback": lambda: rollback(agent, actor=actor, environment="production", number=number, reason="No"),
        "lift_hold": lambda: lift_hold(agent, actor=actor, number=number, reason="Fixed"),
    }
    try:
        calls[name]()
    except Refusal as refusal:
        return refusal.code
    return "ok"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ["developer", "qa", "org_admin", "auditor"])
def test_verbs__role_and_state__do_what_the_table_says(
    role: str, state: str, organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    person = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, person, role)
    column = STATES.index(state)
    agent, version = version_in(state, organization, developer=dana, tester=quinn, admin=mara)

    # Refusals first: they change nothing, so one version serves them all.
    for name, rows in sorted(TABLE.items(), key=lambda row: row[1][role][column] == "ok"):
        expected = rows[role][column]
        if state_of(version) != state:
            agent, version = version_in(state, organization, developer=dana, tester=quinn, admin=mara, slug=name)
        before = Event.objects.filter(organization=organization).count()

        outcome = attempt(name, agent, version, person)

        assert outcome == expected, f"{role} {name} {state}"
        assert state_of(version) == (AFTER[name] if expected == "ok" else state)
        event = Event.objects.filter(organization=organization).newest_first()[0]
        assert Event.objects.filter(organization=organization).count() == before + 1
        assert (event.outcome, event.refusal) == (("done", "") if expected == "ok" else ("refused", expected))
        assert event.actor == person.user
