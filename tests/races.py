"""Doing several things at the same instant, each on a database connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Barrier, Event, Thread
from typing import TypeVar

from django.db import connection, connections, transaction

from console.organizations.errors import Refusal

T = TypeVar("T")
PATIENCE_SECONDS = 30


def at_once(*acts: Callable[[], T]) -> list[T]:
    """Call the acts from threads that start together; what each returned, in order.

    Any exception ends the test: whoever races may be refused, nothing may break.
    """
    start = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        try:
            connection.ensure_connection()
            start.wait(timeout=PATIENCE_SECONDS)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def closing(act: Callable[[], T]) -> T:
    """What an act returns; for a thread, whose connection is closed."""
    try:
        return act()
    finally:
        connections.close_all()


def outcome(act: Callable[[], object]) -> str:
    """`ok`, or the code of the refusal; for a thread, whose connection is closed."""
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    finally:
        connections.close_all()
    return "ok"


def outcomes_at_once(*acts: Callable[[], object]) -> list[str]:
    """The outcome of each act, all started together."""
    return at_once(*[partial(outcome, act) for act in acts])


@contextmanager
def held(rows: Callable[[], object]) -> Iterator[None]:
    """Rows that somebody else has locked meanwhile."""
    has, ends = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            rows()
            has.set()
            ends.wait(20)
        connection.close()

    holder = Thread(target=hold)
    holder.start()
    assert has.wait(10)
    try:
        yield
    finally:
        ends.set()
        holder.join()


def wait_for_waiters(count: int) -> None:
    """Until so many of our sessions wait for a lock."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with connection.cursor() as cursor:
        for _ in range(10_000):
            cursor.execute("SELECT pg_sleep(0.002)")  # who is to wait needs the processor to get there
            cursor.execute(asked)
            if cursor.fetchone()[0] >= count:
                return
    raise AssertionError("nobody waits")
