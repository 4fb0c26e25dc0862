"""Stories that many tests begin with are told by the real verbs once per process; later their rows are put back.

A step marked `@remembered` (a join, a publish, a push) runs as it is the first time. What it added, changed and
removed is kept under everything that made the database until then: its own arguments and all the steps before it.
Where a test comes to the same point again, a script of SQL puts exactly those rows back, ids and hashes included: one
script for all the steps that were told before anything else is asked of the database.
A step may consist of steps: a version that is live shares its beginning with every other story of a published one.

Nothing is guessed: as soon as anything else writes in the test, every further step runs for real. In a test that has
real transactions of its own only its fixtures are told from memory: later others write, on connections of their own.
What a step leaves for after the commit is not repeated.
"""

import functools
import hashlib
import json
import pickle
import re
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, models
from psycopg import sql

from console.organizations.models import ApiCallCount

P = ParamSpec("P")
R = TypeVar("R")

EMPTY = ""  # the past of a test that has written nothing yet
# Statements that no step depends on: reading, what a browser's visits write about its own session, counted calls.
HARMLESS = re.compile(
    r"\s*\(?(SELECT|SAVEPOINT|RELEASE|SET|SHOW|EXPLAIN|LOCK)\b"
    r'|(INSERT INTO|UPDATE|DELETE FROM) "(django_session|usersessions_usersession)"'
    r'|UPDATE "organizations_user" SET "last_login" = \S+ WHERE'
    r"|INSERT INTO organizations_apicallcount\b"
    r"|\s*WITH\b(?!.*\b(INSERT|UPDATE|DELETE)\b)",
    re.DOTALL,
)
OF_NO_STEP = (ContentType, Permission, Session, UserSession, ApiCallCount)  # made by migrations and visits

Row = tuple[str, str]  # table, row as JSON


@dataclass(frozen=True, eq=False)
class Change:
    """The rows that went and the rows that came."""

    gone: frozenset[Row]
    made: frozenset[Row]


@dataclass(frozen=True)
class Told:
    """What a step did: what it changed, what it returned, and the past that it leaves."""

    changes: tuple[Change, ...]
    result: bytes
    past: str


class Telling:
    """A step that runs for the first time: what the steps inside of it did, and what it wrote between them."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.changes: list[Change] = []
        self.before: set[Row] | None = None  # the rows before the first write that belongs to no step inside

    def close(self, after: set[Row]) -> str:
        """Keep what was written since the last step inside; the past that it leaves."""
        before = self.before or set()
        self.changes.append(Change(frozenset(before - after), frozenset(after - before)))
        self.before = None
        return f"{self.key}/{len(self.changes)}"


class Memory:
    """What this process remembers, and how the present test's database came about."""

    def __init__(self) -> None:
        self.told: dict[str, Told] = {}
        self.past: str | None = EMPTY  # None: something else wrote, nothing can be compared any more
        self.tellings: list[Telling] = []
        self.pending: list[Change] = []  # told from memory, and not yet put back
        self.is_set_up = False  # whether the fixtures are there and the test has begun
        self.is_aside = False  # a script or a look at all rows is no write of the test
        self.seen: tuple[str | None, set[Row]] = (None, set())  # the past at the last look, and the rows then

    def is_watching(self) -> bool:
        """Whether the writes of this test are seen."""
        return self.watch in connection.execute_wrappers

    def watch(self, execute: Any, statement: Any, params: Any, many: bool, context: Any) -> Any:
        """Called by Django around every statement: a write that belongs to no step makes the past unknown."""
        if not self.is_aside:
            self.catch_up()
            if not (isinstance(statement, str) and HARMLESS.match(statement)):
                self._begin_writing()
        return execute(statement, params, many, context)

    def _begin_writing(self) -> None:
        if self.tellings and self.tellings[-1].before is None:
            is_known = self.past is not None and self.seen[0] == self.past
            self.tellings[-1].before = self.seen[1] if is_known else self._aside(_rows)
        self.past = None

    def catch_up(self) -> None:
        """Put back what was told since the last statement."""
        if self.pending:
            script, self.pending = _script(tuple(self.pending)), []
            self._aside(lambda: _execute(script))

    def tell(self, step: str, arguments: Any, act: Callable[[], R]) -> R:
        """Do a step, by its verbs or from memory."""
        if threading.current_thread() is not threading.main_thread():
            return act()
        if self.tellings:
            self._close(self.tellings[-1])
        key = self._key(step, arguments)
        if key is None:
            return act()
        if key not in self.told:
            return self._tell_first(key, act)
        return cast("R", self._repeat(self.told[key]))

    def _key(self, step: str, arguments: Any) -> str | None:
        if self.past is None or not self.is_watching() or (self.is_set_up and not connection.in_atomic_block):
            return None
        try:
            told = json.dumps([self.past, step, arguments], default=_identity)
        except TypeError:
            return None
        return hashlib.sha256(told.encode()).hexdigest()

    def _repeat(self, told: Told) -> Any:
        self.pending += told.changes
        self._note(told)
        return pickle.loads(told.result)  # noqa: S301 - written by this process

    def _tell_first(self, key: str, act: Callable[[], R]) -> R:
        telling = Telling(key)
        self.tellings.append(telling)
        try:
            result = act()
            self._close(telling)
        finally:
            self.tellings.pop()
        if self.past is not None:
            self.told[key] = Told(tuple(telling.changes), pickle.dumps(result), self.past)
            self._note(self.told[key])
        return result

    def _close(self, telling: Telling) -> None:
        if telling.before is not None:
            rows = self._aside(_rows)
            self.past = telling.close(rows)
            self.seen = (self.past, rows)

    def _note(self, told: Told) -> None:
        self.past = told.past
        if self.tellings:
            self.tellings[-1].changes += told.changes

    def _aside(self, act: Callable[[], R]) -> R:
        self.is_aside = True
        try:
            return act()
        finally:
            self.is_aside = False


memory = Memory()


def remembered(step: Callable[P, R]) -> Callable[P, R]:
    """Mark a step: it writes by verbs only, and its arguments and what it returns are plain values or rows."""
    name = f"{step.__module__}.{step.__qualname__}"

    @functools.wraps(step)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return memory.tell(name, [args, kwargs], lambda: step(*args, **kwargs))

    return run


def pytest_runtest_setup() -> None:
    """Every test begins with an empty database, unless its module holds a transaction open, and with no checkpoints.

    An organization that is told from memory has the id that it had before, and those witness its longer chain.
    The connection is put under watch each time: while a browser is open an event loop runs in this thread, and
    Django then gives the thread another connection than before (asgiref, thread-critical locals).
    """
    if not memory.is_watching():
        connection.execute_wrappers.append(memory.watch)
    memory.past = None if connection.in_atomic_block else EMPTY
    memory.is_set_up = False
    for file in Path(settings.CHECKPOINT_DIR).glob("*.jsonl"):
        file.unlink()
    memory.tellings.clear()
    if connection.in_atomic_block:
        memory.catch_up()  # what a fixture of the module has told
    memory.pending.clear()
    memory.seen = (None, set())


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup() -> Generator[None, Any, Any]:
    """Others may look at what a fixture has told where no transaction hides it."""
    made = yield
    if memory.pending and not connection.in_atomic_block:
        memory.catch_up()
    return made


def pytest_runtest_call() -> None:
    """The fixtures are there."""
    memory.is_set_up = True


def _identity(value: Any) -> Any:
    """A row is known by its key: with the same past it has the same columns."""
    if isinstance(value, models.Model):
        return [value._meta.label, str(value.pk)]
    user = getattr(value, "user", None)
    if isinstance(user, models.Model):
        return _identity(user)
    raise TypeError(f"{value!r} cannot be compared from test to test")


@dataclass(frozen=True)
class Columns:
    """The primary key of a table and its other columns."""

    key: str
    others: list[str]


@functools.cache
def _tables() -> dict[str, Columns]:
    """Every table that a step may write."""
    made = [model._meta for model in apps.get_models(include_auto_created=True) if model not in OF_NO_STEP]
    return {
        meta.db_table: Columns(
            str(meta.pk.column), [str(field.column) for field in meta.concrete_fields if field != meta.pk]
        )
        for meta in made
        if meta.managed and not meta.proxy and meta.pk
    }


def make_look() -> None:
    """Give the test database a function that shows everything in it: a session plans the seventy tables once."""
    each = [f"SELECT '{table}', to_json(t)::text FROM {table} t" for table in _tables()]  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION everything_there() RETURNS TABLE (place text, told text) LANGUAGE plpgsql AS"
            f" $$ BEGIN RETURN QUERY {' UNION ALL '.join(each)}; END $$"
        )


def _rows() -> set[Row]:
    """Everything that is in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT place, told FROM everything_there()")
        return set(cursor.fetchall())


@functools.lru_cache(2_000)
def _script(changes: tuple[Change, ...]) -> str:
    """The SQL that makes these changes, under all triggers: keys are looked after when the transaction ends.

    To let the triggers sleep (`session_replication_role`) would make the session plan all its statements anew.
    """
    went, came = (_by_table(rows) for rows in _in_one(changes))
    statements = ["SET CONSTRAINTS ALL DEFERRED"]  # a test may have looked after the keys of a story before
    for table in sorted({*went, *came}):
        former, new = went.get(table, {}), came.get(table, {})
        statements += _deletion(table, [key for key in former if key not in new])
        statements += _update(table, [row for key, row in new.items() if key in former])
        statements += _insertion(table, [row for key, row in new.items() if key not in former])
    return ";\n".join(statements)


def _deletion(table: str, keys: list[str]) -> list[str]:
    column, gone = _tables()[table].key, sql.Literal(keys).as_string()
    return [f"DELETE FROM {table} WHERE {column}::text = ANY({gone}::text[])"] if keys else []  # noqa: S608


def _update(table: str, rows: list[str]) -> list[str]:
    known = _tables()[table]
    values = ", ".join(f"{column} = new.{column}" for column in known.others)
    where = f"WHERE {table}.{known.key} = new.{known.key}"
    return [f"UPDATE {table} SET {values} FROM {_rows_of(table, rows)} new {where}"] if rows else []  # noqa: S608


def _insertion(table: str, rows: list[str]) -> list[str]:
    return [f"INSERT INTO {table} SELECT * FROM {_rows_of(table, rows)}"] if rows else []  # noqa: S608


def _rows_of(table: str, rows: list[str]) -> str:
    made = sql.Literal(f"[{','.join(rows)}]").as_string()
    return f"json_populate_recordset(NULL::{table}, {made})"


def _in_one(changes: Iterable[Change]) -> tuple[set[Row], set[Row]]:
    """What went and what came in the end."""
    went: set[Row] = set()
    came: set[Row] = set()
    for change in changes:
        went |= change.gone - came
        came = (came - change.gone) | change.made
    return went - came, came - went


def _by_table(rows: Iterable[Row]) -> dict[str, dict[str, str]]:
    """The rows of each table by their keys."""
    found: dict[str, dict[str, str]] = {}
    for table, row in sorted(rows):
        found.setdefault(table, {})[str(json.loads(row)[_tables()[table].key])] = row
    return found


def _execute(script: str) -> None:
    """Past Django's cursors, so that no test counts it among its own queries."""
    connection.ensure_connection()
    connection.connection.execute(script, prepare=False)
