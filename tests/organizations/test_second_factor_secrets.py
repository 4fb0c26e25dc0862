"""Secrets of second factors are kept encrypted, and a key can be replaced without losing one (T33)."""

import pytest
from cryptography.fernet import InvalidToken
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from console.launcher.home import random_encryption_key
from console.organizations.adapter import SecondFactorAdapter


def test_encrypt__secret__is_not_readable_and_survives_a_new_key(settings: Settings) -> None:
    old, new = random_encryption_key(), random_encryption_key()
    settings.ENCRYPTION_KEYS = [old]
    kept = SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in kept

    settings.ENCRYPTION_KEYS = [new, old]
    assert SecondFactorAdapter().decrypt(kept) == "JBSWY3DPEHPK3PXP"

    settings.ENCRYPTION_KEYS = [new]
    with pytest.raises(InvalidToken):
        SecondFactorAdapter().decrypt(kept)


def test_encrypt__without_a_key__is_refused(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = []

    with pytest.raises(ImproperlyConfigured, match="SLIPWAY_ENCRYPTION_KEY"):
        SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")
