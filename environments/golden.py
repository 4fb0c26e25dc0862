"""The golden conversations of a version as QA reads and ticks them."""

from dataclasses import dataclass
from typing import Any

import orjson

from agents.contents import part_bodies
from agents.models import Version

SHOWN = 200
_PREFIX = "tests/"


@dataclass(frozen=True)
class Turn:
    """One thing that a caller says, and what is expected then, in words."""

    user: str
    expected: list[str]


@dataclass(frozen=True)
class Golden:
    """One golden conversation."""

    name: str
    description: str
    turns: list[Turn]


def cases_of(version: Version) -> list[Golden]:
    """The test cases in the version's document, by name; one query, and only their own parts are read."""
    paths = sorted(path for path in version.manifest.entries if path.startswith(_PREFIX))[:SHOWN]
    bodies = part_bodies(version.organization_id, [version.manifest.entries[path] for path in paths])
    return [_case(path.removeprefix(_PREFIX), bodies.get(version.manifest.entries[path], b"{}")) for path in paths]


def _case(name: str, body: bytes) -> Golden:
    value = orjson.loads(body)
    value = value if isinstance(value, dict) else {}
    turns = value.get("turns")
    return Golden(
        name=name,
        description=str(value.get("description") or ""),
        turns=[_turn(turn) for turn in turns if isinstance(turn, dict)] if isinstance(turns, list) else [],
    )


def _turn(turn: dict[str, Any]) -> Turn:
    expect = turn.get("expect")
    expected = [f"{key}: {_plain(value)}" for key, value in expect.items()] if isinstance(expect, dict) else []
    return Turn(str(turn.get("user") or ""), expected)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
