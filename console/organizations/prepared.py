"""Statements that are sent often: PostgreSQL plans them once per connection and not at every call (ADR 018).

Django's own cursors write values into the text of a statement, so that each is another one to PostgreSQL.
"""

import re
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from psycopg._preparing import Prepare, PrepareManager

KEPT_ROWS = 100  # a cursor holds its last result until the next one
Params = list[Any] | tuple[Any, ...] | dict[str, Any]


def cursor() -> CursorWrapper:
    """A cursor of Django's connection, in its transaction, whose statements are prepared.

    With SLIPWAY_PREPARED_STATEMENTS off they are planned at every call (settings: `prepare_threshold`).
    """
    own = _connected()
    return _wrapped(own, _cursor_of(own))


def rows(statement: str, params: Params = ()) -> list[Any]:
    """The rows of a statement that has always the same text."""
    own = _connected()
    taken = _cursor_of(own) if own.queries_logged else _kept_cursor(own)
    asked = _wrapped(own, taken)
    asked.execute(statement, params)
    found: list[Any] = asked.fetchall()
    if len(found) <= KEPT_ROWS:
        own.kept_cursor = taken
    return found


def _connected() -> Any:
    """Django's connection, looked after as Django does it before each of its own cursors."""
    own: Any = connections[DEFAULT_DB_ALIAS]
    own.close_if_health_check_failed()
    own.ensure_connection()
    if type(own.connection._prepared) is PrepareManager:
        own.connection._prepared = _Statements(own.connection._prepared)
    return own


def _kept_cursor(own: Any) -> ServerBindingCursor:
    """The one that the last statement left, out of reach while it is in use: to make one costs half of a statement."""
    kept: Any = own.__dict__.pop("kept_cursor", None)
    if kept is None or kept.connection is not own.connection:
        return _cursor_of(own)
    found: ServerBindingCursor = kept
    return found


def _cursor_of(own: Any) -> ServerBindingCursor:
    kind: Any = _LoggedCursor if own.queries_logged else ServerBindingCursor
    with own.wrap_database_errors:
        made: ServerBindingCursor = kind(own.connection)
    return made


def _wrapped(own: Any, asked: ServerBindingCursor) -> CursorWrapper:
    wrapped: CursorWrapper = own._prepare_cursor(asked)
    return wrapped


def insert(row: Model, on_conflict: str = "") -> None:
    """Add a row as `save(force_insert=True)` does, for models to whose saving nothing listens.

    With `on_conflict`, an ON CONFLICT clause, the row may be there already. A key that the database counts out stays
    unknown.
    """
    statement, fields = _insertion(type(row), on_conflict)
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), cursor() as asked:
        own: Any = connections[DEFAULT_DB_ALIAS]
        asked.execute(statement, [field.get_db_prep_save(field.pre_save(row, True), own) for field in fields])
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def _insertion(model: type[Model], on_conflict: str) -> tuple[str, list[Any]]:
    """The statement and the fields that it takes, in order."""
    fields: list[Any] = [field for field in model._meta.concrete_fields if field is not model._meta.auto_field]
    quoted = connections[DEFAULT_DB_ALIAS].ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = quoted(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({places}) {on_conflict}", fields  # noqa: S608 - our own names


class _LoggedCursor(ServerBindingCursor):
    """Says what it sent with its values, for Django's log of queries; psycopg forgets it of prepared ones."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        done = super().execute(query, params, **how)  # type: ignore[misc]
        self._query = SimpleNamespace(query=mogrify(query, params, connections[DEFAULT_DB_ALIAS]).encode())
        return done


class _Statements(PrepareManager):
    """What a connection has prepared, kept when a transaction is taken back: every refusal takes one back.

    psycopg forgets all of it then, because a table may have come and gone in the transaction. Ours come and go with
    migrations, and PostgreSQL plans a statement anew where a table has changed under it. DDL still clears.
    """

    changes_tables = re.compile(rb"\s*(?:ALTER|DROP|DISCARD|DEALLOCATE)\b", re.IGNORECASE).match

    def __init__(self, former: PrepareManager) -> None:
        super().__init__()
        self.prepare_threshold, self.prepared_max = former.prepare_threshold, former.prepared_max

    def clear(self) -> bool:
        """What psycopg does at a rollback, and would do at DDL: see `validate`."""
        return False

    def maybe_add_to_cache(self, query: Any, prep: Prepare, name: bytes) -> Any:
        """Counts only what is prepared: the others hold their values, and are never met again."""
        if prep is Prepare.NO and not self.changes_tables(query.query):
            return None
        return super().maybe_add_to_cache(query, prep, name)

    def validate(self, key: Any, prep: Prepare, name: bytes, results: Any) -> None:
        """Forget everything when tables have changed."""
        if self.changes_tables(key[0]):
            super().clear()
        else:
            super().validate(key, prep, name, results)
