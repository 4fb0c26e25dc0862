"""A bulk promotion, carried out as a worker does it (goal: 1,000 agents in 20 s on 2 cores, memory flat)."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event, Thread

from django.utils import timezone

from agents.actions import create_agent
from agents.models import Agent
from console.benchmarks.people import Crew
from environments.actions import mark_ready, publish, start_promotion
from environments.actions.bulk import MOST
from environments.bulk import run
from environments.models import Job

GOAL_SECONDS = 20
SETTLED = 0.2  # the part of the job after which a process that keeps nothing grows no more
SAMPLE_SECONDS = 0.25
_KNOWLEDGE = "The ferry leaves on the hour; dogs travel free of charge.\n" * 30


@dataclass
class Bulk:
    """What a bulk promotion took."""

    agents: int
    seconds: float = 0.0
    processor: float = 0.0  # of the worker and its second process, without the database
    memory: list[float] = field(default_factory=list)  # MB at equal distances of time
    promoted: int = 0

    @property
    def grown(self) -> float:
        """By how many MB the process grew after it had settled."""
        settled = self.memory[int(len(self.memory) * SETTLED) :]
        return max(settled) - settled[0] if settled else 0.0


def measure(crew: Crew, agents: int) -> Bulk:
    """Make so many agents that are ready, and push them: in one job, or one after the other where they are too many."""
    slugs = make_ready(crew, agents)
    ready = list(Agent.objects.filter(organization=crew.organization, slug__in=slugs).order_by("slug"))
    admin = replace(crew.admin, proven_at=timezone.now())
    start = partial(
        start_promotion, crew.organization, actor=admin, source="staging", target="production", ticket="OPS-1"
    )
    jobs = [start(agents=ready[first : first + MOST]) for first in range(0, len(ready), MOST)]
    found = Bulk(len(slugs))
    began, spent = time.perf_counter(), _processor_seconds()
    with _watched(found.memory):
        for job in jobs:
            run(job.pk)
    found.seconds, found.processor = time.perf_counter() - began, _processor_seconds() - spent
    found.promoted = sum(Job.objects.get(pk=job.pk).counts()["promoted"] for job in jobs)
    if found.promoted != len(slugs):
        raise LookupError(f"{found.promoted} of {len(slugs)} agents were promoted")
    return found


def make_ready(crew: Crew, agents: int) -> list[str]:
    """Agents of about 2 KB, each with a version that is ready for Production."""
    slugs = [f"bulk-{number:04}" for number in range(agents)]
    for number, slug in enumerate(slugs):
        config = {"prompt": f"You are agent {number}.\n", "knowledge": {"ferry": {"title": "F", "content": _KNOWLEDGE}}}
        agent = create_agent(crew.organization, actor=crew.developer, slug=slug, name=slug, config=config)
        publish(agent, actor=crew.developer)
        mark_ready(agent, actor=crew.tester, number=1)
    return slugs


def as_markdown(found: Bulk) -> str:
    """The line of the report."""
    return (
        f"Bulk promotion of {found.agents:,} agents into Production: {found.seconds:.1f} s"
        f" (goal for 1,000: ≤ {GOAL_SECONDS} s), {found.processor:.1f} s processor time of both processes;"
        f" memory {found.memory[0]:.0f} MB at the start, {found.memory[-1]:.0f} MB at the end,"
        f" {found.grown:+.1f} MB after the first fifth. {1000 * found.seconds / found.agents:.1f} ms an agent.\n"
    )


@contextmanager
def _watched(memory: list[float]) -> Iterator[None]:
    """Note the memory of this process in equal steps of time."""
    over = Event()

    def watch() -> None:
        while True:
            memory.append(_resident_megabytes())
            if over.wait(SAMPLE_SECONDS):
                return

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        memory.append(_resident_megabytes())


def _resident_megabytes() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:  # not on Linux: the most it ever was
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def _processor_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
