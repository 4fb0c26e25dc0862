"""Compiled questions: the ORM writes the SQL of a question once per process, afterwards only its values change.

Building a query and writing its SQL costs more than PostgreSQL needs to answer it, so what every request and every
verb asks is written once (ADR 018). The question stays a queryset:

    @compiled
    def _pins(agent: UUID) -> QuerySet[Pin]:
        return Pin.objects.filter(agent=agent).select_related("version")

    pins = _pins(agent.pk)

The function runs once, with a stand-in for each value: it says what is asked and cannot look at its values. A value
has the type that its column has, and is never None, which is another question in SQL. Several values for one column
are a list, asked as `column__any=values`: an array, whatever its length.
"""

import functools
import inspect
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, ParamSpec, TypeVar
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, QuerySet
from django.db.models.lookups import Lookup
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError
from psycopg import sql

from console.organizations.prepared import rows

P = ParamSpec("P")
R = TypeVar("R")
Rows = Iterable[Sequence[Any]]

_STAND_INS: dict[Any, Callable[[], Any]] = {
    UUID: uuid4,
    str: lambda: secrets.token_hex(16),
    int: lambda: secrets.randbelow(2**30),
    datetime: lambda: datetime(1900, 1, 1, tzinfo=UTC) + timedelta(seconds=secrets.randbelow(2**31)),
    list[int]: lambda: [secrets.randbelow(2**30)],
    list[UUID]: lambda: [uuid4()],
    list[str]: lambda: [secrets.token_hex(16)],
}


@Field.register_lookup
class AnyOf(Lookup):
    """`column__any=[...]`: what `IN` asks, in one shape for every number of values; of none it finds no row."""

    lookup_name = "any"

    def get_prep_lookup(self) -> list[Any]:
        """The values as the column stores them."""
        return [self.lhs.output_field.get_prep_value(value) for value in self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The comparison with one array."""
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*params, list(self.rhs)]


class Compiled(Generic[P, R]):
    """A question that has its SQL from the first time on; threads may share it."""

    def __init__(self, ask: Callable[P, "QuerySet[Any, R]"]) -> None:
        functools.update_wrapper(self, ask)
        self._ask = ask

    def __call__(self, *values: P.args, **named: P.kwargs) -> list[R]:
        """The rows of the answer, read as the queryset reads them."""
        if named or None in values:
            raise TypeError(f"{self._ask.__qualname__} takes its values in order, and None is none")
        return self._statement.answer(values)

    def first(self, *values: P.args, **named: P.kwargs) -> R | None:
        """The first row, if there is any; where there may be many, the question ends with `[:1]`."""
        return next(iter(self(*values, **named)), None)

    def get(self, *values: P.args, **named: P.kwargs) -> R:
        """The one row; its model's `DoesNotExist` where there is none."""
        for row in self(*values, **named):
            return row
        raise self._statement.model.DoesNotExist

    @functools.cached_property
    def _statement(self) -> "_Statement":
        kinds = [parameter.annotation for parameter in inspect.signature(self._ask).parameters.values()]
        stand_ins = [_STAND_INS[kind]() for kind in kinds]
        return _Statement(self._ask(*stand_ins), stand_ins)  # type: ignore[call-arg]  # one for each parameter


compiled = Compiled


class _Statement:
    """The SQL of a queryset, where its values go, and how its rows are read."""

    def __init__(self, queryset: "QuerySet[Any, Any]", stand_ins: list[Any]) -> None:
        compiler: SQLCompiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        text, params = compiler.as_sql()
        self.places = [stand_ins.index(param) for param in params if param in stand_ins]
        text = text.replace("%%", "%%%%")  # stays doubled, for what puts the values in
        self.sql = text % tuple("%s" if param in stand_ins else _constant(param) for param in params)
        self.count = len(stand_ins)
        if set(self.places) != set(range(self.count)):
            raise TypeError(f"{queryset.model.__name__}: a value does not reach the SQL as it was given")
        self.model = queryset.model
        self.locks = queryset.query.select_for_update
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        self.converters = [(at, *how) for at, how in compiler.get_converters(columns).items()]
        self.read = _reader_of(queryset, compiler)

    def answer(self, values: tuple[Any, ...]) -> list[Any]:
        """Ask with these values."""
        if len(values) != self.count:
            raise TypeError(f"{self.count} values are asked for, {len(values)} were given")
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("rows are locked inside of a transaction only")
        return self.read(self._converted(rows(self.sql, [values[place] for place in self.places])))

    def _converted(self, found: Rows) -> Rows:
        if not self.converters:
            return found
        converted = [list(row) for row in found]
        for at, converters, column in self.converters:
            for row in converted:
                for converter in converters:
                    row[at] = converter(row[at], column, connection)
        return converted


def _constant(param: Any) -> str:
    """What every call asks the same stands in the text, where PostgreSQL can plan with it; no clock's answer does."""
    if isinstance(param, date):
        raise TypeError("a moment that is read once would stay for ever; it is one of the values of a question")
    return sql.Literal(param).as_string(connection.connection).replace("%", "%%")


def _reader_of(queryset: "QuerySet[Any, Any]", compiler: SQLCompiler) -> Callable[[Rows], list[Any]]:
    """How rows become what the queryset gives: models with their related ones, tuples, or single values."""
    kind, width = queryset._iterable_class, compiler.col_count
    if queryset._prefetch_related_lookups:  # type: ignore[attr-defined]  # the stubs leave it out
        raise TypeError(f"{queryset.model.__name__}: a compiled question reads nothing ahead in further questions")
    if kind is FlatValuesListIterable:
        return lambda rows: [row[0] for row in rows]
    if kind is ValuesListIterable:
        return lambda rows: [tuple(row[:width]) for row in rows]  # what DISTINCT sorts by stands behind
    if kind is ModelIterable:
        return _models(compiler)
    raise TypeError(f"{queryset.model.__name__}: {kind.__name__} is not read by a compiled question")


def _models(compiler: SQLCompiler) -> Callable[[Rows], list[Any]]:
    """What `ModelIterable` does with a row, with everything that is the same for every answer worked out before."""
    klass: Any = compiler.klass_info
    start, end = klass["select_fields"][0], klass["select_fields"][-1] + 1
    names = [column.target.attname for column, *_ in compiler.select[start:end]]
    populators: Any = get_related_populators(klass, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    annotations = list((compiler.annotation_col_map or {}).items())

    def read(rows: Rows) -> list[Any]:
        found = []
        for row in rows:
            one = klass["model"].from_db(DEFAULT_DB_ALIAS, names, row[start:end])
            for populator in populators:
                populator.populate(row, one)
            for name, at in annotations:
                setattr(one, name, row[at])
            found.append(one)
        return found

    return read
