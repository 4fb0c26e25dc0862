"""The two files of the demo in SLIPWAY_HOME, readable by their owner alone.

While the story is being told the credentials stand in `demo-unfinished.json`; the last step renames it to
`demo-credentials.json`. So a load that was killed is found again, with the passwords it had begun with.
"""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

from console.launcher.home import write_private


def finished_file() -> Path:
    """Where people find the demo's passwords."""
    return Path(settings.SLIPWAY_HOME) / "demo-credentials.json"


def unfinished_file() -> Path:
    """Where the passwords stand until the whole story is told."""
    return Path(settings.SLIPWAY_HOME) / "demo-unfinished.json"


def begin(credentials: dict[str, Any]) -> None:
    """Keep the passwords before anybody has them, so that a killed load can go on."""
    unfinished_file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(unfinished_file(), credentials)


def note(credentials: dict[str, Any]) -> None:
    """Keep what was added while the demo is still being made."""
    _write(unfinished_file(), credentials)


def begun() -> dict[str, Any] | None:
    """The credentials of a load that was killed, or None."""
    return _read(unfinished_file())


def forget() -> None:
    """Drop the passwords of a load that never began."""
    unfinished_file().unlink(missing_ok=True)


def finish() -> None:
    """Publish the passwords: the demo is whole."""
    unfinished_file().replace(finished_file())


def correct_url(url: str) -> bool:
    """Write another address into the finished file, and nothing else; whether there was anything to write."""
    credentials = _read(finished_file())
    if credentials is None or credentials.get("url") == url:
        return False
    _write(finished_file(), credentials | {"url": url})
    return True


def _write(path: Path, credentials: dict[str, Any]) -> None:
    write_private(path, json.dumps(credentials, indent=2, ensure_ascii=False) + "\n")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        credentials = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return credentials if isinstance(credentials, dict) else None
