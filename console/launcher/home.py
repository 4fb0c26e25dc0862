"""The folder with everything that `make run` keeps: data, secrets, logs, and who is using it."""

import base64
import fcntl
import hashlib
import json
import os
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from console.launcher.accounts import Account
from console.launcher.errors import AlreadyRunning, LaunchError

SOCKET_FOLDER_BYTES = 107 - len("/.s.PGSQL.5432.lock")  # the kernel's limit for a socket's whole path
ROOTS_FOLDER = Path("/var/lib/slipway")
WAIT_FOR_A_STOPPING_ONE = 12.0
WAIT_FOR_A_KILLED_ONE = 1.5


class Home:
    """The paths below SLIPWAY_HOME and the lock that makes us its only user."""

    def __init__(self, path: Path, account: Account) -> None:
        self.path = path.expanduser().absolute()
        self.account = account
        self._lock: IO[str] | None = None
        if not self.path.exists():
            self.path.mkdir(parents=True)
            # `nobody` has to pass through to its own folders, without being able to list ours.
            self.path.chmod(0o711 if account.is_other else 0o700)
        self.log = _folder(self.path / "log", 0o700)
        self.state = _folder(self.path / "run", 0o711 if account.is_other else 0o700)
        self.secrets = _folder(self.path / "secrets", 0o700)

    def lock(self) -> None:
        """Becomes the only launcher of this folder; one that is stopping is waited for."""
        lock = (self.path / "launcher.lock").open("a+", encoding="utf-8")
        began = time.monotonic()
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                holder = _read_holder(lock)
                patience = WAIT_FOR_A_STOPPING_ONE if holder.get("stopping") else WAIT_FOR_A_KILLED_ONE
                if time.monotonic() - began > patience:
                    raise AlreadyRunning(_already_running(self.path, holder)) from None
                time.sleep(0.1)
        self._lock = lock

    @property
    def is_locked(self) -> bool:
        """Whether we are the launcher of this folder."""
        return self._lock is not None

    def announce(self, **facts: str | int | bool) -> None:
        """Tells a second launcher who holds the lock."""
        if self._lock is not None:
            self._lock.seek(0)
            self._lock.truncate()
            self._lock.write(json.dumps({"pid": os.getpid(), **facts}))
            self._lock.flush()

    def unlock(self) -> None:
        """Lets the next launcher in."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def services(self) -> Path:
        """Where database and broker keep their data: here, or where `nobody` can reach it.

        The choice is made once and written down, because data must not be forgotten in the other place.
        """
        note = self.path / "services.location"
        if note.exists():
            place = Path(note.read_text(encoding="utf-8").strip())
            if not place.is_dir():
                raise LaunchError(
                    f"The database of this folder was kept in {place}, which is gone. Put it back, "
                    f"or remove {note} to begin with an empty database."
                )
            return place
        if (self.path / "postgres").exists() or self.account.can_enter(self.path):
            return self.path
        name = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        place = _folder(_folder(ROOTS_FOLDER, 0o711) / name, 0o711)
        note.write_text(f"{place}\n", encoding="utf-8")
        return place

    def sockets(self) -> Path:
        """A private folder for sockets whose path is short enough; reused after a crash."""
        place = self.services() / "sockets"
        if len(os.fsencode(place)) <= SOCKET_FOLDER_BYTES:
            return self.account.private_folder(place)
        note = self.state / "sockets.location"
        if note.exists():
            place = Path(note.read_text(encoding="utf-8").strip())
            if place.is_dir() and place.stat().st_uid == self.account.uid:
                return place
        place = private_temporary_folder("slipway-", self.account)
        note.write_text(f"{place}\n", encoding="utf-8")
        return place

    def secret(self, name: str, make: Callable[[], str], *, is_bound_to_data: bool = True) -> Path:
        """The file of a secret, made at random at first start and readable by its owner only.

        A secret that existing data depends on is never made anew: that would make the data unreadable.
        """
        path = self.secrets / name
        if not path.exists():
            if is_bound_to_data and (self.services() / "postgres").exists():
                raise LaunchError(
                    f"{path} is missing, but the database in {self.services()} needs it. Put it back from "
                    "your backup, or remove that folder's `postgres` to begin with an empty database."
                )
            write_private(path, make() + "\n")
        return path


def private_temporary_folder(prefix: str, account: Account) -> Path:
    """A new short-named temporary folder that the account, and nobody else, can use."""
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - only parents of a private folder
        if len(parent) < 40 and account.can_enter(Path(parent)):
            place = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            account.give(place)
            return place
    raise LaunchError("The database can use no temporary folder here; set TMPDIR to one with a short path.")


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner can read, whole or not at all."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def random_text() -> str:
    """A password or key of 64 URL-safe characters, 384 random bits."""
    return secrets.token_urlsafe(48)


def random_encryption_key() -> str:
    """A Fernet key: 32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


def _folder(path: Path, mode: int) -> Path:
    if not path.exists():
        path.mkdir(parents=True)
        path.chmod(mode)
    return path


def _read_holder(lock: IO[str]) -> dict[str, object]:
    lock.seek(0)
    try:
        holder = json.loads(lock.read() or "{}")
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _already_running(path: Path, holder: dict[str, object]) -> str:
    where = f" at {holder['url']}" if holder.get("url") else ""
    process = holder.get("pid", "unknown")
    return (
        f"Slipway is already running{where} with the data in {path} (process {process}). "
        "Stop that one first, or give this one its own folder and port: make run SLIPWAY_HOME=... PORT=..."
    )
