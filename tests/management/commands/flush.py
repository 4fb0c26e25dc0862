"""Django's `flush`, which ends every test with transactions of its own, for a database that is nearly empty.

Django's truncates each table, which takes a file per table and index and which some triggers refuse, and makes the
content types and permissions anew with other ids. This one removes the rows where there are any, in a session of its
own for which triggers and foreign keys sleep: to let them sleep for a while (`session_replication_role`) makes a
session plan all its statements anew.
"""

from functools import cache
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand
from django.db import connections

OF_THE_SCHEMA = {ContentType._meta.db_table, Permission._meta.db_table, "django_migrations"}


class Command(BaseCommand):
    """Removes all rows but those that migrations made."""

    def add_arguments(self, parser: Any) -> None:
        """Takes what Django's test case passes; there is nobody to ask."""
        for name in ("--database", "--reset-sequences", "--allow-cascade", "--inhibit-post-migrate", "--interactive"):
            parser.add_argument(name)

    def handle(self, *, database: str, **options: Any) -> None:
        """One transaction."""
        session = _session(database)
        filled = session.connection.execute(_filled(database), prepare=True).fetchall()
        emptied = "".join(f"DELETE FROM {table};" for (table,) in filled)  # noqa: S608 - our own names
        session.connection.execute(emptied, prepare=False)


_sessions: dict[str, Any] = {}


def _session(database: str) -> Any:
    """The one of the flush before, or another where the server has ended that."""
    kept = _sessions.get(database)
    if kept is None or not kept.is_usable():
        kept = _sessions[database] = connections[database].copy()
        with kept.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
    return kept


@cache
def _filled(database: str) -> str:
    """Asks which tables have any row."""
    tables = set(connections[database].introspection.table_names()) - OF_THE_SCHEMA
    return " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in sorted(tables))  # noqa: S608 - our own names
