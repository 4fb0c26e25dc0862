"""The hash chain: what a hash covers. Pure, so that an outside verifier can do the same from an export."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

import orjson

# Every column but the hash itself; in the hash they stand in the order of their names.
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
_EXACT = 2**53  # JSON readers agree on whole numbers up to here
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def event_hash(event: Any) -> str:
    """SHA-256 over the canonical JSON of every column but the hash (design.md section 4)."""
    return hash_of(plain_columns(event))


def hash_of(plain: dict[str, Any]) -> str:
    """The same over columns that are plain JSON already, as `plain_columns` makes them."""
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def plain_columns(event: Any) -> dict[str, Any]:
    """The covered columns as JSON values; times are UTC to the microsecond, ids are text."""
    return {name: _plain(getattr(event, name)) for name in COVERED}


def moment(at: datetime) -> str:
    """A time as hashes and signatures spell it: `2026-11-20T14:03:22.000000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def storable(value: Any) -> Any:
    """The value as jsonb gives it back unchanged, or the hash would not recompute from the database.

    Fractions and numbers beyond 2^53 are kept as text, other objects as their text, and characters that
    PostgreSQL cannot store (NUL, lone surrogates) become U+FFFD.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and -_EXACT <= value <= _EXACT:
        return int(value)
    if isinstance(value, dict):
        return {clean(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [storable(item) for item in value]
    return moment(value) if isinstance(value, datetime) else clean(str(value))


def clean(text: str, most: int | None = None) -> str:
    """Text that PostgreSQL can store, cut to at most so many characters."""
    return _UNSTORABLE.sub("\ufffd", text)[:most]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    if value is None or isinstance(value, str | int | dict | list):
        return value
    return str(value)
