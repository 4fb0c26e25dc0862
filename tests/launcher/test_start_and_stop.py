"""The launcher as a person uses it: started, stopped, killed, started again."""

import os
import signal
import socket
import stat
from collections.abc import Iterator

import psycopg
import pytest

from console.launcher.__main__ import chosen_port
from console.launcher.accounts import service_account
from console.launcher.errors import LaunchError
from console.launcher.home import Home
from console.launcher.stack import Stack
from tests.launcher.starting import Launched, database_url, launch, pid_of, processes_of
from tests.services import running_services
from tests.throwaway import free_port

pytestmark = pytest.mark.services

STOP_LIMIT_SECONDS = 10.0


@pytest.fixture(scope="module")
def launchers() -> Iterator[list[Launched]]:
    """What these tests have launched; ended after the last one."""
    launched: list[Launched] = []
    yield launched
    for each in launched:
        if each.process.poll() is None:
            each.end(signal.SIGTERM)


@pytest.fixture
def running(launchers: list[Launched]) -> Launched:
    """The console of one data folder: the one that runs already, or a new one."""
    if not launchers or launchers[-1].process.poll() is not None:
        launchers.append(starting())
        launchers[-1].wait_until_running()
    return launchers[-1]


def starting() -> Launched:
    """A launcher that begins to start the console of that folder."""
    return launch(running_services().folder / "launched", free_port())


def test_start__fresh_folder__keeps_its_secrets_private(running: Launched) -> None:
    files = sorted((running.home / "secrets").iterdir())

    assert [file.name for file in files] == [
        "database-password",
        "database-superuser-password",
        "django-secret-key",
        "encryption-key",
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len({file.read_text() for file in files}) == 4


def test_start__second_launcher__is_refused_and_the_first_goes_on(running: Launched) -> None:
    second = launch(running.home, running.port)
    code = second.process.wait(timeout=30)

    assert code == 1
    assert f"already running at http://127.0.0.1:{running.port}" in second.output.read_text()
    assert running.get("/healthz") == 200


def test_start__after_kill_9__takes_over_and_loses_nothing(running: Launched, launchers: list[Launched]) -> None:
    with psycopg.connect(database_url(running.home), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('still here')")
    postgres = int((running.home / "postgres/postmaster.pid").read_text().split()[0])
    os.kill(pid_of(running.home, "web"), signal.SIGKILL)  # its own workers live on and hold the port
    running.process.kill()
    running.process.wait()

    again = launch(running.home, running.port)
    launchers.append(again)
    again.wait_until_running()

    assert again.get("/healthz") == 200
    assert int((again.home / "postgres/postmaster.pid").read_text().split()[0]) == postgres
    assert kept_in(again) == [("still here",)]
    with psycopg.connect(database_url(again.home)) as connection:
        superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    assert superuser == (False,)


def test_stop__by_ctrl_c__ends_everything_in_time(running: Launched) -> None:
    code, seconds = running.end(signal.SIGINT)

    assert code == 0
    assert seconds < STOP_LIMIT_SECONDS
    assert processes_of(running.home) == []


def test_stop__while_it_starts__ends_everything_in_time(launchers: list[Launched]) -> None:
    launchers.append(starting())
    launchers[-1].wait_until("Starting Slipway")
    code, seconds = launchers[-1].end(signal.SIGTERM)

    assert code == 0
    assert seconds < STOP_LIMIT_SECONDS
    assert "is running at" not in launchers[-1].output.read_text()
    assert processes_of(launchers[-1].home) == []


def test_watch__a_program_dies__says_which_and_stops_the_rest(running: Launched) -> None:
    assert kept_in(running) == [("still here",)]
    os.kill(pid_of(running.home, "worker"), signal.SIGKILL)
    code = running.process.wait(timeout=STOP_LIMIT_SECONDS)

    said = running.output.read_text()
    assert code == 1
    assert "worker has ended with code -9" in said
    assert "The last lines of" in said
    assert processes_of(running.home) == []


def kept_in(launched: Launched) -> list[tuple[str]]:
    """What a test before has written into the console's database."""
    with psycopg.connect(database_url(launched.home)) as connection:
        return connection.execute("SELECT word FROM kept").fetchall()


def test_start__taken_port__names_the_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        launched = launch(running_services().folder / "port", port)
        code = launched.process.wait(timeout=30)

    assert code == 1
    assert f"Port {port} is taken by another program. Choose another with PORT" in launched.output.read_text()


def test_start__port_that_is_none__is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    launched = launch(running_services().folder / "unused", 0, PORT="abc")
    for port in ("0", "65536", "-1"):
        monkeypatch.setenv("PORT", port)
        with pytest.raises(LaunchError, match=f"PORT must be a number from 1 to 65535, not '{port}'"):
            chosen_port()

    assert launched.process.wait(timeout=30) == 1
    assert "PORT must be a number from 1 to 65535, not 'abc'" in launched.output.read_text()


def test_up_services__addresses_are_given__starts_neither() -> None:
    given = {"DATABASE_URL": "postgresql://db.example/slipway", "CELERY_BROKER_URL": "redis://broker.example"}
    home = Home(running_services().folder / "given", service_account())
    stack = Stack(home, 8000, lambda _: None, lambda: False, env=dict(given))
    stack.up_services()

    assert stack.cluster is None
    assert stack.broker is None
    assert {name: stack.env[name] for name in given} == given
    assert not (home.path / "postgres").exists()
