"""What a crash leaves behind: pids that belong to somebody else, half-made things, lost folders."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.launcher import logs, processes
from console.launcher.accounts import service_account
from console.launcher.errors import LaunchError
from console.launcher.home import SOCKET_FOLDER_BYTES, Home, private_temporary_folder, random_text
from console.launcher.postgres import Cluster
from tests.services import running_services

pytestmark = pytest.mark.services


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A throw-away cluster, running."""
    account = service_account()
    folder = private_temporary_folder("slipway-test-cluster-", account)
    sockets = account.private_folder(folder / "sockets")
    cluster = Cluster(folder, sockets, folder, folder / "log", account, random_text(), is_durable=False)
    cluster.start(lambda: None)
    yield cluster
    cluster.stop()
    shutil.rmtree(folder)


def test_left_behind__pid_belongs_to_another_process__is_left_alone(tmp_path: Path) -> None:
    record = {"pid": os.getpid(), "began": "the process that had this number before"}
    (tmp_path / "web.pid").write_text(json.dumps(record))

    assert processes.left_behind("web", state=tmp_path, log=tmp_path / "web.log") is None


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"pid": "x"}', '{"pid": 1}'])
def test_left_behind__broken_pid_file__is_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "web.pid").write_text(text)

    assert processes.left_behind("web", state=tmp_path, log=tmp_path / "web.log") is None


def test_stop__program_ignores_sigterm__is_killed(tmp_path: Path) -> None:
    program = processes.start(
        "stubborn", ["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"],
        state=tmp_path, log=tmp_path / "log", env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    while "ready" not in (tmp_path / "log").read_text():
        assert program.is_running()
    program.stop(((signal.SIGTERM, 0.2),))

    assert program.exit_code() == -9
    assert not program.pid_file.exists()


def test_start__stale_pid_file_names_a_living_stranger__starts_all_the_same(cluster: Cluster) -> None:
    lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    cluster.stop()
    with subprocess.Popen(["sleep", "60"], **cluster.account.owner()) as stranger:
        lines[0] = str(stranger.pid)
        (cluster.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
        lock = cluster.sockets / ".s.PGSQL.5432.lock"
        lock.write_text("\n".join(lines[:5]) + "\n")
        cluster.account.give(lock)
        cluster.start(lambda: None)

        assert stranger.poll() is None
        stranger.kill()
    assert cluster.server is not None
    assert cluster.server.is_running()


def test_start__server_was_killed__recovers_what_was_committed(cluster: Cluster) -> None:
    cluster.provide("kept", role="slipway", password=random_text())
    assert cluster.server is not None
    cluster.server.stop(((signal.SIGKILL, 5.0),))
    password = random_text()
    cluster.start(lambda: None)
    cluster.provide("kept", role="slipway", password=password)

    assert "was interrupted" in cluster.log.read_text() or "not properly shut down" in cluster.log.read_text()
    assert cluster.url("kept", role="slipway", password=password).startswith("postgresql://slipway:")


def test_secret__lost_while_the_data_exists__is_not_made_anew() -> None:
    home = Home(running_services().folder / "lost-secret", service_account())
    (home.path / "postgres").mkdir()

    with pytest.raises(LaunchError, match="encryption-key is missing"):
        home.secret("encryption-key", random_text)
    assert list(home.secrets.iterdir()) == []


def test_services__noted_place_is_gone__does_not_begin_empty() -> None:
    home = Home(running_services().folder / "lost-data", service_account())
    (home.path / "services.location").write_text("/nowhere/slipway\n")

    with pytest.raises(LaunchError, match="/nowhere/slipway, which is gone"):
        home.services()


def test_sockets__path_is_too_long_for_the_kernel__are_in_a_short_private_folder() -> None:
    home = Home(running_services().folder / ("long" * 30), service_account())
    place = home.sockets()

    assert len(os.fsencode(place)) <= SOCKET_FOLDER_BYTES
    assert place.stat().st_mode & 0o077 == 0
    assert home.sockets() == place
    place.rmdir()


def test_rotate__log_has_grown__is_moved_aside(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * (logs.ROTATE_ABOVE_BYTES + 1))
    logs.rotate(log)

    assert not log.exists()
    assert (tmp_path / "web.log.1").stat().st_size == logs.ROTATE_ABOVE_BYTES + 1
