"""Secrets as the database keeps them: encrypted, and readable with every key of the settings (T33)."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def seal(text: str) -> str:
    """The secret encrypted with the newest key."""
    return _cipher().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret; a missing or wrong key is an error (`InvalidToken`), never an empty secret."""
    return _cipher().decrypt(sealed.encode()).decode()


def _cipher() -> MultiFernet:
    if not settings.ENCRYPTION_KEYS:
        raise ImproperlyConfigured("SLIPWAY_ENCRYPTION_KEY must be set before a secret can be kept.")
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])


__all__ = ["InvalidToken", "seal", "unseal"]
