"""One PostgreSQL cluster of our own: made, started or found running, given a role and a database."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from console.launcher import binaries, logs, processes
from console.launcher.accounts import Account
from console.launcher.errors import LaunchError
from console.launcher.home import write_private

SUPERUSER = "postgres"
PORT = "5432"  # only part of the socket's name: the server does not listen on the network
# Web threads, worker threads, listeners and the commands of a console on one machine, with room.
MAX_CONNECTIONS = 120
START_SECONDS = 120.0  # a recovery after a power cut may take this long
# For PostgreSQL SIGTERM waits for its clients, SIGINT does not, SIGQUIT leaves a recovery to the next start.
STOP_PLAN: processes.StopPlan = ((signal.SIGINT, 2.0), (signal.SIGQUIT, 0.5))
CLEAN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass
class Cluster:
    """A cluster and the folders it uses; `folder` keeps the data, the rest belongs to one run."""

    folder: Path
    sockets: Path
    state: Path
    log: Path
    account: Account
    superuser_password: str
    is_durable: bool = True  # False only for a throw-away cluster of the tests
    server: processes.Program | None = None
    version: str = ""

    @property
    def data(self) -> Path:
        return self.folder / "postgres"

    def start(self, keep_waiting: Callable[[], None]) -> None:
        """Makes the cluster when there is none, starts it when it does not run yet, waits for it.

        `keep_waiting` is called again and again meanwhile and may raise to give up.
        """
        self._check_owner()
        self.server = self._running()
        if self.server is not None:
            self.version = f"{(self.data / 'PG_VERSION').read_text(encoding='ascii').strip()}, found running,"
            self.sockets = Path(_pid_file_lines(self.data)[4])
        else:
            install = self._install()
            self.version = install.version
            if not self.data.exists():
                self._create(install)
            self._remove_misleading_locks()
            self.server = self._launch(install)
        self._wait_until_ready(keep_waiting)

    def stop(self) -> None:
        """Stops the server; committed work is safe in every case."""
        if self.server is not None:
            self.server.stop(STOP_PLAN)
            self.server = None

    def provide(self, name: str, *, role: str, password: str, is_superuser: bool = False) -> None:
        """Makes sure that role and database exist and that this password opens them."""
        dsn = f"host={self.sockets} port={PORT} user={SUPERUSER} dbname=postgres connect_timeout=10"
        with psycopg.connect(dsn, password=self.superuser_password, autocommit=True) as connection:
            # Sent ready hashed, so that it can appear in no log of statements.
            encrypt = connection.pgconn.encrypt_password
            hashed = encrypt(password.encode(), role.encode(), b"scram-sha-256").decode()
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
            power = "SUPERUSER" if is_superuser else "NOSUPERUSER"
            options = f"LOGIN {power} CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
            statement = sql.SQL("ALTER ROLE {} WITH {} PASSWORD {}")
            connection.execute(statement.format(sql.Identifier(role), sql.SQL(options), sql.Literal(hashed)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                statement = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(statement.format(sql.Identifier(name), sql.Identifier(role)))

    def url(self, name: str, *, role: str, password: str) -> str:
        """The address of a database of this cluster, in the form that DATABASE_URL has."""
        who = f"{quote(role)}:{quote(password, safe='')}"
        return f"postgresql://{who}@/{quote(name)}?host={quote(str(self.sockets))}&port={PORT}"

    def _check_owner(self) -> None:
        if self.data.exists() and self.data.stat().st_uid != self.account.uid:
            raise LaunchError(
                f"The database in {self.data} belongs to another user (number {self.data.stat().st_uid}). "
                "Start as the user who made it, or choose another SLIPWAY_HOME."
            )

    def _running(self) -> processes.Program | None:
        """The server that a killed launcher left running on our data."""
        known = processes.left_behind("postgres", state=self.state, log=self.log)
        lines = _pid_file_lines(self.data)
        if not lines or not lines[0].isdecimal():
            return None
        pid = int(lines[0])
        began = processes.beginning(pid)
        is_ours = (known is not None and known.pid == pid) or _is_server_of(pid, self.data)
        if began is None or not is_ours:
            return None
        return processes.Program("postgres", pid, began, self.state / "postgres.pid", self.log)

    def _install(self) -> binaries.Postgres:
        version_file = self.data / "PG_VERSION"
        major = int(version_file.read_text(encoding="ascii").strip()) if version_file.exists() else None
        found = binaries.find_postgres(major)
        return binaries.readable_postgres(found, self.account, self.folder / "programs")

    def _create(self, install: binaries.Postgres) -> None:
        """Makes an empty cluster, complete or not at all."""
        for abandoned in self.folder.glob("postgres.new-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        # A new name each time: the initdb of a killed launcher may still be writing to the former one.
        unfinished = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.folder))
        self.account.give(unfinished)
        password = self.folder / "postgres.password"
        write_private(password, f"{self.superuser_password}\n")
        self.account.give(password)
        try:
            error = self._initdb(install, unfinished, password)
        finally:
            password.unlink()
        if error:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise LaunchError(f"PostgreSQL could not create a database in {self.folder}:\n{error}")
        unfinished.rename(self.data)

    def _initdb(self, install: binaries.Postgres, target: Path, password: Path) -> str:
        """Runs initdb and returns what it complained about; the same sorting on every machine if it can."""
        locales = [["--locale=C.UTF-8"], ["--locale=C"]]
        if install.major >= 17:
            locales.insert(0, ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"])
        error = ""
        for locale in locales:
            command: list[str | Path] = [install.bin / "initdb", "-D", target, "-U", SUPERUSER, *locale]
            command += ["--encoding=UTF8", "--auth=scram-sha-256", f"--pwfile={password}"]
            command += [] if self.is_durable else ["--no-sync"]
            done = self._run(command)
            if done.returncode == 0:
                return ""
            error = done.stderr.strip()
        return error

    def _run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        owner = self.account.owner()
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/", env=CLEAN_ENVIRONMENT, **owner
        )

    def _remove_misleading_locks(self) -> None:
        """Takes away a crashed server's locks when its pid is somebody else's by now.

        PostgreSQL itself handles a pid that is free; its own check for surviving sessions stays in place.
        """
        lines = _pid_file_lines(self.data)
        if lines and lines[0].isdecimal() and processes.beginning(int(lines[0])) is not None:
            (self.data / "postmaster.pid").unlink()
        for path in self.sockets.glob(f".s.PGSQL.{PORT}*"):  # our own folder, and no server of ours runs
            path.unlink()

    def _launch(self, install: binaries.Postgres) -> processes.Program:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "port": PORT,
            "max_connections": str(MAX_CONNECTIONS),
            "password_encryption": "scram-sha-256",
            "logging_collector": "off",
            "log_line_prefix": "%m [%p] ",
        }
        if not self.is_durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            # Tests take back what they write: without this each reads through what thousands before it have left.
            settings |= {"autovacuum_naptime": "3s", "autovacuum_vacuum_cost_delay": "0"}
            settings["max_connections"] = str(4 * MAX_CONNECTIONS)  # several processes of tests race in it at once
            if install.major >= 16:
                settings["scram_iterations"] = "1"  # what a guess of its password costs each new connection
        command: list[str | Path] = [install.bin / "postgres", "-D", self.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return processes.start(
            "postgres", command, state=self.state, log=self.log, env=CLEAN_ENVIRONMENT, account=self.account
        )

    def _wait_until_ready(self, keep_waiting: Callable[[], None]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self.server is None or not self.server.is_running():
                raise LaunchError(f"PostgreSQL did not start.\n{logs.quoted(self.log)}")
            lines = _pid_file_lines(self.data)
            if len(lines) >= 8 and lines[7].strip() == "ready" and lines[0] == str(self.server.pid):
                return
            if time.monotonic() > deadline:
                raise LaunchError(f"PostgreSQL was not ready in time.\n{logs.quoted(self.log)}")
            keep_waiting()
            time.sleep(processes.POLL_SECONDS)


def _pid_file_lines(data: Path) -> list[str]:
    """postmaster.pid: process, data folder, start, port, socket folder, address, memory key, status."""
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _is_server_of(pid: int, data: Path) -> bool:
    """Whether this process is a PostgreSQL server at work in this data folder."""
    process = Path(f"/proc/{pid}")
    try:
        if process.exists():
            name = (process / "comm").read_text(encoding="utf-8").strip()
            return name == "postgres" and (process / "cwd").readlink() == data.resolve()
    except OSError:
        return False  # it ended, or belongs to somebody whose processes we may not look at
    shown = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return os.path.basename(shown.stdout.strip()) == "postgres"
