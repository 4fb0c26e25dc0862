"""`make run` on a bare machine: the environment is made once, and again only for another lock file."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from console.launcher import bootstrap

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose lock file asks for nothing, so that no registry is needed."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "console/launcher").mkdir(parents=True)
    shutil.copy(bootstrap.__file__, folder / "console/launcher/bootstrap.py")
    (folder / "requirements.lock").write_text("# nothing\n")
    return folder


def test_bootstrap__first_second_and_changed_lock__installs_only_when_needed(checkout: Path) -> None:
    first = _run(checkout)
    second = _run(checkout)
    (checkout / "requirements.lock").write_text("# nothing, but otherwise\n")
    third = _run(checkout)

    assert "Making .venv" in first.stdout
    assert "Installing requirements.lock" in first.stdout
    assert second.stdout == ""
    assert "Making" not in third.stdout
    assert "Installing requirements.lock" in third.stdout
    assert [run.returncode for run in (first, second, third)] == [0, 0, 0]


def test_bootstrap__requirement_without_a_hash__is_refused_and_not_taken_as_done(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("django==5.2.19\n")
    first = _run(checkout)
    second = _run(checkout)

    assert "pip could not install requirements.lock" in first.stderr
    assert [first.returncode, second.returncode] == [1, 1]


def _run(checkout: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "console/launcher/bootstrap.py", "requirements.lock"]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
