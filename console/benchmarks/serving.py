"""The hot path through real web servers (performance.md P1-P3, P9): requests a second, latency, staleness.

Each figure stands beside that of a WSGI function which does the least that could answer the same, taken in the
same second on the same machine: only the ratios mean something.
"""

import json
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import monotonic
from typing import Any

from django.conf import settings

from agents.actions import create_agent, save_section, section_token
from agents.models import Agent, Draft
from console.benchmarks.people import Crew
from console.benchmarks.servers import Load, Server, fetch, load, serving
from console.organizations.actions import create_key
from console.organizations.keys import digest_of
from environments.actions import activate, publish

SIZES = {"2 KB": 2_000, "20 KB": 20_000, "200 KB": 200_000}
QUERY = "environment=staging"
TOLD_HEADERS = ("etag", "cache-control", "vary", "x-slipway-version", "x-content-type-options", "x-request-id")
CHANGE_SECONDS = 20.0
PROCESSES = 2
_ARTICLE = 5_000  # bytes of one knowledge article
# what -> (who does the least, share of it that the goal asks for)
GOALS = {"200": ("bare WSGI", 0.8), "304": ("bare WSGI", 0.8), "miss": ("bare SQL", 0.7)}


@dataclass(frozen=True)
class Row:
    """One line of the table: medians over the rounds; ratios are those of one round, their median too."""

    size: str
    what: str
    ours: Load
    least: Load
    ratio: float
    processor_ratio: float
    to_empty_view: float


def measure(crew: Crew, seconds: float = 1.0, rounds: int = 9, moves: int = 100) -> tuple[list[Row], list[float]]:
    """The table, and how long after a move each process still answered the old, in milliseconds."""
    secret = create_key(crew.organization, actor=crew.admin, name="Load", role="org_admin").secret
    agents = {size: _agent(crew, size, wanted) for size, wanted in SIZES.items()}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ours, uncached = (
            stack.enter_context(serving("console.wsgi:application", SLIPWAY_SERVING_MEMORY_MB=room))
            for room in ("64", "0")
        )
        told = Path(folder) / "answers.json"
        _tell(told, ours, secret, agents)
        bare, sql = (
            stack.enter_context(serving(f"console.benchmarks.limits:{name}", SLIPWAY_BENCH_ANSWERS=str(told)))
            for name in ("bare", "sql")
        )
        empty = stack.enter_context(serving("console.benchmarks.empty_view:application"))
        rows = []
        for size, agent in agents.items():
            url, key = f"{_path(agent)}?{QUERY}", f"x-api-key: {secret}"
            known = f"If-None-Match: {fetch(ours.address + url, {'x-api-key': secret})[1]['etag']}"
            for what, pair, headers in [
                ("200", (ours, bare), [key]),
                ("304", (ours, bare), [key, known]),
                ("miss", (uncached, sql), [key]),
            ]:
                rows.append(_row(size, what, [*pair, empty], url, headers, seconds, rounds))
    return rows, staleness(crew, agents["20 KB"], secret, moves)


def as_markdown(rows: list[Row], stale: list[float]) -> str:
    """The tables of this part."""
    heads = ["configuration", "answer", "requests/s", "p50 ms", "p99 ms", "the least", "requests/s"]
    lines = [_line([*heads, "ratio", "of processor time", "goal", "to an empty view"]), "|---" * (len(heads) + 4) + "|"]
    for row in rows:
        least, goal = GOALS[row.what]
        ours = [f"{row.ours.per_second:,.0f}", f"{row.ours.p50:.2f}", f"{row.ours.p99:.2f}"]
        theirs = [least, f"{row.least.per_second:,.0f}", f"{row.ratio:.2f}"]
        spent = f"{row.processor_ratio:.2f} ({row.least.processor:.0f} / {row.ours.processor:.0f} µs)"
        theirs += [spent, f"≥ {goal}", f"{row.to_empty_view:.1f} ×"]
        lines.append(_line([row.size, row.what, *ours, *theirs]))
    hundred = quantiles(stale, n=100, method="inclusive")
    lines += [
        "",
        f"Staleness after a move, {len(stale)} observations in {PROCESSES} processes: p50 {hundred[49]:.1f} ms,"
        f" p99 {hundred[98]:.1f} ms, at most {max(stale):.1f} ms (goal: p99 ≤ 50 ms).",
        "",
    ]
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def staleness(crew: Crew, agent: Agent, secret: str, moves: int) -> list[float]:
    """Pin one version and the other in turns, and see when each process sent its last old answer."""
    draft = Draft.objects.select_related("manifest").get(agent=agent)
    token = section_token(draft, "prompt")
    save_section(agent, actor=crew.developer, path="prompt", value="Another prompt.", token=token)
    publish(agent, actor=crew.developer)
    header = f"x-api-key: {secret}"
    with ExitStack() as stack:
        watchers = []
        for _ in range(PROCESSES):
            server = stack.enter_context(serving("console.wsgi:application", workers=1))
            watchers.append(stack.enter_context(_watching(f"{server.address}{_path(agent)}?{QUERY}", header)))
        for watcher in watchers:
            watcher()  # what is served before anything moves
        found: list[float] = []
        for number in range(moves):
            activate(agent, actor=crew.developer, number=1 + number % 2, environment="staging")
            committed = monotonic()
            found += [max(0.0, 1000 * (watcher()["old"] - committed)) for watcher in watchers]
    return found


@contextmanager
def _watching(url: str, header: str) -> Iterator[Callable[[], dict[str, Any]]]:
    """A process that watches the answer; call it for the next change that it saw."""
    command = [sys.executable, "-m", "console.benchmarks.load", "watch", url, header]
    watcher = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, bufsize=0)
    try:
        yield lambda: _next_change(watcher)
    finally:
        watcher.kill()
        watcher.wait()


def _next_change(watcher: subprocess.Popen[bytes]) -> dict[str, Any]:
    if watcher.stdout is None or not select.select([watcher.stdout], [], [], CHANGE_SECONDS)[0]:
        raise LookupError("a process did not see a change")
    found: dict[str, Any] = json.loads(watcher.stdout.readline())
    return found


def _row(
    size: str, what: str, servers: list[Server], path: str, headers: list[str], seconds: float, rounds: int
) -> Row:
    """Ours, the least and the empty view in turns; one short round before them does not count."""
    for server in servers:
        load(server, path, 1, headers)
    measured = [[load(server, path, seconds, headers) for server in servers] for _ in range(rounds)]
    ours, least, empty = (_middle([one[index] for one in measured]) for index in range(3))
    return Row(
        size=size,
        what=what,
        ours=ours,
        least=least,
        ratio=median(one[0].per_second / one[1].per_second for one in measured),
        processor_ratio=least.processor / ours.processor if ours.processor else 0.0,
        to_empty_view=ours.per_second / empty.per_second,
    )


def _middle(loads: list[Load]) -> Load:
    names = ("per_second", "p50", "p99", "processor")
    return Load(*(median(getattr(one, name) for one in loads) for name in names))


def _tell(told: Path, ours: Server, secret: str, agents: dict[str, Agent]) -> None:
    """Let the least functions answer the very bytes that we answer."""
    answers = {}
    for agent in agents.values():
        asked = f"{_path(agent)}?{QUERY}"
        status, headers, body = fetch(ours.address + asked, {"x-api-key": secret})
        if status != 200:
            raise LookupError(f"{asked} answered {status}: {body[:200]!r}")
        answers[asked] = ([(name, headers[name]) for name in TOLD_HEADERS], body.decode())
    told.write_text(json.dumps({"key": digest_of(secret), "answers": answers}), encoding="utf-8")


def _agent(crew: Crew, size: str, wanted: int) -> Agent:
    """An agent in Staging with a configuration of about this size."""
    line = "Line {} says something about ferries, cabins and luggage.\n"
    text = "".join(line.format(number) for number in range(_ARTICLE // len(line)))
    articles = {f"article-{n}": {"title": f"Article {n}", "content": text} for n in range(wanted // _ARTICLE)}
    config: dict[str, Any] = {"prompt": text[: 2000 if not articles else 500], "knowledge": articles}
    slug = f"serve-{size.lower().replace(' ', '-')}"
    agent = create_agent(crew.organization, actor=crew.developer, slug=slug, name=size, config=config)
    publish(agent, actor=crew.developer)
    return agent


def _path(agent: Agent) -> str:
    return f"/api/v1/agents/{agent.slug}/config"
