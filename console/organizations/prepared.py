"""Statements that are sent often: PostgreSQL plans them once per connection and not at every call (ADR 018).

Django's own cursors write values into the text of a statement, so that each is another one to PostgreSQL.
"""

from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.backends.utils import CursorWrapper

Params = list[Any] | tuple[Any, ...] | dict[str, Any]


def cursor() -> CursorWrapper:
    """A cursor of Django's connection, in its transaction, whose statements are prepared.

    With SLIPWAY_PREPARED_STATEMENTS off they are planned at every call (settings: `prepare_threshold`).
    """
    own: Any = connection
    own.close_if_health_check_failed()  # as Django does it before each of its own cursors
    own.ensure_connection()
    with own.wrap_database_errors:
        prepared: CursorWrapper = own._prepare_cursor(_Cursor(own.connection))  # type: ignore[call-arg]  # stubs of psycopg 2
    return prepared


def rows(statement: str, params: Params = ()) -> list[Any]:
    """The rows of a statement that has always the same text."""
    with cursor() as asked:
        asked.execute(statement, params)
        found: list[Any] = asked.fetchall()
    return found


class _Cursor(ServerBindingCursor):
    """Says what it sent with its values while Django keeps a log of queries; psycopg forgets it of prepared ones."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        done = super().execute(query, params, **how)  # type: ignore[misc]
        if connection.queries_logged:
            self._query = SimpleNamespace(query=mogrify(query, params, connection).encode())
        return done
