"""The audit log as a file: exactly the filtered events with their chain columns, streamed.

JSON Lines is exact: the hash of each row recomputes from it (docs/audit.md). CSV is for spreadsheets: a cell
that such a program would run as a formula gets an apostrophe in front (T45).
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from audit.chain import COVERED, moment, plain_columns
from audit.filters import EventFilter
from audit.models import Event
from audit.querysets import EventQuerySet
from audit.verify import verify
from console.organizations.models import Organization

CHUNK = 2_000
RECOMPUTED = 100_000  # longer chains are not recomputed for an export: that would take seconds
COLUMNS = ("sequence", *(name for name in COVERED if name != "sequence"), "hash")
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Export:
    """What an export holds: the events up to a row, how many they are, and what was asked for."""

    organization: Organization
    events: EventQuerySet
    rows: int
    head: int
    head_hash: str
    wanted: EventFilter
    scope: str
    format: str
    at: datetime

    @property
    def file_name(self) -> str:
        """The name that the browser gives the file."""
        return f"audit-{self.organization.slug}-{self.at:%Y%m%dT%H%M%SZ}.{self.format}"


def stream(export: Export) -> Iterator[bytes]:
    """The file in pieces: what it is, then the events, newest first as on the page."""
    spell = _csv if export.format == "csv" else _jsonl
    yield from spell(_head(export), _events(export.events))


def neutral(cell: str) -> str:
    """The cell as a spreadsheet shows it instead of running it."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def _head(export: Export) -> dict[str, Any]:
    return {
        "organization": export.organization.slug,
        "scope": export.scope,
        "filter": export.wanted.spelled(),
        "exported_at": moment(export.at),
        "time_zone": "UTC",
        "rows": export.rows,
        "chain": {"head_sequence": export.head, "head_hash": export.head_hash} | _chain_state(export),
    }


def _chain_state(export: Export) -> dict[str, Any]:
    if export.head > RECOMPUTED:
        return {"state": "not recomputed for this export, run audit_verify"}
    result = verify(export.organization.pk)
    return {"state": "sound" if result.ok else "broken"} | result.as_json()


def _events(events: EventQuerySet) -> Iterator[Event]:
    with transaction.atomic():  # a server-side cursor without HOLD: the database keeps no copy of the result
        yield from events.newest_first().iterator(chunk_size=CHUNK)


def _jsonl(head: dict[str, Any], events: Iterable[Event]) -> Iterator[bytes]:
    yield orjson.dumps({"record": "head", **head}) + b"\n"
    for event in events:
        columns = plain_columns(event) | {"hash": event.hash}
        yield orjson.dumps({"record": "event", **{name: columns[name] for name in COLUMNS}}) + b"\n"


def _csv(head: dict[str, Any], events: Iterable[Event]) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(["# Slipway audit log", *(neutral(f"{name}: {_cell(value)}") for name, value in head.items())])
    writer.writerow(COLUMNS)
    for event in events:
        columns = plain_columns(event) | {"hash": event.hash}
        writer.writerow([neutral(_cell(columns[name])) for name in COLUMNS])
        if buffer.tell() > 32_768:
            yield _taken(buffer)
    yield _taken(buffer)


def _cell(value: Any) -> str:
    if isinstance(value, dict | list):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return "" if value is None else str(value)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
