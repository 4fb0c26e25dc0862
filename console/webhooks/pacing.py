"""When a failed delivery is tried again (G27), and what a receiver may ask for. Pure; seconds throughout."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Seconds to wait after the first, second, ... try; after the last of them comes one more: 11 tries in 25 h 42 min.
WAITS = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 36_000)
JITTER = 0.1  # at most so much longer, never shorter, so that receivers that come back are not met by all at once
LONGEST_ASKED = 6 * 3_600  # of a Retry-After


def wait_after(tries: int, retry_after: str = "", now: datetime | None = None) -> float | None:
    """How long to wait after so many tries; None when that was the last one.

    A receiver may ask for more by `Retry-After` (seconds or a date), up to six hours; never for less.
    """
    if tries > len(WAITS):
        return None
    usual = WAITS[tries - 1] * (1 + random.uniform(0, JITTER))  # noqa: S311 - spreads load, hides nothing
    return max(usual, min(_asked(retry_after, now or datetime.now(UTC)), LONGEST_ASKED))


def _asked(text: str, now: datetime) -> float:
    """The seconds of a Retry-After; 0 for none and for what cannot be read."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:10])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
