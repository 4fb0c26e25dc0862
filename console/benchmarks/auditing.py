"""Verifying a whole chain (goal: at least 20,000 rows a second)."""

import time

from audit.verify import verify
from console.benchmarks.people import Crew


def measure_verify(crew: Crew) -> tuple[int, float]:
    """How many rows were verified and in how many seconds; refuses to report a chain that is not whole."""
    began = time.perf_counter()
    result = verify(crew.organization.pk)
    seconds = time.perf_counter() - began
    if not result.ok:
        raise LookupError(f"the sample chain is not whole: {result}")
    return result.checked, seconds
