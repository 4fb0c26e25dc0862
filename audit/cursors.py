"""Page marks of lists: opaque, signed, bound to the list, the organization and the filter they came from (T48)."""

from typing import Annotated, Any

from django.core import signing
from pydantic import Field

from audit.errors import InvalidCursor

LIMIT = 50
LARGEST = 200

# What every list of the API takes.
Limit = Annotated[int, Field(ge=1, le=LARGEST)]
Cursor = Annotated[str, Field(max_length=2000)]


def write_cursor(mark: Any, binding: str) -> str:
    """The mark of the next page."""
    return signing.dumps(mark, salt=f"cursor:{binding}", compress=True)


def read_cursor(cursor: str, binding: str) -> Any:
    """The mark in a cursor; `InvalidCursor` for a changed one and for one of another list."""
    try:
        return signing.loads(cursor, salt=f"cursor:{binding}")
    except signing.BadSignature:
        raise InvalidCursor(
            "This cursor was changed, or belongs to another list, organization or filter. Nothing was changed."
            " Begin again without a cursor."
        ) from None
