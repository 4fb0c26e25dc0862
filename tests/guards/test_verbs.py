"""Every verb is in the closed list, has a test file of its own, and a place in the words of the log."""

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import agents.actions
import agents.grants
import audit.actions
import console.departures
import console.founding
import console.organizations.actions
import console.rules
import console.webhooks.actions
import environments.actions
from audit.verbs import FAMILIES, VERBS

ROOT = Path(__file__).resolve().parents[2]
DOORS: list[ModuleType] = [
    agents.actions,
    agents.grants,
    audit.actions,
    console.departures,
    console.founding,
    console.organizations.actions,
    console.rules,
    console.webhooks.actions,
    environments.actions,
]
# Verbs whose event is written inside another verb's transaction, or by the end of a job.
STEPS = {"environment.created", "member.joined", "bulk.finished"}


def verbs() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every framed function of every room, by name."""
    for module in DOORS:
        for name in dir(module):
            function = getattr(module, name)
            if hasattr(function, "audit_verb"):
                yield name, function


def test_verbs__all__have_a_test_file() -> None:
    files = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}

    assert sorted({name for name, _ in verbs() if f"test_{name}" not in files}) == []


def test_verbs__all__take_their_actor_by_keyword_and_without_a_default() -> None:
    actors = {name: inspect.signature(function).parameters["actor"] for name, function in verbs()}

    loose = [name for name, actor in actors.items() if actor.kind is not actor.KEYWORD_ONLY]
    assert (loose, [name for name, actor in actors.items() if actor.default is not actor.empty]) == ([], [])


def test_registry__every_verb__is_written_by_some_act_and_has_a_family() -> None:
    framed = {getattr(function, "audit_verb") for _, function in verbs()}  # noqa: B009 - mypy knows no such attribute
    recorded = set()
    for path in ROOT.glob("*/**/*.py"):
        if path.parts[len(ROOT.parts)] in {"console", "agents", "environments", "audit"}:
            recorded |= set(re.findall(r"[\"']([a-z]+\.[a-z_]+)[\"']", path.read_text(encoding="utf-8")))

    assert set(VERBS) - framed <= STEPS
    assert set(VERBS) <= recorded
    assert {verb.family for verb in VERBS.values()} == set(FAMILIES)
