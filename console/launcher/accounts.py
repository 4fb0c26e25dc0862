"""The account that runs PostgreSQL and Valkey: `nobody` when we are root, otherwise ourselves.

PostgreSQL refuses to run as root. Root therefore hands these two programs to `nobody`, and what
`nobody` cannot reach is put where it can; the permissions of existing folders are never changed.
"""

import os
import pwd
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from console.launcher.errors import LaunchError


class ProcessOwner(TypedDict, total=False):
    """The part of `subprocess.Popen`'s arguments that says who runs the program."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """Who runs the database and the broker."""

    uid: int
    gid: int
    is_other: bool

    def owner(self) -> ProcessOwner:
        """Arguments for `subprocess` that make the program run as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}

    def private_folder(self, path: Path) -> Path:
        """Creates the folder when it is missing, closed to everybody but this account."""
        if not path.exists():
            path.mkdir(mode=0o700, parents=True)
            self.give(path)
        return path

    def give(self, path: Path) -> None:
        """Makes this account the owner of one file or folder."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can reach what lies in the folder."""
        return self._check(lambda: os.access(folder, os.X_OK))

    def can_read(self, folder: Path) -> bool:
        """Whether this account can read each file in the folder, at any depth."""
        return self._check(lambda: _is_readable(folder))

    def _check(self, question: Callable[[], bool]) -> bool:
        if not self.is_other:
            return question()
        child = os.fork()
        if child == 0:
            answer = False
            try:
                os.setgroups([])
                os.setgid(self.gid)
                os.setuid(self.uid)
                answer = question()
            finally:
                os._exit(0 if answer else 1)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def service_account() -> Account:
    """The account for the database and the broker; refuses root on a machine without `nobody`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise LaunchError(
            "PostgreSQL does not run as root and this machine has no user `nobody` to run it. "
            "Start as an ordinary user, or set DATABASE_URL and CELERY_BROKER_URL."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid, is_other=True)


def _is_readable(folder: Path) -> bool:
    if not os.access(folder, os.R_OK | os.X_OK):
        return False
    for parent, folders, files in os.walk(folder):
        if not all(os.access(Path(parent, name), os.R_OK | os.X_OK) for name in folders):
            return False
        if not all(os.access(Path(parent, name), os.R_OK) for name in files):
            return False
    return True
