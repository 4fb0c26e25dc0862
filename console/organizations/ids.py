"""Identifiers: UUIDv7, so that new rows sort by time and ids stay opaque to programs (contract.md)."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUIDv7."""
    return uuid7()
