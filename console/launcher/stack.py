"""Database, broker, preparation, worker and web server: up in this order, down in the reverse one."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from console.launcher import logs, processes
from console.launcher.errors import LaunchError, StopRequested
from console.launcher.health import HOST, is_healthy
from console.launcher.home import Home, random_encryption_key, random_text
from console.launcher.postgres import Cluster
from console.launcher.valkey import Broker

CHECKOUT = Path(__file__).resolve().parent.parent.parent
DATABASE = ROLE = "slipway"
WATCH_SECONDS = 0.1
PREPARE_SECONDS = 600.0
HEALTH_SECONDS = 120.0
# Together with database and broker at most 9.5 s, the limit for a stop is 10 s.
WEB_STOP_PLAN: processes.StopPlan = ((signal.SIGTERM, 3.0),)
WORKER_STOP_PLAN: processes.StopPlan = ((signal.SIGTERM, 2.5),)
COMMAND_STOP_PLAN: processes.StopPlan = ((signal.SIGTERM, 1.0),)
LEFT_BEHIND = (("web", WEB_STOP_PLAN), ("worker", WORKER_STOP_PLAN), ("prepare", COMMAND_STOP_PLAN))


@dataclass
class Stack:
    """The running console of one SLIPWAY_HOME."""

    home: Home
    port: int
    say: Callable[[str], None]
    is_stop_requested: Callable[[], bool]
    with_demo: bool = True
    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    cluster: Cluster | None = None
    broker: Broker | None = None
    worker: processes.Program | None = None
    web: processes.Program | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def up(self) -> None:
        """Starts everything in order and returns when the first page can be asked for."""
        self._stop_what_is_left()
        _refuse_taken_port(self.port)
        self.up_services()
        self._step("prepare", self._prepare)
        self._start_worker_and_web()
        self._step("web", self._wait_for_health)

    def up_services(self) -> None:
        """Starts database and broker, and fills `env` with what a program needs to use them."""
        self._fill_environment()
        self._step("database", self._start_database)
        self._step("broker", self._start_broker)

    def join(self) -> None:
        """Fills `env` for the database and broker that another launcher of this folder has started."""
        self._fill_environment()
        if not self.env.get("DATABASE_URL"):
            self.env["DATABASE_URL"] = self._own_cluster().url(DATABASE, role=ROLE, password=self._password())
        if not self.env.get("CELERY_BROKER_URL"):
            self.env["CELERY_BROKER_URL"] = self._own_broker().url

    def watch(self) -> None:
        """Returns when a stop is requested; raises when one of the programs has died."""
        try:
            while True:
                self._keep_waiting()
                time.sleep(WATCH_SECONDS)
        except StopRequested:
            return

    def down(self) -> None:
        """Stops what runs, in reverse order, within 10 s."""
        if self.web is not None:
            self.web.stop(WEB_STOP_PLAN)
        if self.worker is not None:
            self.worker.stop(WORKER_STOP_PLAN)
        if self.broker is not None:
            self.broker.stop()
        if self.cluster is not None:
            self.cluster.stop()

    def _step(self, name: str, work: Callable[[], str]) -> None:
        began = time.monotonic()
        detail = work()
        self.say(f"  {name:<9} {detail} ({time.monotonic() - began:.1f} s)")

    def _programs(self) -> list[processes.Program]:
        servers = [owner.server for owner in (self.cluster, self.broker) if owner is not None]
        return [program for program in (*servers, self.worker, self.web) if program is not None]

    def _keep_waiting(self) -> None:
        if self.is_stop_requested():
            raise StopRequested
        for program in self._programs():
            if not program.is_running():
                raise LaunchError(_obituary(program))

    def _stop_what_is_left(self) -> None:
        """Ends what a killed launcher left; the database is taken over later, it may be mid-recovery."""
        for name, plan in LEFT_BEHIND:
            program = processes.left_behind(name, state=self.home.state, log=self._log(name))
            if program is not None:
                program.stop(plan)
            if processes.end_orphans(name, state=self.home.state) or program is not None:
                self.say(f"  {name:<9} left over from a killed start, stopped")

    def _fill_environment(self) -> None:
        """Settings of the programs; what the caller has set himself is kept."""
        env = self.env
        env["SLIPWAY_HOME"] = str(self.home.path)
        env["PYTHONUNBUFFERED"] = "1"
        env["DJANGO_SETTINGS_MODULE"] = "console.settings"
        env.setdefault("SLIPWAY_ENVIRONMENT", "local")
        env.setdefault("SLIPWAY_PUBLIC_URL", self.url)
        if not env.get("SLIPWAY_SECRET_KEY") and not env.get("SLIPWAY_SECRET_KEY_FILE"):
            # Losing this one signs everybody out, no more; so it may be made anew.
            path = self.home.secret("django-secret-key", random_text, is_bound_to_data=False)
            env["SLIPWAY_SECRET_KEY_FILE"] = str(path)
        if not env.get("SLIPWAY_ENCRYPTION_KEY") and not env.get("SLIPWAY_ENCRYPTION_KEY_FILE"):
            env["SLIPWAY_ENCRYPTION_KEY_FILE"] = str(self.home.secret("encryption-key", random_encryption_key))

    def _start_database(self) -> str:
        if self.env.get("DATABASE_URL"):
            return "the one that DATABASE_URL names"
        self.cluster = self._own_cluster()
        self.cluster.start(self._keep_waiting)
        self.cluster.provide(DATABASE, role=ROLE, password=self._password())
        self.env["DATABASE_URL"] = self.cluster.url(DATABASE, role=ROLE, password=self._password())
        return f"PostgreSQL {self.cluster.version} in {self.cluster.data}"

    def _own_cluster(self) -> Cluster:
        return Cluster(
            folder=self.home.services(),
            sockets=self.home.sockets(),
            state=self.home.state,
            log=self._log("postgres"),
            account=self.home.account,
            superuser_password=_read(self.home.secret("database-superuser-password", random_text)),
        )

    def _password(self) -> str:
        return _read(self.home.secret("database-password", random_text, is_bound_to_data=False))

    def _start_broker(self) -> str:
        if self.env.get("CELERY_BROKER_URL"):
            return "the one that CELERY_BROKER_URL names"
        self.broker = self._own_broker()
        self.broker.start(self._keep_waiting)
        self.env["CELERY_BROKER_URL"] = self.broker.url
        return "Valkey on a private socket"

    def _own_broker(self) -> Broker:
        return Broker(
            folder=self.home.services(),
            sockets=self.home.sockets(),
            state=self.home.state,
            log=self._log("valkey"),
            account=self.home.account,
        )

    def _prepare(self) -> str:
        demo = ["--demo-url", self.url] if self.with_demo else []
        command = self._start("prepare", ["manage.py", "prepare", *demo])
        deadline = time.monotonic() + PREPARE_SECONDS
        try:
            while command.is_running():
                self._keep_waiting()
                if time.monotonic() > deadline:
                    raise LaunchError(f"The preparation takes too long.\n{logs.quoted(command.log)}")
                time.sleep(processes.POLL_SECONDS)
        finally:
            command.stop(COMMAND_STOP_PLAN)
        if command.exit_code() != 0:
            raise LaunchError(_obituary(command))
        return "migrations and demo organization" if self.with_demo else "migrations"

    def _start_worker_and_web(self) -> None:
        # System checks look at code, not at data: CI makes them, and no start waits for them.
        worker = ["-m", "celery", "-A", "console.celery:app", "--skip-checks", "worker", "--loglevel", "INFO"]
        worker += ["--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle"]
        worker += ["--beat", "--schedule", str(self.home.state / "beat-schedule")]
        self.worker = self._start("worker", worker)
        # Without the kill timeout granian can hang for ever when it is stopped before its worker is up.
        server = ["-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8"]
        server += ["--workers-kill-timeout", "2", "--no-ws", "--host", HOST, "--port", str(self.port)]
        self.web = self._start("web", [*server, "console.wsgi:application"])

    def _wait_for_health(self) -> str:
        deadline = time.monotonic() + HEALTH_SECONDS
        while not is_healthy(self.port):
            self._keep_waiting()
            if time.monotonic() > deadline:
                raise LaunchError(f"The console does not answer.\n{logs.quoted(self._log('web'))}")
            time.sleep(processes.POLL_SECONDS)
        return "worker and web server"

    def _start(self, name: str, arguments: list[str]) -> processes.Program:
        command = [sys.executable, *arguments]
        log = self._log(name)
        return processes.start(name, command, state=self.home.state, log=log, env=self.env, cwd=CHECKOUT)

    def _log(self, name: str) -> Path:
        return self.home.log / f"{name}.log"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def _obituary(program: processes.Program) -> str:
    code = program.exit_code()
    ending = "has stopped" if code is None else f"has ended with code {code}"
    return f"{program.name} {ending}.\n{logs.quoted(program.log)}"


def _refuse_taken_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            reason = "needs more rights than you have"
        except OSError:
            reason = "is taken by another program"
        else:
            return
    raise LaunchError(f"Port {port} {reason}. Choose another with PORT, for example: make run PORT=8001")
