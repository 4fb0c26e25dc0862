"""A production start refuses whatever would be unsafe and names the setting (T42)."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from console.launcher.home import random_encryption_key, random_text

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "SLIPWAY_ENVIRONMENT": "production",
    "SLIPWAY_SECRET_KEY": random_text(),
    "SLIPWAY_ENCRYPTION_KEY": random_encryption_key(),
    "SLIPWAY_ALLOWED_HOSTS": "slipway.example",
    "SLIPWAY_PUBLIC_URL": "https://slipway.example",
    "DATABASE_URL": "postgresql://slipway@127.0.0.1/slipway",
}


def surroundings(**changes: str) -> dict[str, str]:
    """A safe environment with these changes."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
    return inherited | SAFE | changes


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own, as a start does."""
    return subprocess.run(
        [sys.executable, "-c", "import console.settings"],
        env=surroundings(**changes),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_start__safe_settings__works_and_production_is_the_default() -> None:
    assert start().returncode == 0
    refused = start(SLIPWAY_ENVIRONMENT="", SLIPWAY_SECRET_KEY="")
    assert refused.returncode == 1
    assert "ImproperlyConfigured: SLIPWAY_SECRET_KEY must" in refused.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SLIPWAY_DEBUG", "true"),
        ("SLIPWAY_DEBUG", "perhaps"),
        ("SLIPWAY_SECRET_KEY", ""),
        ("SLIPWAY_SECRET_KEY", "change-me"),
        ("SLIPWAY_SECRET_KEY", "a" * 60),
        ("SLIPWAY_SECRET_KEY", "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz-0123456789"),
        ("SLIPWAY_ALLOWED_HOSTS", ""),
        ("SLIPWAY_ALLOWED_HOSTS", "*"),
        ("SLIPWAY_ALLOWED_HOSTS", "slipway.example,.example"),
        ("SLIPWAY_ENCRYPTION_KEY", ""),
        ("SLIPWAY_ENCRYPTION_KEY", "too-short"),
        ("SLIPWAY_WEBHOOK_ALLOW_NETWORKS", "10.0.0.0/33"),
        ("SLIPWAY_PUBLIC_URL", ""),
        ("SLIPWAY_PUBLIC_URL", "http://slipway.example"),
        ("DATABASE_URL", "sqlite:///slipway.db"),
    ],
)
def test_settings__one_is_unsafe__are_refused_by_its_name(
    setting: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", surroundings(**{setting: value}))

    with pytest.raises(ImproperlyConfigured, match=f"^{setting} must"):
        runpy.run_path(str(ROOT / "console/settings.py"))
