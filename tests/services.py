"""pytest plugin: a PostgreSQL of our own before Django reads its settings, and real processes on request.

Loaded with `-p tests.services` (pyproject.toml), because a conftest.py comes after the settings. The cluster
is thrown away at the end. A DATABASE_URL in the environment is used instead; its role must be a superuser.
"""

import atexit
import gc
import os
import shutil
import signal
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from console.launcher import logs, processes
from console.launcher.health import is_healthy
from console.launcher.home import random_encryption_key, random_text
from tests.throwaway import Services, free_port

if TYPE_CHECKING:
    from celery import Celery
    from playwright.sync_api import Browser

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
START_SECONDS = 30.0


_services: Services | None = None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Begins to start the database and fills the environment before pytest-django imports the settings."""
    global _services
    gc.disable()  # code, models and tests are made, and live to the end
    _services = Services()
    atexit.register(_services.stop)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C: with the clean-up
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = _services.begin_database()
    os.environ.pop("SLIPWAY_CHECKPOINT_DIR", None)  # tests remove what is there: never the folder of a real console
    os.environ |= {
        "SLIPWAY_ENVIRONMENT": "local",
        "SLIPWAY_HOME": str(_services.folder / "home"),
        "SLIPWAY_SECRET_KEY": random_text(),
        "SLIPWAY_ENCRYPTION_KEY": random_encryption_key(),
    }
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    """The database is there before the first who may use it; it has started while everything was imported."""
    running_services().wait_for_database()


def pytest_collection_finish() -> None:
    """Collects garbage from here on, less often than a server does, and without the walk through what was made so far.

    What the tests themselves keep alive (stories, templates, compiled code) is most of what a walk would meet.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def pytest_unconfigure() -> None:
    """Stops what was started."""
    if _services is not None:
        _services.stop()


def running_services() -> Services:
    """The services of this run, for tests that start processes of their own."""
    if _services is None:
        raise RuntimeError("The plugin tests.services is not loaded; run pytest with this project's configuration.")
    return _services


@pytest.fixture(scope="session")
def valkey_url() -> str:
    """The address of a real Valkey, started when the first test asks."""
    return running_services().start_broker()


@pytest.fixture
def celery_on_valkey(transactional_db: None, valkey_url: str) -> Iterator["Celery"]:
    """The Celery application of this process, sending its tasks to the real Valkey, not eagerly."""
    from console.celery import app

    former = {name: app.conf[name] for name in ("broker_url", "task_always_eager")}
    app.conf.update(broker_url=valkey_url, task_always_eager=False)
    _forget_connections(app)
    yield app
    app.conf.update(former)
    _forget_connections(app)


def start_worker(app: "Celery", *more: str, application: str = "console.celery:app") -> processes.Program:
    """A real worker that answers, started as `make run` starts its own; whoever starts one ends it."""
    arguments = ["-m", "celery", "-A", application, "--skip-checks", "worker", "--loglevel", "INFO"]
    arguments += ["--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    worker = running_services().start_program(
        "worker",
        [*arguments, *more],
        CELERY_BROKER_URL=app.conf["broker_url"],
        SLIPWAY_TEST_EAGER="false",
    )
    deadline = time.monotonic() + START_SECONDS
    while not app.control.ping(timeout=0.2):
        _fail_when_over(worker, deadline)
    return worker


class WebServers:
    """Real web servers on the test database, as `make run` starts them; they know nothing of each other.

    Each is started when the first test asks for it and lives to the end of the run, as a server does for which rows
    come and go: a start costs more than most tests.
    """

    def __init__(self, running: ExitStack) -> None:
        self._running = running
        self._started: dict[str, tuple[processes.Program, str]] = {}

    def address_of(self, name: str) -> str:
        """Where this one answers; fails with its log when it has died since a test before."""
        if name not in self._started:
            self._started[name] = self._running.enter_context(_web_server(name))
        server, address = self._started[name]
        if not server.is_running():
            pytest.fail(f"{server.name} has died.\n{logs.quoted(server.log)}")
        return address


@pytest.fixture(scope="session")
def web_servers(django_db_setup: None) -> Iterator[WebServers]:
    """The web servers of this run."""
    with ExitStack() as running:
        yield WebServers(running)


@pytest.fixture
def web_server_process(transactional_db: None, web_servers: WebServers) -> Iterator[str]:
    """The address of a real web server on the test database."""
    yield web_servers.address_of("web")
    _wait_until_idle()


@pytest.fixture
def two_web_server_processes(transactional_db: None, web_servers: WebServers) -> Iterator[list[str]]:
    """The addresses of two of them."""
    yield [web_servers.address_of("web"), web_servers.address_of("web2")]
    _wait_until_idle()


@contextmanager
def _web_server(name: str) -> Iterator[tuple[processes.Program, str]]:
    port = free_port()
    arguments = ["-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--no-ws"]
    arguments += ["--workers-kill-timeout", "2", "--host", "127.0.0.1", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    server = running_services().start_program(
        name, [*arguments, "console.wsgi:application"], SLIPWAY_PUBLIC_URL=address
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_healthy(port):
            _fail_when_over(server, deadline)
            time.sleep(processes.POLL_SECONDS)
        yield server, address
    finally:
        server.stop(())  # it holds nothing, and would wait for its callers


def _wait_until_idle() -> None:
    """Nobody else is inside of a transaction: what a test leaves behind is removed only after that."""
    from django.db import connection

    busy = """SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND xact_start < now()"""
    deadline = time.monotonic() + START_SECONDS
    with connection.cursor() as cursor:
        cursor.execute(busy)
        while cursor.fetchone() is not None:
            assert time.monotonic() < deadline, "a web server is still at work"
            time.sleep(processes.POLL_SECONDS)
            cursor.execute(busy)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The machine's Chromium; without one browser tests are left out, under CI=true they fail."""
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        reason = "Chromium is not installed (Debian: apt-get install chromium)"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in the thread of the test
    options: dict[str, Any] = {
        "executable_path": program,
        "args": ["--no-sandbox", "--disable-dev-shm-usage"],
    }
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**options)
        yield chromium
        chromium.close()


def _forget_connections(app: "Celery") -> None:
    """Celery keeps connections to the broker it was first used with; another one takes effect only without them."""
    from kombu import pools

    pools.reset()
    app.amqp._producer_pool = None  # type: ignore[attr-defined]  # the one place where it is remembered
    app.close()


def _fail_when_over(program: processes.Program, deadline: float) -> None:
    if not program.is_running() or time.monotonic() > deadline:
        pytest.fail(f"{program.name} did not start.\n{logs.quoted(program.log)}")
