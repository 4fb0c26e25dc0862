"""The verbs of the lifecycle on configurations of 1 KB, 200 KB and 2 MB (goal: at most 100 ms, whatever the size)."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.utils import timezone

from agents.actions import create_agent, save_section, section_token
from agents.models import Agent, Draft
from agents.soundness import forget
from console.benchmarks.measuring import Series
from console.benchmarks.people import Crew
from console.organizations.actor import Actor
from environments.actions import mark_ready, publish, push_to_production, rollback

SIZES = {"1 KB": 1_000, "200 KB": 200_000, "2 MB": 2_000_000}
GOAL = "≤ 100 ms"
_ARTICLE = 50_000  # bytes of one knowledge article


def measure(crew: Crew, rounds: int) -> list[Series]:
    """p50, p95 and statements of save, promote, mark ready, push and rollback, per size."""
    found = [series for label, size in SIZES.items() for series in _measure_size(crew, rounds, label, size)]
    return [*found, *(_measure_first(crew, rounds, label, size) for label, size in SIZES.items())]


def _measure_size(crew: Crew, rounds: int, label: str, size: int) -> list[Series]:
    agent = _agent(crew, label, size)
    save, promote, ready, push, back = (
        Series(f"{name}, {label}", goal)
        for name, goal in (
            ("save a section", ""),
            ("promote to Staging", GOAL),
            ("mark ready", GOAL),
            ("push to Production", GOAL),
            ("rollback", GOAL),
        )
    )
    for number in range(1, rounds + 1):
        draft = Draft.objects.select_related("manifest").get(agent=agent)
        token, text = section_token(draft, "prompt"), f"Prompt of version {number}."
        save.run(partial(save_section, agent, actor=crew.developer, path="prompt", value=text, token=token))
        promote.run(partial(publish, agent, actor=crew.developer))
        ready.run(partial(mark_ready, agent, actor=crew.tester, number=number))
        push.run(partial(push_to_production, agent, actor=_fresh(crew.admin), number=number))
    for number in range(rounds - 1, 0, -1):
        back.run(partial(rollback, agent, actor=crew.admin, environment="production", number=number, reason="Measured"))
    return [save, promote, ready, push, back]


def _measure_first(crew: Crew, rounds: int, label: str, size: int) -> Series:
    """A promotion by a process that has never seen the content, as right after a start: it looks through all of it."""
    agent, first = _agent(crew, f"First {label}", size), Series(f"promote to Staging, {label}, never seen before", GOAL)
    for number in range(rounds):
        draft = Draft.objects.select_related("manifest").get(agent=agent)
        token, text = section_token(draft, "prompt"), f"Prompt of version {number}."
        save_section(agent, actor=crew.developer, path="prompt", value=text, token=token)
        forget()
        first.run(partial(publish, agent, actor=crew.developer))
    return first


def _agent(crew: Crew, label: str, size: int) -> Agent:
    config: dict[str, Any] = {"prompt": "Prompt."}
    if size > _ARTICLE:
        articles = range(size // _ARTICLE)
        config["knowledge"] = {
            f"article-{number}": {"title": f"Article {number}", "content": _text(number)} for number in articles
        }
    else:
        config["prompt"] = "Prompt. " * (size // 8)
    slug = label.lower().replace(" ", "-")
    return create_agent(crew.organization, actor=crew.developer, slug=slug, name=label, config=config)


def _text(number: int) -> str:
    line = f"Line {{}} of article {number} says something about ferries, cabins and luggage.\n"
    lines = (line.format(index) for index in range(_ARTICLE // len(line)))
    return "".join(lines)


def _fresh(actor: Actor) -> Actor:
    return replace(actor, proven_at=timezone.now())
