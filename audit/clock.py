"""The time that counts: the database's, so that two processes never disagree (T49).

A session may shift its clock. Only the demo organization does, to tell a history of months in
order; every time in the log then comes from the same shifted clock, so none runs backwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField
from django.db.models.expressions import RawSQL

from console.organizations.prepared import rows

NOW = "clock_timestamp() + coalesce(nullif(current_setting('slipway.time_shift', true), ''), '0')::interval"


DATABASE_NOW = RawSQL(NOW, [], output_field=DateTimeField())  # noqa: S611  # our own constant
"""The same moment as part of another statement."""


def database_time() -> datetime:
    """The database's wall clock at this statement, in UTC; under a lock it orders what the lock guards."""
    now: datetime = rows(f"SELECT {NOW}")[0][0]
    return now


@contextmanager
def shifted_by(shift: timedelta) -> Iterator[None]:
    """Let this database session's clock stand that far away from the real one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('slipway.time_shift', %s, false)", [f"{shift.total_seconds()} seconds"])
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('slipway.time_shift', '', false)")
