"""A console as `make run` starts it, any of its programs killed in the middle of a bulk promotion (G5).

Not part of the suite (tests/environments/test_bulk_kills.py is the small story), because it takes minutes:

    python -m pytest -s tests/launcher/kill_run.py

Web server, worker, broker and PostgreSQL are killed by SIGKILL in turns, at moments of a seeded die, while a job pushes
agents to Production. Each time the launcher stops what is left, is started again as a person would, and nothing else is
done by hand: the job goes on by itself. SLIPWAY_STACK_AGENTS, _KILLS and _SEED change and repeat a run.
"""

import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, LiteralString

import orjson
import psycopg
import pytest
import requests

from tests.launcher.starting import Launched, database_url, launch, pid_of
from tests.services import running_services
from tests.throwaway import free_port

pytestmark = pytest.mark.services

AGENTS = int(os.environ.get("SLIPWAY_STACK_AGENTS", "1000"))
KILLS = int(os.environ.get("SLIPWAY_STACK_KILLS", "12"))
SEED = int(os.environ.get("SLIPWAY_STACK_SEED", "20261127"))
VICTIMS = ("web", "worker", "valkey", "postgres")
PATIENCE_SECONDS = 300.0  # G5: within five minutes
# What a push leaves behind, each by agent: all of it once, or nothing.
TRACES: dict[str, LiteralString] = {
    "move": "SELECT agent_id FROM environments_deployment WHERE job_id = %(job)s",
    "pin": "SELECT p.agent_id FROM environments_pin p JOIN environments_job j ON p.environment_id = j.target_id"
    " WHERE j.id = %(job)s AND p.agent_id IN (SELECT agent_id FROM environments_jobitem WHERE job_id = %(job)s)",
    "state": "SELECT agent_id FROM environments_release WHERE state = 'production'"
    " AND agent_id IN (SELECT agent_id FROM environments_jobitem WHERE job_id = %(job)s)",
    "event": "SELECT agent_id FROM audit_event WHERE verb = 'release.pushed_to_production' AND outcome = 'done'"
    " AND agent_id IN (SELECT agent_id FROM environments_jobitem WHERE job_id = %(job)s)",
}
ENDED: LiteralString = "SELECT agent_id FROM environments_jobitem WHERE job_id = %(job)s AND state = 'promoted'"


class Console:
    """The installation: started, killed, asked, looked into."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.launched: Launched | None = None
        self.keys: dict[str, str] = {}

    def start(self) -> None:
        """As a person starts it; the first time with the demo organization."""
        calm = {"SLIPWAY_DEMO": "1", "SLIPWAY_API_CALLS_PER_MINUTE": "1000000"}
        self.launched = launch(self.home, self.port, **calm)
        self.launched.wait_until_running()
        people = orjson.loads((self.home / "demo-credentials.json").read_bytes())["users"]
        self.keys = {person["role"]: person["api_key"] for person in people}

    def kill(self, victim: str) -> None:
        """End one program at once; the launcher notices and ends the others."""
        assert self.launched is not None
        os.kill(pid_of(self.home, victim), signal.SIGKILL)
        assert self.launched.process.wait(timeout=30) == 1
        assert f"{victim} has ended with code -9" in self.launched.output.read_text(encoding="utf-8")

    def stop(self) -> None:
        """End what runs, if anything does."""
        if self.launched is not None and self.launched.process.poll() is None:
            self.launched.end(signal.SIGTERM)

    def call(self, role: str, method: str, path: str, body: Any = None) -> Any:
        """What the API answers to the person with this role."""
        answer = requests.request(
            method,
            f"http://127.0.0.1:{self.port}/api/v1{path}",
            json=body,
            headers={"X-API-Key": self.keys[role]},
            timeout=30,
        )
        assert answer.ok, answer.text
        return answer.json()

    def agents_with(self, query: LiteralString, job: str) -> Counter[Any]:
        """How often a query names each agent."""
        with psycopg.connect(database_url(self.home)) as connection:
            return Counter(row[0] for row in connection.execute(query, {"job": job}))


def test_bulk_promotion__any_program_of_the_console_killed__every_agent_moves_once_or_not_at_all() -> None:
    moments, began = random.Random(SEED), time.monotonic()
    console = Console(running_services().folder / "killed")
    told: list[str] = []
    try:
        console.start()
        job = _begun(console)
        for number in range(KILLS):
            victim = VICTIMS[number % len(VICTIMS)]
            _until_ended(console, job, _further(console, job, moments, KILLS - number))
            time.sleep(moments.random() * 0.05)  # anywhere between two statements of an agent
            console.kill(victim)
            console.start()
            _assert_once_or_not_at_all(console, job)
            ended = console.agents_with(ENDED, job).total()
            told.append(f"{victim}: {ended} agents had ended, {time.monotonic() - began:.0f} s")
        _until_ended(console, job, AGENTS)
        _assert_over_with_true_counts(console, job)
    finally:
        console.stop()
    sys.stdout.write("\n".join(["", *told, f"end: {time.monotonic() - began:.0f} s, seed {SEED}", ""]))


def _begun(console: Console) -> str:
    """A job that pushes agents which QA has marked ready."""
    slugs = [f"pier-{number:04}" for number in range(AGENTS)]
    for slug in slugs:
        config = {"prompt": f"You answer for {slug}.\n"}
        console.call("developer", "POST", "/agents", {"slug": slug, "name": slug, "config": config})
        console.call("developer", "POST", f"/agents/{slug}/deployments/publish", {"description": "First"})
        console.call("qa", "POST", f"/agents/{slug}/versions/1/ready", {"note": "Called it"})
    body = {
        "source": "staging",
        "target": "production",
        "agents": slugs,
        "ticket": "OPS-1",
    }
    return str(console.call("org_admin", "POST", "/environments/promote", body)["job"]["id"])


def _further(console: Console, job: str, moments: random.Random, left: int) -> int:
    """A number of agents after which the next program dies, so that each later one still finds work."""
    ended = console.agents_with(ENDED, job).total()
    return ended + moments.randrange(1, max(2, (AGENTS - ended) // (left + 1)))


def _until_ended(console: Console, job: str, number: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (ended := console.agents_with(ENDED, job).total()) < number:
        assert time.monotonic() < deadline, f"{ended} of {number} agents have ended"
        time.sleep(0.02)


def _assert_once_or_not_at_all(console: Console, job: str) -> None:
    traces = {name: console.agents_with(query, job) for name, query in TRACES.items()}
    assert set(traces["move"].values()) <= {1}
    assert all(trace == traces["move"] for trace in traces.values()), {n: t.total() for n, t in traces.items()}
    assert console.agents_with(ENDED, job).keys() <= traces["move"].keys()


def _assert_over_with_true_counts(console: Console, job: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := console.call("org_admin", "GET", f"/jobs/{job}"))["state"] != "finished":
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    _assert_once_or_not_at_all(console, job)
    assert (found["total"], found["done"], found["failed"], found["skipped"]) == (AGENTS, AGENTS, 0, 0)
    assert console.agents_with(TRACES["move"], job).total() == AGENTS
    assert console.call("auditor", "GET", "/audit/verify")["ok"] is True
