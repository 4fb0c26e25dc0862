"""The compare page for two documents of 200 KB and of 2 MB, cold and warm, and for a pair made to be dear."""

import random
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from agents.actions import create_agent, draft_token, save_draft
from agents.models import Agent, Draft
from console.benchmarks.measuring import Series
from console.benchmarks.people import Crew
from environments.actions import publish

COLD = {"200 KB": "≤ 300 ms", "2 MB": "≤ 1,500 ms", "hostile 2 MB": "≤ 1,500 ms, coarser and says so"}
WARM = "≤ 100 ms"
SIZES = {"200 KB": 200_000, "2 MB": 1_950_000}
PART = 190_000  # bytes of one article; a document consists of a prompt and articles
CHANGED = 20  # one line in so many is another one on the right side


def measure(crew: Crew, rounds: int) -> list[Series]:
    """Cold (nothing kept) and warm series of the page, per pair."""
    pairs = {label: _documents(size) for label, size in SIZES.items()} | {"hostile 2 MB": _hostile()}
    return [series for label, pair in pairs.items() for series in _measure_pair(crew, rounds, label, pair)]


def _measure_pair(crew: Crew, rounds: int, label: str, pair: tuple[dict[str, Any], ...]) -> Iterator[Series]:
    agent = _agent(crew, label, pair)
    client, address = Client(SERVER_NAME="localhost"), reverse("environments:compare", args=["bench", agent.slug])
    if crew.admin.user is None:
        raise LookupError("the crew consists of people")
    client.force_login(crew.admin.user)
    cold, warm = Series(f"compare {label}, cold", COLD[label]), Series(f"compare {label}, warm", WARM)
    ask = partial(client.get, address, {"from": "v1", "to": "v2"})
    ask()  # the first request compiles templates
    for _ in range(max(3, rounds // 5)):
        caches["comparisons"].clear()
        _checked(cold.run(ask))
        _checked(warm.run(ask))
    yield from (cold, warm)


def _checked(response: Any) -> None:
    if response.status_code != 200 or b"v2 against v1" not in response.content:
        raise LookupError(f"the comparison answered {response.status_code}")


def _agent(crew: Crew, label: str, pair: tuple[dict[str, Any], ...]) -> Agent:
    slug = f"compare-{label.lower().replace(' ', '-')}"
    agent = create_agent(crew.organization, actor=crew.developer, slug=slug, name=f"Compare {label}", config=pair[0])
    publish(agent, actor=crew.developer)
    draft = Draft.objects.select_related("manifest", "layout").get(agent=agent)
    save_draft(agent, actor=crew.developer, config=pair[1], token=draft_token(draft))
    publish(agent, actor=crew.developer)
    return agent


def _documents(size: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A prompt and articles of prose; in the right one every twentieth line has another word."""
    chance = random.Random(7)  # noqa: S311 - the same documents in every run
    words = ["".join(chance.choices("abcdefghiklmnoprstu", k=chance.randint(3, 9))) for _ in range(2_000)]
    texts = [_prose(chance, words, min(PART, size - start)) for start in range(0, size, PART)]
    others = ["".join(_edited(chance, text)) for text in texts]
    return _config(texts), _config(others)


def _prose(chance: random.Random, words: list[str], size: int) -> str:
    lines, length = [], 0
    while length < size:
        lines.append(" ".join(chance.choices(words, k=12)) + "\n")
        length += len(lines[-1])
    return "".join(lines)


def _edited(chance: random.Random, text: str) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        yield line.replace(" ", " quite ", 1) if chance.randrange(CHANGED) == 0 else line


def _hostile() -> tuple[dict[str, Any], dict[str, Any]]:
    """Two letters on lines of their own, 680,000 times, in another order on each side."""
    chance = random.Random(11)  # noqa: S311
    sides = [["".join(chance.choice("ab") + "\n" for _ in range(340_000)) for _ in range(2)] for _ in range(2)]
    return _config(sides[0]), _config(sides[1])


def _config(texts: list[str]) -> dict[str, Any]:
    articles = {f"article-{number}": {"title": "Article", "content": text} for number, text in enumerate(texts[1:])}
    return {"prompt": texts[0], "knowledge": articles}
