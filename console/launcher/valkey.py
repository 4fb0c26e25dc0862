"""The broker of our own: Valkey on a private socket, with every message on disk."""

import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from console.launcher import binaries, logs, processes
from console.launcher.accounts import Account
from console.launcher.errors import LaunchError
from console.launcher.postgres import CLEAN_ENVIRONMENT

STOP_PLAN: processes.StopPlan = ((signal.SIGTERM, 1.0),)
START_SECONDS = 60.0


@dataclass
class Broker:
    """A Valkey server; `folder` keeps its data, the rest belongs to one run."""

    folder: Path
    sockets: Path
    state: Path
    log: Path
    account: Account
    server: processes.Program | None = None

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """The address in the form that CELERY_BROKER_URL has."""
        return f"redis+socket://{quote(str(self.socket), safe='/')}"

    def start(self, keep_waiting: Callable[[], None]) -> None:
        """Ends what a killed launcher left behind, starts the server on the same data, waits for it."""
        former = processes.left_behind("valkey", state=self.state, log=self.log)
        if former is not None:
            former.stop(STOP_PLAN)
        program = binaries.readable_valkey(binaries.find_valkey(), self.account, self.folder / "programs")
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.account.private_folder(self.folder / "valkey")),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
            "maxmemory-policy": "noeviction",
        }
        command: list[str | Path] = [program]
        for name, value in settings.items():
            command += [f"--{name}", value]
        self.server = processes.start(
            "valkey", command, state=self.state, log=self.log, env=CLEAN_ENVIRONMENT, account=self.account
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if not self.server.is_running() or time.monotonic() > deadline:
                raise LaunchError(f"Valkey did not start.\n{logs.quoted(self.log)}")
            keep_waiting()
            time.sleep(processes.POLL_SECONDS)

    def stop(self) -> None:
        """Stops the server after it has written its messages to disk."""
        if self.server is not None:
            self.server.stop(STOP_PLAN)
            self.server = None

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(1.0)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
