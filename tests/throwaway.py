"""What a test run starts for itself, all below one temporary folder, and how it is cleaned away."""

import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from console.launcher import processes
from console.launcher.accounts import service_account
from console.launcher.home import private_temporary_folder, random_text
from console.launcher.postgres import Cluster
from console.launcher.stack import CHECKOUT
from console.launcher.valkey import Broker

PREFIX = "slipway-test-"
_ASIDE = ThreadPoolExecutor(1)


class Services:
    """What this test run has started, all below one temporary folder."""

    def __init__(self) -> None:
        self.account = service_account()
        self.folder = private_temporary_folder(PREFIX, self.account)
        _end_abandoned_runs(self.folder)
        self.state = self.folder / "run"
        self.state.mkdir()
        owner = {"pid": os.getpid(), "began": processes.beginning(os.getpid())}
        (self.folder / "owner.json").write_text(json.dumps(owner), encoding="utf-8")
        self.sockets = self.account.private_folder(self.folder / "sockets")
        self.cluster: Cluster | None = None
        self._starting: Future[None] | None = None
        self.broker: Broker | None = None

    def begin_database(self) -> str:
        """The address of a fresh cluster without fsync that starts meanwhile (`wait_for_database`).

        Its role is a superuser, to empty tables that refuse it.
        """
        self.cluster = Cluster(
            folder=self.folder,
            sockets=self.sockets,
            state=self.state,
            log=self.folder / "postgres.log",
            account=self.account,
            superuser_password=random_text(),
            is_durable=False,
        )
        owner = {"role": "slipway", "password": random_text()}
        self._starting = _ASIDE.submit(_start, self.cluster, owner)
        return self.cluster.url("slipway", **owner)

    def wait_for_database(self) -> None:
        """Returns when it runs; raises what kept it from starting."""
        if self._starting is not None:
            self._starting.result()

    def start_broker(self) -> str:
        """A fresh Valkey."""
        log = self.folder / "valkey.log"
        self.broker = Broker(self.folder, self.sockets, self.state, log, self.account)
        self.broker.start(_nothing)
        return self.broker.url

    def start_program(self, name: str, arguments: Sequence[str], **env: str) -> processes.Program:
        """A Python program of the project on the test database."""
        settings = {
            **os.environ,
            "DATABASE_URL": _test_database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        return processes.start(
            name,
            [sys.executable, *arguments],
            state=self.state,
            log=self.folder / f"{name}.log",
            env={**settings, **env},
            cwd=CHECKOUT,
        )

    def stop(self) -> None:
        """Ends and removes everything; safe to repeat."""
        wait([self._starting] if self._starting else [])
        if self.broker is not None:
            self.broker.stop()
        if self.cluster is not None:
            self.cluster.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _start(cluster: Cluster, owner: dict[str, str]) -> None:
    cluster.start(_nothing)
    cluster.provide("slipway", **owner, is_superuser=True)


def free_port() -> int:
    """A port on the loopback interface that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _test_database_url() -> str:
    """DATABASE_URL with the name that Django gave to the test database."""
    from django.db import connection

    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}"))


def _end_abandoned_runs(folder: Path) -> None:
    """Stops and removes what a killed test run has left beside our folder."""
    for other in folder.parent.glob(f"{PREFIX}*"):
        owner_file = other / "owner.json"
        if other == folder or not owner_file.exists() or other.stat().st_uid != folder.stat().st_uid:
            continue
        owner = json.loads(owner_file.read_text(encoding="utf-8"))
        if processes.beginning(int(owner["pid"])) == owner["began"]:
            continue
        for name in ("web", "web2", "worker", "valkey", "postgres"):
            program = processes.left_behind(name, state=other / "run", log=other / f"{name}.log")
            if program is not None:
                program.stop(((signal.SIGINT, 2.0),))
        shutil.rmtree(other, ignore_errors=True)


def _nothing() -> None:
    """There is nobody to give up on a start of the tests."""
