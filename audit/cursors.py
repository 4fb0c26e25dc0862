"""Page marks of lists: opaque, signed, bound to the list, the organization and the filter they came from (T48)."""

from datetime import UTC, datetime
from typing import Annotated, Any

from django.core import signing
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BeforeValidator, Field

from audit.errors import InvalidCursor

LIMIT = 50
LARGEST = 200

# What every list of the API takes.
Limit = Annotated[int, Field(ge=1, le=LARGEST)]
Cursor = Annotated[str, Field(max_length=2000)]


def _is_written(value: Any) -> Any:
    """Seconds since 1970 are not how a time is written here (RFC 3339)."""
    if isinstance(value, int | float) or (
        isinstance(value, str) and value.strip().removeprefix("-").replace(".", "", 1).isdecimal()
    ):
        raise ValueError("Write a time as RFC 3339 says, for example 2026-11-20T14:03:22Z.")
    return value


def _in_utc(value: datetime) -> datetime:
    """PostgreSQL takes no offset beyond 15:59 hours; a time without one is meant in UTC."""
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("This time is outside of the years 1 to 9999.") from None


def _is_storable(value: str) -> str:
    """No text in the database holds NUL, and PostgreSQL takes no question about it."""
    if "\0" in value:
        raise ValueError("There is a NUL character in it.")
    return value


Text = Annotated[str, Field(max_length=200), AfterValidator(_is_storable)]
Moment = Annotated[datetime, BeforeValidator(_is_written), AfterValidator(_in_utc)]


def write_cursor(mark: Any, binding: str) -> str:
    """The mark of the next page."""
    return signing.dumps(mark, salt=f"cursor:{binding}", compress=True)


def read_cursor(cursor: str, binding: str) -> Any:
    """The mark in a cursor; `InvalidCursor` for a changed one and for one of another list."""
    try:
        return signing.loads(cursor, salt=f"cursor:{binding}")
    except signing.BadSignature:
        raise InvalidCursor(
            _(
                "This cursor was changed, or belongs to another list, organization or filter. Nothing was changed."
                " Begin again without a cursor."
            )
        ) from None
