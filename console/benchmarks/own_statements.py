"""A release act against its own SQL statements (performance.md P4: at most three times as long).

Each act is done from the same state again and again, by its verb and by a call of the API (through all of Django,
without a socket), in turns with the statements that the verb sent, run by psycopg alone. Everything is taken back each
time, so that no side waits for a disk; psycopg then forgets what was prepared, which costs only the acts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from agents.actions import create_agent, save_section, section_token
from agents.models import Agent, Draft
from console.benchmarks.measuring import Series
from console.benchmarks.people import Crew
from console.organizations.actions import allow_push, create_key
from console.organizations.actor import Actor
from environments.actions import mark_ready, publish, push_to_production, rollback
from environments.models import Deployment

Statement = tuple[Any, Any]
PATH = "/api/v1/agents/{}/deployments/{}"


@dataclass(frozen=True)
class Against:
    """One act, in turns with its own statements."""

    act: Series
    own: Series

    @property
    def ratio(self) -> float:
        """How much longer the act takes than its statements."""
        return self.act.p50 / self.own.p50


def measure(crew: Crew, rounds: int) -> list[Against]:
    """Promote, push and rollback, by the verb and through the API, against what the verb alone sends."""
    ready, live = _agent(crew, "ready"), _agent(crew, "live")
    _publish(crew, ready, 2)
    _push(crew, live, 2)
    _edit(crew, ready, 3)
    tested = Deployment.objects.get(agent=ready, version__number=2, environment__kind="staging").pk
    left = Deployment.objects.get(agent=live, version__number=1, environment__kind="production").pk
    why, keyed = "It promises refunds", partial(_call, crew)
    moves = {
        "promote to Staging": (
            partial(publish, ready, actor=crew.developer),
            keyed(crew.developer, "developer", ready, "publish", {}),
        ),
        "push to Production": (
            partial(push_to_production, ready, actor=crew.admin, number=2),
            keyed(crew.admin, "org_admin", ready, f"{tested}/promote", {}),
        ),
        "rollback": (
            partial(rollback, live, actor=crew.admin, environment="production", number=1, reason=why),
            keyed(crew.admin, "org_admin", live, f"{left}/rollback", {"reason": why}),
        ),
    }
    return [found for name, (act, call) in moves.items() for found in _against(name, act, call, rounds)]


def _agent(crew: Crew, slug: str) -> Agent:
    """An agent of 1 KB whose first version is live."""
    config = {"prompt": "Prompt. " * 125}
    agent = create_agent(crew.organization, actor=crew.developer, slug=f"own-{slug}", name=slug.title(), config=config)
    _push(crew, agent, 1)
    return agent


def _edit(crew: Crew, agent: Agent, number: int) -> None:
    token = section_token(Draft.objects.select_related("manifest").get(agent=agent), "prompt")
    save_section(agent, actor=crew.developer, path="prompt", value=f"Prompt of v{number}. " * 60, token=token)


def _publish(crew: Crew, agent: Agent, number: int) -> None:
    _edit(crew, agent, number)
    publish(agent, actor=crew.developer)
    mark_ready(agent, actor=crew.tester, number=number)


def _push(crew: Crew, agent: Agent, number: int) -> None:
    _publish(crew, agent, number)
    push_to_production(agent, actor=replace(crew.admin, proven_at=timezone.now()), number=number)


def _call(crew: Crew, actor: Actor, role: str, agent: Agent, path: str, body: dict[str, Any]) -> Callable[[], Any]:
    """A call of the API with a key of this role, which has to be answered with 201."""
    made = create_key(crew.organization, actor=actor, name=f"Own statements, {path[-8:]}", role=role)
    if role == "org_admin":
        allow_push(made.key, actor=crew.admin)
    client, address = Client(SERVER_NAME="localhost"), PATH.format(agent.slug, path)
    headers = {"x-api-key": made.secret}

    def call() -> None:
        answer = client.post(address, body, content_type="application/json", headers=headers)
        if answer.status_code != 201:
            raise LookupError(f"{address} answered {answer.status_code}")

    return call


def _against(name: str, act: Callable[[], Any], call: Callable[[], Any], rounds: int) -> list[Against]:
    """The verb and the call in turns with the verb's statements; what the call asks beside the verb is its own cost."""
    own, goal = Series(f"{name}, its statements"), "≤ 3"
    found = [Against(Series(name, goal), own), Against(Series(f"{name}, a call of the API", goal), own)]
    for each in (act, call):
        with _taken_back():
            each()  # the first time compiles and imports
    with _taken_back(), _noted() as statements:
        act()
    for _ in range(rounds):
        for one, each in zip(found, (act, call), strict=True):
            with _taken_back():
                one.act.run(each)
        with _taken_back():
            own.run(partial(_run, statements))
    return found


def _run(statements: list[Statement]) -> None:
    cursor = connection.connection.cursor()
    for sql, params in statements:
        cursor.execute(sql, params)
        if cursor.description:
            cursor.fetchall()


@contextmanager
def _taken_back() -> Iterator[None]:
    """A transaction around a verb that is undone afterwards, as Django's own test cases make it."""
    frame = transaction.atomic()
    frame._from_testcase = True  # type: ignore[attr-defined]  # the mark that lets `durable` pass
    with frame:
        yield
        transaction.set_rollback(True)


@contextmanager
def _noted() -> Iterator[list[Statement]]:
    statements: list[Statement] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements
