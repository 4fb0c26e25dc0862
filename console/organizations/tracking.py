"""Telling simple-history who changes a row, why and when; it reads three names from the instance."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Model
from django.utils import timezone

if TYPE_CHECKING:
    from console.organizations.models import User

REASON_LENGTH = 100


def credit(row: Model, *, by: "User | None", reason: str = "", at: datetime | None = None) -> None:
    """Name the person, the reason and the time of the row's next save; `at` is the database's time if known."""
    marks = {
        "_history_user": by,
        "_change_reason": reason[:REASON_LENGTH],
        "_history_date": at or timezone.now(),
    }
    for name, value in marks.items():
        setattr(row, name, value)
