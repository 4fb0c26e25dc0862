"""Verifying the chain (goal: at least 20,000 rows a second) and any page of the audit log."""

import time

from django.test import Client
from django.urls import reverse

from audit.sample import fill
from audit.verify import verify
from console.benchmarks.measuring import Series
from console.benchmarks.people import Crew


def measure_verify(crew: Crew, rows: int) -> tuple[int, float]:
    """How many rows were verified and in how many seconds; refuses to report a chain that is not whole."""
    fill(crew.organization, rows, days=150)
    began = time.perf_counter()
    result = verify(crew.organization.pk)
    seconds = time.perf_counter() - began
    if not result.ok:
        raise LookupError(f"the sample chain is not whole: {result}")
    return result.checked, seconds


def measure_page(crew: Crew, rounds: int, rows: int) -> Series:
    """The first page of the audit log over that many rows."""
    client, url = Client(SERVER_NAME="localhost"), reverse("audit", args=["bench"])
    if crew.admin.user is None:
        raise LookupError("the crew consists of people")
    client.force_login(crew.admin.user)
    client.get(url)
    series = Series(f"audit page, {rows:,} events")
    for _ in range(rounds):
        series.run(lambda: client.get(url))
    return series
