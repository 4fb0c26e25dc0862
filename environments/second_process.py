"""A second process for a large bulk job: one process runs Python on one core at a time, machines have more.

It reads lines of item ids, carries them out as the worker itself does, and answers each line with one of its own.
It ends when its input does: of a worker that is killed nothing stays but the line that is under way, and an item that
is carried out twice is moved once (environments.bulk).
"""

import os
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

READY, DONE = b"ready\n", b"done\n"
END_SECONDS = 10.0


class SecondProcess:
    """`manage.py carry_out`, started and ended by who uses it."""

    def __init__(self) -> None:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "carry_out"]
        # The database and folder of this very process, which are not always those that the environment names.
        here = {"DATABASE_URL": _database_url(), "SLIPWAY_CHECKPOINT_DIR": str(settings.CHECKPOINT_DIR)}
        self._process = subprocess.Popen(
            command,
            env=os.environ | here,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=settings.BASE_DIR,
        )
        self._is_ready = False

    def is_ready(self) -> bool:
        """Whether it has started; asked, never waited for, because there is work to do meanwhile."""
        out = self._process.stdout
        if not self._is_ready and out is not None and select.select([out], [], [], 0)[0]:
            self._is_ready = out.readline() == READY
        return self._is_ready

    def carry_out(self, item_ids: Sequence[int]) -> bool:
        """Have these items carried out; False when the process is gone and nobody knows how far it came."""
        given, out = self._process.stdin, self._process.stdout
        if given is None or out is None:
            return False
        try:
            given.write(" ".join(map(str, item_ids)).encode() + b"\n")
        except BrokenPipeError:
            self._is_ready = False
            return False
        self._is_ready = out.readline() == DONE
        return self._is_ready

    def end(self) -> None:
        """Let it finish its line and go."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def second_process(*, wanted: bool) -> Iterator[SecondProcess | None]:
    """One for the time of a job, where one is wanted."""
    process = SecondProcess() if wanted else None
    try:
        yield process
    finally:
        if process is not None:
            process.end()


def _database_url() -> str:
    parts = urlsplit(os.environ.get("DATABASE_URL") or "postgresql:///slipway")
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
