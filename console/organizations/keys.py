"""API keys as text: how one looks, and what is kept of it."""

import re
import secrets
from hashlib import sha256

PREFIX_LENGTH = 12
_KEY = re.compile(r"^slw_[A-Za-z0-9_-]{48}\Z")


def new_key() -> str:
    """A key nobody can guess: 288 random bits, the first characters of which stay visible as its prefix."""
    return f"slw_{secrets.token_urlsafe(36)}"


def prefix_of(key: str) -> str:
    """The part of a key that lists show, so that a leaked key can be found and revoked (T41)."""
    return key[:PREFIX_LENGTH]


def digest_of(key: str) -> str:
    """What is kept of a key. A plain SHA-256 is enough, because the key itself is random (dependencies.md 2.6)."""
    return sha256(key.encode("utf-8", "replace")).hexdigest()


def looks_like_key(text: str) -> bool:
    """Whether it is worth asking the database."""
    return _KEY.match(text) is not None
