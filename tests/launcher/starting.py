"""Starts the real launcher as a process of its own, on a data folder of the test."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from console.launcher.accounts import service_account
from console.launcher.home import Home
from console.launcher.processes import MARK
from console.launcher.stack import CHECKOUT, Stack

START_SECONDS = 180.0  # a limit for a hung start, not a goal: the machine may be busy
FOREIGN = (
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "DJANGO_SETTINGS_MODULE",
    "SLIPWAY_SECRET_KEY",
    "SLIPWAY_ENCRYPTION_KEY",
)


@dataclass
class Launched:
    """A launcher process and what it has printed."""

    process: subprocess.Popen[str]
    home: Path
    port: int
    output: Path

    def wait_until_running(self) -> None:
        """Returns when the address was printed."""
        self.wait_until("is running at")

    def wait_until(self, said: str) -> None:
        """Returns when these words were printed; fails with the output when they never are."""
        deadline = time.monotonic() + START_SECONDS
        while said not in self.output.read_text(encoding="utf-8"):
            assert self.process.poll() is None, self.output.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, self.output.read_text(encoding="utf-8")
            time.sleep(0.05)

    def end(self, sign: signal.Signals) -> tuple[int, float]:
        """Sends the signal; the exit code and the seconds until the end."""
        began = time.monotonic()
        self.process.send_signal(sign)
        return self.process.wait(timeout=30), time.monotonic() - began

    def get(self, path: str) -> int:
        """The status of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status


def launch(home: Path, port: int, **env: str) -> Launched:
    """Starts the launcher without demo data."""
    output = home.with_name(f"{home.name}.out")
    settings = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    settings |= {"SLIPWAY_HOME": str(home), "PORT": str(port), "SLIPWAY_DEMO": "0", **env}
    with output.open("w", encoding="utf-8") as file:
        command = [sys.executable, "-m", "console.launcher"]
        process = subprocess.Popen(command, env=settings, cwd=CHECKOUT, stdout=file, stderr=file, text=True)
    return Launched(process, home, port, output)


def database_url(home: Path) -> str:
    """The address of the folder's database, for looking into it."""
    stack = Stack(Home(home, service_account()), 8000, lambda _: None, lambda: False, env={})
    stack.join()
    return stack.env["DATABASE_URL"]


def pid_of(home: Path, name: str) -> int:
    """The process number of one program of the folder."""
    return int(json.loads((home / "run" / f"{name}.pid").read_text(encoding="utf-8"))["pid"])


def processes_of(home: Path) -> list[str]:
    """The names of the programs of this folder that still run, with everything they started."""
    mark = f"{MARK}={home}/run/".encode()
    found: list[str] = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            entries = environment.read_bytes().split(b"\0")
        except OSError:
            continue
        found.extend(entry.decode().rpartition("/")[2] for entry in entries if entry.startswith(mark))
    return sorted(found)
