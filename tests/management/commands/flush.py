"""Django's `flush`, which ends every test with transactions of its own, for a database that is nearly empty.

Django's truncates each table, which takes a file per table and index and which some triggers refuse, and makes the
content types and permissions anew with other ids. This one removes the rows where there are any.
"""

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand
from django.db import connections

from console.organizations.prepared import rows

OF_THE_SCHEMA = {ContentType._meta.db_table, Permission._meta.db_table, "django_migrations"}


class Command(BaseCommand):
    """Removes all rows but those that migrations made."""

    def add_arguments(self, parser: Any) -> None:
        """Takes what Django's test case passes; there is nobody to ask."""
        for name in ("--database", "--reset-sequences", "--allow-cascade", "--inhibit-post-migrate", "--interactive"):
            parser.add_argument(name)

    def handle(self, *, database: str, **options: Any) -> None:
        """One transaction; triggers and foreign keys sleep meanwhile."""
        connection = connections[database]
        tables = set(connection.introspection.table_names()) - OF_THE_SCHEMA
        filled = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in sorted(tables))  # noqa: S608 - our own names
        emptied = "".join(f"DELETE FROM {table};" for (table,) in rows(filled))  # noqa: S608 - planned once
        with connection.cursor() as cursor:
            cursor.execute(f"SET session_replication_role = replica;{emptied}SET session_replication_role = DEFAULT")
