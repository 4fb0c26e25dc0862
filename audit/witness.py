"""The checkpoint files: one line per checkpoint, outside the database, which a database superuser cannot rewrite.

A line is a JSON object and ends with a newline. Writers and readers hold a lock on the folder.
"""

import fcntl
import hashlib
import hmac
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import orjson
from django.conf import settings

LOCK_SECONDS = 10.0
LATE = timedelta(minutes=5)
_TAIL = 64 * 1024
_PURPOSE = b"slipway.audit.checkpoint.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Where a chain stood, as it is signed. `previous` is the signature of the checkpoint before."""

    organization: str
    sequence: int
    hash: str
    at: str
    previous: str

    def sign(self) -> str:
        """HMAC-SHA256 with the checkpoint key, which is never in the database."""
        return _signature(self, _keys()[0])

    def is_signed_by(self, signature: str) -> bool:
        """True if one of the present keys made the signature."""
        return any(hmac.compare_digest(_signature(self, key).encode(), signature.encode()) for key in _keys())


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a checkpoint file. `written_at` is when it got into the file; it is not signed."""

    statement: Statement
    signature: str
    written_at: str

    @property
    def is_late(self) -> bool:
        """True if the line got into the file long after its checkpoint, because an earlier writer failed."""
        try:
            delay = datetime.fromisoformat(self.written_at) - datetime.fromisoformat(self.statement.at)
        except (TypeError, ValueError):
            return True
        return delay > LATE

    def spell(self) -> bytes:
        """The line as it stands in the file."""
        columns = asdict(self.statement) | {"signature": self.signature, "written_at": self.written_at}
        return orjson.dumps(columns) + b"\n"


class BrokenLine(ValueError):
    """A line that no checkpoint writer wrote."""


def path_of(organization_id: UUID) -> Path:
    """The file of an organization."""
    return Path(settings.CHECKPOINT_DIR) / f"{organization_id}.jsonl"


def organizations_with_files() -> set[UUID]:
    """The organizations that a file speaks of, also those that are gone from the database."""
    found = set()
    for path in Path(settings.CHECKPOINT_DIR).glob("*.jsonl"):
        try:
            found.add(UUID(path.stem))
        except ValueError:
            continue
    return found


@contextmanager
def folder_lock(*, exclusive: bool) -> Iterator[None]:
    """Hold the checkpoint folder: writers alone, readers together. Raises OSError after 10 s in vain."""
    folder = Path(settings.CHECKPOINT_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(descriptor, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def append(organization_id: UUID, lines: list[Line]) -> None:
    """Write the lines durably, all or none; half a line that a crash left behind is cut off first."""
    path = path_of(organization_id)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = _whole_lines_end(descriptor)
        os.ftruncate(descriptor, end)
        _write(descriptor, b"".join(line.spell() for line in lines), end)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        _sync_folder(path.parent)


def last_line(organization_id: UUID) -> Line | None:
    """The last whole line that carries our signature, None without one near the end."""
    path = path_of(organization_id)
    if not path.exists():
        return None
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        tail = file.read().rpartition(b"\n")[0]
    for text in reversed(tail.split(b"\n")):
        try:
            return parse(text, organization_id)
        except BrokenLine:
            continue
    return None


def size_of(organization_id: UUID) -> int:
    """Bytes of the file at this moment, 0 without one."""
    path = path_of(organization_id)
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return file.seek(0, os.SEEK_END)


def lines(organization_id: UUID, size: int) -> Iterator[bytes]:
    """The lines in the first `size` bytes, newline included where there is one."""
    path = path_of(organization_id)
    if not size or not path.exists():
        return
    with path.open("rb") as file:
        while size > 0 and (line := file.readline(size)):
            size -= len(line)
            yield line


def parse(text: bytes, organization_id: UUID) -> Line:
    """The line with a signature that holds, of this organization; else BrokenLine says what is wrong."""
    try:
        columns = orjson.loads(text)
        statement = Statement(**{field.name: columns[field.name] for field in fields(Statement)})
        line = Line(statement, columns["signature"], columns["written_at"])
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise BrokenLine("the line cannot be read") from error
    if not isinstance(statement.sequence, int) or not isinstance(line.signature, str):
        raise BrokenLine("the line cannot be read")
    if not statement.is_signed_by(line.signature):
        raise BrokenLine(f"the line about row {statement.sequence} does not carry our signature")
    if statement.organization != str(organization_id):
        raise BrokenLine("the line belongs to another organization")
    return line


def _signature(statement: Statement, key: bytes) -> str:
    signed = orjson.dumps(asdict(statement), option=orjson.OPT_SORT_KEYS)
    return hmac.new(key, signed, hashlib.sha256).hexdigest()


def _keys() -> list[bytes]:
    secrets = [settings.CHECKPOINT_KEY, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest() for secret in secrets if secret]


def _lock(descriptor: int, kind: int) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.005)
        else:
            return


def _whole_lines_end(descriptor: int) -> int:
    size = os.fstat(descriptor).st_size
    start = max(0, size - _TAIL)
    tail = os.pread(descriptor, size - start, start)
    if b"\n" not in tail and start:
        return size  # not a line of ours: keep it as it is
    return start + tail.rfind(b"\n") + 1


def _write(descriptor: int, content: bytes, at: int) -> None:
    try:
        written = 0
        while written < len(content):
            written += os.pwrite(descriptor, content[written:], at + written)
    except OSError:
        os.ftruncate(descriptor, at)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
