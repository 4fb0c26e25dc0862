"""Many valid events in little time, for benchmarks and load tests; not a door of the console."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from audit.chain import COVERED, hash_of, moment
from audit.log import lock_head
from audit.models import ChainHead, Event
from audit.verbs import VERBS
from console.organizations.ids import new_id
from console.organizations.models import Organization, User

BATCH = 20_000
_SMALLEST = timedelta(microseconds=1)
_ENVIRONMENTS = ("", "staging", "production", "staging")
_VERBS = list(VERBS)
_COLUMNS = (*COVERED, "hash")


@dataclass(slots=True)
class _Load:
    organization: Organization
    people: list[User]
    objects: list[tuple[UUID, str]]
    step: timedelta


def fill(organization: Organization, rows: int, *, agents: int = 200, days: int = 0) -> None:
    """Append so many chained events of the members' doings, in batches, 4,000 to 17,000 a second.

    Every 17th is a refused attempt; verbs, members and agents take turns. In an empty chain they spread over
    the last `days`; otherwise they follow the last event within microseconds. Verify is green afterwards.
    """
    people = list(User.objects.filter(memberships__organization=organization).order_by("pk"))
    objects = [(new_id(), f"load agent {number:05}") for number in range(agents)]
    is_empty = not Event.objects.filter(organization=organization).exists()
    step = max(timedelta(days=days) / max(rows, 1), _SMALLEST) if is_empty else _SMALLEST
    load = _Load(organization, people, objects, step)
    for start in range(0, rows, BATCH):
        _append(load, min(rows - start, BATCH), rows)


@transaction.atomic
def append_acts(organization: Organization, acts: Sequence[dict[str, Any]]) -> None:
    """Append these acts in their order, each with the columns that tell it and its time `at`; the last is the newest.

    Times before the chain's last event are taken as that event's (T49).
    """
    sequence, previous, _ = lock_head(organization)
    earliest = ChainHead.objects.get(organization=organization).at
    _copy(organization, _chained(organization, acts, sequence, previous, earliest))


def _chained(
    organization: Organization, acts: Sequence[dict[str, Any]], sequence: int, previous: str, earliest: datetime | None
) -> Iterator[dict[str, Any]]:
    for number, act in enumerate(acts, start=sequence + 1):
        earliest = max(act["at"], earliest) if earliest else act["at"]
        event = {
            "id": str(new_id()),
            "organization_id": str(organization.pk),
            "sequence": number,
            "outcome": "done",
            "refusal": "",
            "door": "page",
            "request_id": f"{number:032x}",
            "address": "127.0.0.1",
            **act,
            "at": moment(earliest),
            "previous_hash": previous,
        }
        event["hash"] = previous = hash_of(event)
        yield event


def _copy(organization: Organization, events: Iterator[dict[str, Any]]) -> None:
    """Write chained events and let the chain's head stand at the last one."""
    last: dict[str, Any] = {}
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY audit_event ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            for last in events:
                copy.write_row([_cell(name, last[name]) for name in _COLUMNS])
        if last:
            cursor.execute(
                "UPDATE audit_chainhead SET sequence = %s, hash = %s, at = %s WHERE organization_id = %s",
                [last["sequence"], last["hash"], last["at"], organization.pk],
            )


@transaction.atomic
def _append(load: _Load, rows: int, all_rows: int) -> None:
    sequence, previous, at = lock_head(load.organization)
    if sequence == 0:
        at -= load.step * all_rows
    elif load.step > _SMALLEST:
        at = ChainHead.objects.get(organization=load.organization).at or at
    _copy(load.organization, _events(load, sequence, previous, at, rows))


def _events(load: _Load, sequence: int, previous: str, at: datetime, rows: int) -> Iterator[dict[str, Any]]:
    for number in range(sequence + 1, sequence + rows + 1):
        event = (
            _actor(load, number)
            | _act(load, number)
            | {
                "id": str(new_id()),
                "organization_id": str(load.organization.pk),
                "sequence": number,
                "before_digest": previous,
                "after_digest": f"{number:064x}",
                "reason": f"Load entry {number}",
                "data": {"number": number},
                "request_id": f"{number:032x}",
                "at": moment(at + load.step * (number - sequence)),
                "previous_hash": previous,
            }
        )
        event["hash"] = previous = hash_of(event)
        yield event


def _actor(load: _Load, number: int) -> dict[str, Any]:
    person = load.people[number % len(load.people)] if load.people else None
    return {
        "actor_id": str(person.pk) if person else None,
        "actor_label": person.name if person else "Slipway",
        "door": "page",
        "address": "127.0.0.1",
    }


def _act(load: _Load, number: int) -> dict[str, Any]:
    agent_id, name = load.objects[number * 7 % len(load.objects)]
    is_refused = number % 17 == 0
    return {
        "verb": _VERBS[number * 5 % len(_VERBS)],
        "outcome": "refused" if is_refused else "done",
        "refusal": "permission_denied" if is_refused else "",
        "target_kind": "agent",
        "target_id": str(agent_id),
        "target_label": name,
        "agent_id": str(agent_id),
        "environment": _ENVIRONMENTS[number % len(_ENVIRONMENTS)],
    }


def _cell(name: str, value: Any) -> Any:
    return orjson.dumps(value).decode() if name == "data" else value
