"""Where in the text of a part a problem stands, so that an editor can mark it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents.documents.sections import located
from agents.schema import Problem
from console.organizations.errors import ContentError, InvalidContent


@dataclass(frozen=True)
class Placed:
    """A problem with line and column (from 1) in the text of its part; `end` is the column behind it, if known."""

    problem: Problem
    line: int | None = None
    column: int | None = None
    end: int | None = None


def placed(path: str, text: str, value: Any, problems: Sequence[Problem]) -> list[Placed]:
    """The problems of one part with their places in its text, which means this value; none where it is not known."""
    if path == "prompt" and isinstance(value, str):
        return [_in_text(text, 0, problem) for problem in problems]
    if not problems:
        return []
    try:
        found = located(path, text, [ContentError(problem.pointer, "") for problem in problems])
    except InvalidContent:
        return [Placed(problem) for problem in problems]
    content = value.get("content") if path.startswith("knowledge/") and isinstance(value, dict) else None
    before = len(text) - len(content) if isinstance(content, str) and text.endswith(content) else None
    return [
        _in_text(text, before, problem)
        if before is not None and problem.pointer.endswith("/content")
        else Placed(problem, place.line, place.column)
        for problem, place in zip(problems, found, strict=True)
    ]


def _in_text(text: str, shift: int, problem: Problem) -> Placed:
    if problem.start is None or problem.end is None:
        return Placed(problem, 1, 1)
    start, before = shift + problem.start, text[: shift + problem.start]
    column = start - before.rfind("\n")
    return Placed(problem, before.count("\n") + 1, column, column + problem.end - problem.start)
