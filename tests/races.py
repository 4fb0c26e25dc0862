"""Doing several things at the same instant, each on a database connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from threading import Barrier, Event, Thread
from typing import TypeVar

from django.db import connection, connections, transaction

from console.organizations.errors import Refusal

T = TypeVar("T")
PATIENCE_SECONDS = 30
_RACERS = ThreadPoolExecutor(128, "racer")


def start(act: Callable[[], T]) -> Future[T]:
    """Call an act in another thread, on a database connection of its own."""
    return _RACERS.submit(_racing, act)


def at_once(*acts: Callable[[], T]) -> list[T]:
    """Call the acts from threads that start together; what each returned, in order.

    Any exception ends the test: whoever races may be refused, nothing may break.
    """
    line = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        line.wait(timeout=PATIENCE_SECONDS)
        return act()

    racers = [start(partial(run, act)) for act in acts]
    wait(racers)  # also where one breaks: nobody is left behind for the next test
    return [racer.result() for racer in racers]


def outcome(act: Callable[[], object]) -> str:
    """`ok`, or the code of the refusal."""
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return "ok"


def attempt(act: Callable[[], object]) -> Future[str]:
    """The outcome of an act in another thread."""
    return start(partial(outcome, act))


def outcomes_at_once(*acts: Callable[[], object]) -> list[str]:
    """The outcome of each act, all started together."""
    return at_once(*[partial(outcome, act) for act in acts])


def send_racers_home() -> None:
    """Close the connections that they keep from race to race: a new one costs more than most acts do."""
    if _RACERS._threads:
        at_once(*[connections.close_all] * len(_RACERS._threads))


def _racing(act: Callable[[], T]) -> T:
    if connection.connection is not None and not connection.is_usable():
        connection.close()  # the server has ended it since the last race
    connection.ensure_connection()
    return act()


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
