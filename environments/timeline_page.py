"""One page of an agent's timeline: moves by time, and the decisions that fell between them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from agents.models import Agent
from environments.marks import moment_in
from environments.timeline import decisions_of, entries_of, moves_of

PAGE = 50


@dataclass(frozen=True)
class Page:
    """The entries, newest first, and the address of the older ones (empty at the end)."""

    entries: list[dict[str, Any]]
    older_url: str
    is_first: bool


def page_of(agent: Agent, path: str, *, environment: str = "", cursor: str = "") -> Page:
    """The page that ends before the moment of the cursor; page N costs what page 1 costs."""
    moves = moves_of(agent)
    before = moment_in(cursor) if cursor else None
    moves = moves.filter(environment__slug=environment) if environment else moves
    rows = list((moves.filter(at__lt=before) if before else moves)[: PAGE + 1])
    shown, more = rows[:PAGE], len(rows) > PAGE
    decisions = decisions_of(agent, since=shown[-1].at if more else None, until=before)
    decisions = decisions.filter(environment__slug=environment) if environment else decisions
    query = {"environment": environment, "older": shown[-1].at.isoformat()} if more else {}
    older = f"{path}?{urlencode({key: value for key, value in query.items() if value})}" if more else ""
    return Page(entries_of(agent, shown, decisions), older, before is None)
