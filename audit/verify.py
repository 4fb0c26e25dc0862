"""Recomputes a whole chain from the database and holds it against every checkpoint; repairs nothing.

One snapshot, raw rows over a server-side cursor: memory stays flat whatever the length of the chain.
"""

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from audit import witness
from audit.chain import COVERED, hash_of
from audit.findings import Verification
from audit.models import GENESIS

BATCH = 2_000

_SPELLED = {
    "at": """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "data": "data::text",
    **{name: f"{name}::text" for name in ("id", "organization_id", "actor_id", "agent_id")},
}
_ROWS = (
    f"SELECT {', '.join(_SPELLED.get(name, name) for name in COVERED)}, hash"  # noqa: S608  # constants only
    " FROM audit_event WHERE organization_id = %s ORDER BY sequence"
)
_HEAD = "SELECT sequence, hash FROM audit_chainhead WHERE organization_id = %s"
_CHECKPOINTS = f"""SELECT sequence, hash, {_SPELLED["at"]}, previous, signature
 FROM audit_checkpoint WHERE organization_id = %s ORDER BY sequence"""  # noqa: S608  # constants only
_ORGANIZATIONS = """SELECT id FROM organizations_organization UNION SELECT organization_id FROM audit_chainhead
 UNION SELECT organization_id FROM audit_checkpoint UNION SELECT DISTINCT organization_id FROM audit_event"""
_GUARDS = "SELECT tgname FROM pg_trigger WHERE tgname = ANY(%s) AND tgenabled IN ('O', 'A')"
GUARDS = tuple(f"audit_{table}_{kind}" for table in ("event", "checkpoint") for kind in ("immutable", "kept"))


@dataclass(frozen=True, slots=True)
class _Witness:
    sequence: int
    hash: str
    signature: str
    in_file: bool


def verify(organization_id: UUID) -> Verification:
    """Check sequence, links, hashes, head, checkpoints and checkpoint file of one organization."""
    result = Verification(organization_id)
    with _snapshot(result) as size:
        file = _file_witnesses(result, size) if size is not None else iter(())
        rows = _database_witnesses(result)
        merged = heapq.merge(rows, file, key=lambda one: one.sequence)
        _walk(result, _agreed(result, merged, file_is_readable=size is not None))
    return result


def organizations_to_verify() -> list[UUID]:
    """Every organization that the database or a checkpoint file speaks of, gone ones too."""
    with connection.cursor() as cursor:
        cursor.execute(_ORGANIZATIONS)
        known = {row[0] for row in cursor.fetchall()}
    return sorted(known | witness.organizations_with_files())


def missing_guards() -> list[str]:
    """The triggers against UPDATE, DELETE and TRUNCATE that are gone or switched off."""
    with connection.cursor() as cursor:
        cursor.execute(_GUARDS, [list(GUARDS)])
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in GUARDS if name not in present]


@contextmanager
def _snapshot(result: Verification) -> Iterator[int | None]:
    """One moment of database and file: no checkpoint is half written while both are looked at."""
    with transaction.atomic():
        yield _freeze(result)


def _freeze(result: Verification) -> int | None:
    try:
        with witness.folder_lock(exclusive=False):
            size = witness.size_of(result.organization_id)
            _fix_moment()
            return size
    except OSError as error:
        result.add(0, "file", f"the checkpoint folder cannot be read: {error.strerror}")
        _fix_moment()
        return None


def _fix_moment() -> None:
    with connection.cursor() as cursor:
        if not connection.savepoint_ids:  # the caller's transaction has begun already otherwise
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT 1")


def _walk(result: Verification, witnesses: Iterator[_Witness]) -> None:
    due = next(witnesses, None)
    previous, expected = GENESIS, 1
    for row in _rows(result.organization_id):
        sequence: int = row["sequence"]
        for what in _wrong(row, previous, expected):
            result.add(min(sequence, expected), "chain", what)
        while due and due.sequence <= sequence:
            if due.sequence == sequence:  # a smaller one speaks of a row that was noted as missing
                _compare(result, due, row["hash"])
            due = next(witnesses, None)
        if result.covered_to == sequence:
            result.uncovered_since = ""
        elif not result.uncovered_since:
            result.uncovered_since = row["at"] or ""
        result.checked += 1
        previous, expected = row["hash"], sequence + 1
    if due:
        seen = max([due.sequence, *(one.sequence for one in witnesses)])
        result.add(expected, "chain", f"rows {expected} to {seen} are missing at the end: a checkpoint saw them")
    _check_head(result, expected - 1, previous)


def _wrong(row: dict[str, Any], previous: str, expected: int) -> Iterator[str]:
    sequence = row["sequence"]
    if sequence > expected:
        yield f"row {expected} is missing" + (f" and all up to {sequence - 1}" if sequence > expected + 1 else "")
    elif sequence < expected:
        yield f"row {sequence} is there twice"
    elif row["previous_hash"] != previous:
        yield f"row {sequence} does not follow the row before it"
    if _hash(row) != row["hash"]:
        yield f"row {sequence} does not have the hash that it was written with: a column was changed"


def _hash(row: dict[str, Any]) -> str:
    try:
        columns = {name: row[name] for name in COVERED} | {"data": orjson.loads(row["data"])}
        return hash_of(columns)
    except (TypeError, ValueError):
        return ""


def _compare(result: Verification, due: _Witness, row_hash: str) -> None:
    if row_hash != due.hash:
        what = f"row {due.sequence} is not the one that its checkpoint signed: the chain was written anew after"
        result.add(due.sequence, "chain", f"{what} row {result.covered_to}")
    elif due.in_file and result.is_chain_sound:
        result.covered_to = due.sequence


def _check_head(result: Verification, last: int, last_hash: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_HEAD, [result.organization_id])
        head, head_hash = cursor.fetchone() or (0, GENESIS)
    if head > last:
        result.add(last + 1, "chain", f"row {last + 1} is missing: the head of the chain says {head}")
    elif head < last:
        result.add(head + 1, "chain", f"row {head + 1} stands behind the head of the chain, which says {head}")
    elif head_hash != last_hash:
        result.add(head, "chain", f"the head of the chain does not name row {head}")


def _agreed(result: Verification, merged: Iterator[_Witness], *, file_is_readable: bool) -> Iterator[_Witness]:
    """Each witness; notes where database and file do not say the same."""
    for sequence, group in groupby(merged, key=lambda one: one.sequence):
        spoken = list(group)
        sides = {one.in_file for one in spoken}
        if file_is_readable and sides == {False}:
            result.add(sequence, "file", f"the checkpoint about row {sequence} is missing in the file")
        elif sides == {True}:
            result.add(sequence, "checkpoint", f"the checkpoint about row {sequence} is missing in the database")
        elif len({one.signature for one in spoken}) > 1:
            result.add(sequence, "checkpoint", f"database and file disagree about the checkpoint at row {sequence}")
        yield from spoken


def _database_witnesses(result: Verification) -> Iterator[_Witness]:
    before = ""
    for sequence, row_hash, at, previous, signature in _stream(_CHECKPOINTS, result.organization_id):
        statement = witness.Statement(
            organization=str(result.organization_id), sequence=sequence, hash=row_hash, at=at, previous=previous
        )
        linked, before = previous == before, signature
        if not statement.is_signed_by(signature):
            result.add(sequence, "checkpoint", f"the checkpoint about row {sequence} does not carry our signature")
            continue
        if not linked:
            result.add(sequence, "checkpoint", f"a checkpoint before the one about row {sequence} is missing")
        yield _Witness(sequence, row_hash, signature, in_file=False)


def _file_witnesses(result: Verification, size: int) -> Iterator[_Witness]:
    before, last = "", 0
    for number, text in enumerate(witness.lines(result.organization_id, size), start=1):
        try:
            line = witness.parse(text, result.organization_id)
            if not text.endswith(b"\n"):
                raise witness.BrokenLine("the last line is cut off")
        except witness.BrokenLine as error:
            result.add(last + 1, "file", f"line {number} of the checkpoint file: {error}")
            continue
        sequence = line.statement.sequence
        if sequence <= last:
            what = f"line {number} of the checkpoint file goes back to row {sequence}: an older state was restored"
            result.add(sequence, "file", what)
            continue
        if line.statement.previous != before:
            result.add(sequence, "file", f"a line is missing before line {number} of the checkpoint file")
        before, last = line.signature, sequence
        result.late_lines += line.is_late
        yield _Witness(sequence, line.statement.hash, line.signature, in_file=True)


def _rows(organization_id: UUID) -> Iterator[dict[str, Any]]:
    names = (*COVERED, "hash")
    for row in _stream(_ROWS, organization_id):
        yield dict(zip(names, row, strict=True))


def _stream(sql: str, organization_id: UUID) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, [organization_id])
        while rows := cursor.fetchmany(BATCH):
            yield from rows
