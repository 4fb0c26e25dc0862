"""A production start refuses whatever would be unsafe and names the setting (T42)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own, as a start does."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
    return subprocess.run(
        [sys.executable, "-c", "import console.settings"],
        env=inherited | SAFE | changes,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_start__safe_settings__works_and_production_is_the_default() -> None:
    assert start().returncode == 0
    assert start(SLIPWAY_ENVIRONMENT="", SLIPWAY_SECRET_KEY="").returncode == 1


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
def test_start__unsafe_setting__is_refused_by_name(setting: str, value: str) -> None:
    answer = start(**{setting: value})

    assert answer.returncode == 1
    assert f"ImproperlyConfigured: {setting} must" in answer.stderr
