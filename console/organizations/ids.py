"""Identifiers: UUIDv7, so that new rows sort by time and ids stay opaque to programs (contract.md)."""

import re
from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7

_HARMLESS = re.compile(r"^[A-Za-z0-9_.-]{8,64}\Z")


def new_id() -> UUID:
    """A new UUIDv7."""
    return uuid7()


def request_id_of(given: str | None) -> str:
    """The id of a request: the one that the caller sent (`X-Request-ID`) when it is harmless, else a new one."""
    if given and _HARMLESS.match(given):
        return given
    return uuid_utils.uuid7().hex  # as `new_id`, without the standard library's slow object around it
