"""The hash chain: what a hash covers. Pure, so that an outside verifier can do the same from an export."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import orjson

# Every column but the hash itself; the order is fixed by sorting the keys.
COVERED = (
    "id",
    "organization_id",
    "sequence",
    "verb",
    "outcome",
    "refusal",
    "actor_id",
    "actor_label",
    "door",
    "target_kind",
    "target_id",
    "target_label",
    "agent_id",
    "environment",
    "before_digest",
    "after_digest",
    "reason",
    "data",
    "request_id",
    "address",
    "at",
    "previous_hash",
)


def event_hash(event: Any) -> str:
    """SHA-256 over the canonical JSON of every column but the hash (design.md section 4)."""
    return hash_of({name: getattr(event, name) for name in COVERED})


def hash_of(columns: dict[str, Any]) -> str:
    """The same over plain values; times count in UTC to the microsecond."""
    plain = {name: _plain(value) for name, value in columns.items()}
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if value is None or isinstance(value, str | int | dict | list):
        return value
    return str(value)
