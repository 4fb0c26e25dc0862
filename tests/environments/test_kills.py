"""The process dies between any two statements of a verb: nothing happened, or everything did (G7).

A child process runs the verb on a connection of its own and kills itself before its n-th statement,
for every n up to the first run that gets through; commits count as statements, so that one kill falls
between the last statement and the commit.
"""

import os
import signal
from collections.abc import Callable
from typing import Any, cast

import pytest
from django.db import connection, connections

from agents.models import Agent, Version
from audit.models import Event
from console.organizations.models import Organization
from environments.actions import mark_ready, publish, push_to_production, rollback
from environments.models import Deployment, Hold, SignOff
from tests.builders import a_small_agent, approved, edited, published, pushed
from tests.cast import Person
from tests.environments.standing import served, state_of

pytestmark = pytest.mark.django_db(transaction=True)

MOST_STATEMENTS = 120


def outcome_of_dying_everywhere(agent: Agent, act: Callable[[], object]) -> tuple[int, dict[str, Any]]:
    """Run the act in children that die before statement 1, 2, ... until it is through or was committed.

    After each death before the commit all facts are as before. Returns the deaths and the facts at the end;
    a death after the commit (the checkpoint file is written then) leaves everything, like a life.
    """
    before = facts(agent)
    for statement in range(1, MOST_STATEMENTS):
        lived = _child(act, statement) == 0
        if lived or facts(agent) != before:
            return statement - 1, facts(agent)
    return pytest.fail("the verb never got through")


def _child(act: Callable[[], object], statement: int) -> int:
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            return signal.SIGKILL
        assert os.waitstatus_to_exitcode(status) == 0, "the verb was refused or failed"
        return 0
    try:
        # The parent's connection must not be ended by the child, so it is forgotten, not closed.
        connections["default"].connection = None
        _die_before(statement)
        act()
    except BaseException:  # noqa: BLE001 - the child must never return into pytest
        os._exit(1)
    os._exit(0)


def _die_before(statement: int) -> None:
    seen = 0

    def count() -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        count()
        return execute(sql, params, many, context)

    connection.execute_wrappers.append(wrapper)
    database = cast("Any", connection)
    commit = database._commit

    def counted_commit() -> None:
        count()
        commit()

    database._commit = counted_commit


def facts(agent: Agent) -> dict[str, Any]:
    """Everything that a verb may leave behind, as plain values."""
    versions = Version.objects.filter(agent=agent).order_by("number")
    return {
        "served": served(agent),
        "states": {version.number: state_of(version) for version in versions},
        "moves": Deployment.objects.filter(agent=agent).count(),
        "decisions": SignOff.objects.filter(agent=agent).count(),
        "holds": Hold.objects.filter(agent=agent, lifted_at=None).count(),
        "events": Event.objects.filter(agent_id=agent.pk).count(),
    }


def test_publish__killed_anywhere__leaves_nothing_or_everything(organization: Organization, dana: Person) -> None:
    agent = a_small_agent(organization, dana)
    published(agent, dana, "v1")
    edited(agent, dana, "v2")
    before = facts(agent)

    deaths, after = outcome_of_dying_everywhere(agent, lambda: publish(agent, actor=dana.actor()))

    assert deaths > 20
    assert (after["served"], after["states"]) == ({"staging": 2}, {1: "superseded", 2: "staging"})
    assert (after["moves"], after["events"]) == (before["moves"] + 1, before["events"] + 1)


def test_mark_ready__killed_anywhere__leaves_nothing_or_everything(
    organization: Organization, dana: Person, quinn: Person
) -> None:
    agent = a_small_agent(organization, dana)
    published(agent, dana, "v1")
    before = facts(agent)

    deaths, after = outcome_of_dying_everywhere(agent, lambda: mark_ready(agent, actor=quinn.actor(), number=1))

    assert deaths > 10
    assert (after["states"], after["decisions"], after["events"]) == ({1: "ready"}, 1, before["events"] + 1)


def test_push_to_production__killed_anywhere__leaves_nothing_or_everything(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_small_agent(organization, dana)
    pushed(agent, dana, quinn, mara, "v1")
    approved(agent, dana, quinn, "v2")
    before = facts(agent)

    deaths, after = outcome_of_dying_everywhere(agent, lambda: push_to_production(agent, actor=mara.actor(), number=2))

    assert deaths > 10
    assert (after["served"]["production"], after["states"]) == (2, {1: "superseded", 2: "production"})
    assert (after["moves"], after["events"]) == (before["moves"] + 1, before["events"] + 1)


def test_rollback__killed_anywhere__leaves_nothing_or_everything(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_small_agent(organization, dana)
    pushed(agent, dana, quinn, mara, "v1")
    pushed(agent, dana, quinn, mara, "v2")
    before = facts(agent)

    def act() -> None:
        rollback(agent, actor=mara.actor(), environment="production", number=1, reason="Wrong answers")

    deaths, after = outcome_of_dying_everywhere(agent, act)

    assert deaths > 10
    assert (after["served"]["production"], after["holds"]) == (1, 1)
    assert after["states"] == {1: "production", 2: "rolled_back"}
    assert (after["moves"], after["events"]) == (before["moves"] + 1, before["events"] + 1)
