"""How many calls a caller may send: counted over all processes in one statement per call."""

import time
from dataclasses import dataclass

from django.conf import settings

from console.organizations.prepared import rows

WINDOW = 60  # seconds
_COUNT = """
INSERT INTO organizations_apicallcount (caller, minute, calls) VALUES (%s, %s, 1)
ON CONFLICT (caller, minute) DO UPDATE SET calls = organizations_apicallcount.calls + 1 RETURNING calls
"""
STRANGERS = 120  # refused or unknown callers, per network address


@dataclass(frozen=True)
class Allowance:
    """What is left of a caller's window; `wait` is 0 while calls are allowed, else seconds until they are again."""

    limit: int
    left: int
    wait: int


def spend(caller: str, limit: int) -> Allowance:
    """Count one call of the caller in this minute."""
    window = int(time.time()) // WINDOW
    calls = rows(_COUNT, [caller, window])[0][0]
    wait = (window + 1) * WINDOW - int(time.time()) if calls > limit else 0
    return Allowance(limit, max(0, limit - calls), max(1, wait) if calls > limit else 0)


def limit_of_callers() -> int:
    """Calls a minute of one key or session (SLIPWAY_API_CALLS_PER_MINUTE)."""
    return int(settings.API_CALLS_PER_MINUTE)
