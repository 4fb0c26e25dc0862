"""Marks of pages in addresses: the last entry of the page before. Whatever was changed is refused (400)."""

from datetime import UTC, datetime
from uuid import UUID

from audit.errors import InvalidCursor

_CHANGED = "This page mark was changed. Open the page again without it and page from there."


def moment_in(mark: str) -> datetime:
    """The moment that a mark says."""
    try:
        moment = datetime.fromisoformat(mark)
    except ValueError as error:
        raise InvalidCursor(_CHANGED) from error
    if moment.tzinfo is None or not 1970 <= moment.year < 9999:
        raise InvalidCursor(_CHANGED)
    return moment.astimezone(UTC)  # PostgreSQL takes no offset beyond 15:59 hours


def id_in(mark: str) -> UUID:
    """The id that a mark says."""
    try:
        return UUID(mark)
    except ValueError as error:
        raise InvalidCursor(_CHANGED) from error
