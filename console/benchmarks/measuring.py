"""Timing acts and counting their SQL statements."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from django.db import connection


@dataclass
class Series:
    """The durations of one act in milliseconds, with the number of SQL statements of each run."""

    name: str
    goal: str = ""
    milliseconds: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)

    def run(self, act: Callable[[], Any]) -> Any:
        """Do it once and keep how long it took and how many statements it sent."""
        with counted() as count:
            began = time.perf_counter()
            result = act()
            self.milliseconds.append(1000 * (time.perf_counter() - began))
        self.statements.append(count[0])
        return result

    @property
    def p50(self) -> float:
        """Median, in milliseconds."""
        return median(self.milliseconds)

    @property
    def p95(self) -> float:
        """The value that 95 of 100 runs stay below, in milliseconds."""
        if len(self.milliseconds) < 2:
            return self.milliseconds[0]
        return quantiles(self.milliseconds, n=20, method="inclusive")[18]

    @property
    def statement_range(self) -> str:
        """Statements per run: one number when it was always the same."""
        low, high = min(self.statements), max(self.statements)
        return str(low) if low == high else f"{low}-{high}"


@contextmanager
def counted() -> Iterator[list[int]]:
    """Count the SQL statements of this connection inside the block."""
    count = [0]

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        count[0] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield count
