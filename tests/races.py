"""Doing one thing in many threads at the same instant."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")


def at_once(count: int, act: Callable[[int], T]) -> list[T]:
    """Call `act(0)` to `act(count - 1)` from threads that start together; their results in order.

    Each thread closes its own database connections itself.
    """
    barrier = Barrier(count)

    def run(number: int) -> T:
        barrier.wait(timeout=30)
        return act(number)

    with ThreadPoolExecutor(max_workers=count) as pool:
        return list(pool.map(run, range(count)))
