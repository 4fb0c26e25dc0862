"""The table of a run, with the machine and the commit it was measured on."""

import os
import platform
import subprocess
from pathlib import Path

from django.db import connection
from django.utils import timezone

from console.benchmarks.bulk import Bulk
from console.benchmarks.bulk import as_markdown as bulk_as_markdown
from console.benchmarks.measuring import Series
from console.benchmarks.own_statements import Against
from console.benchmarks.sample import Amount
from console.benchmarks.serving import Row
from console.benchmarks.serving import as_markdown as as_tables

HEAD = """# Benchmarks

Made by `make bench` (`manage.py bench --write`), in a database of its own that is thrown away. Figures are of
one run on one machine, which may be shared and noisy: compare rows of one table, not tables of two days.
"""
SERVING_HEAD = """# Benchmarks of serving

Made by `make bench ARGS="--only serving --write"`: real web servers of 2 processes and 8 threads each, as operations.md
starts them, and a load client with 16 connections on loopback; each row in turns with what it is held against. *The
least* is a WSGI function that only checks the key and answers the same bytes from memory (200, 304), or reads key,
pointer and content with one prepared statement (miss: the key is known, pointer and content are not). The empty view is
Django without middleware. *Of processor time* compares what the web servers' own processes spend on a call, which a
busy machine changes least.
"""
BULK_HEAD = """# Benchmark of bulk promotion

Made by `make bench ARGS="--only bulk --write"`: agents with a version that is ready, pushed to Production by
one job as a worker carries it out: each agent in a transaction with gates, audit event, notifications and checkpoint.
The processor time is that of the worker and its second process, without the database; a busy machine changes it least.
"""

LARGE_HEAD = """# Benchmarks of data set L

Made by `make manage ARGS="sample --organization large --agents 10000 --versions 100000 --events 1000000"` and then
`make bench ARGS="--of large --write"`: every page of an organization that was filled before, only looked at.
Its newest events fill it up and name agents that are not there, so the two histories look past all of those first.
"""


def as_markdown(series: list[Series], against: list[Against], verified: tuple[int, float] | None = None) -> str:
    """The report of one run. `verified`: how many rows of an audit log were checked, and in how many seconds."""
    return _page(HEAD, "", [*_table(series), "", *_against(against), ""], verified)


def of_sample(series: list[Series], verified: tuple[int, float], amount: Amount) -> str:
    """The report of an organization that is there."""
    size = f" {amount.agents:,} agents, {amount.versions:,} versions, {amount.events:,} audit events."
    return _page(LARGE_HEAD, size, [*_table(series), ""], verified)


def _page(head: str, size: str, lines: list[str], verified: tuple[int, float] | None) -> str:
    when = f"{timezone.now():%Y-%m-%d %H:%M} UTC, commit {_commit()}; {_machine()}.{size}"
    if verified:
        rows, seconds = verified
        speed = f"{rows:,} rows in {seconds:.2f} s, {rows / seconds:,.0f} rows/s"
        lines = [*lines, f"`audit_verify`: {speed} (goal: ≥ 20,000).", ""]
    return "\n".join([head, when, "", *lines])


def _table(series: list[Series]) -> list[str]:
    return [
        "| what | runs | p50 ms | p95 ms | SQL statements | goal |",
        "|---|---|---|---|---|---|",
        *(
            f"| {one.name} | {len(one.milliseconds)} | {one.p50:.1f} | {one.p95:.1f}"
            f" | {one.statement_range} | {one.goal} |"
            for one in series
        ),
    ]


def _against(found: list[Against]) -> list[str]:
    """Acts in turns with the SQL statements of their verb, which psycopg alone runs; nothing is committed."""
    return [
        "| act of 1 KB, no commit | runs | p50 ms | SQL statements | the verb's alone, p50 ms | ratio | goal |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {one.act.name} | {len(one.act.milliseconds)} | {one.act.p50:.1f} | {one.act.statement_range}"
            f" | {one.own.p50:.1f} | {one.ratio:.1f} | {one.act.goal} |"
            for one in found
        ),
    ]


def of_serving(rows: list[Row], stale: list[float]) -> str:
    """The report of the hot path."""
    when = f"{timezone.now():%Y-%m-%d %H:%M} UTC, commit {_commit()}; {_machine()}."
    return "\n".join([SERVING_HEAD, when, "", as_tables(rows, stale)])


def of_bulk(found: list[Bulk]) -> str:
    """The report of bulk promotions."""
    when = f"{timezone.now():%Y-%m-%d %H:%M} UTC, commit {_commit()}; {_machine()}."
    return "\n".join([BULK_HEAD, when, "", *(bulk_as_markdown(one) for one in found)])


def _machine() -> str:
    load = os.getloadavg()[0]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" PostgreSQL {server}, load {load:.1f} at the end"
    )


def _commit() -> str:
    here = Path(__file__).resolve().parent
    answer = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=here, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or "unknown"
