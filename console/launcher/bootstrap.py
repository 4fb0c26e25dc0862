"""Makes .venv as the lock files say; runs on a bare Python, before anything is installed.

    python3 console/launcher/bootstrap.py requirements.lock [requirements-dev.lock]

Does nothing when .venv was made from exactly these files; the network is needed only otherwise.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

OLDEST = (3, 11)
NEWER_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")
CHECKOUT = Path(__file__).resolve().parent.parent.parent
VENV = CHECKOUT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"


def main(names: list[str]) -> None:
    """Leaves a .venv that holds what the named lock files list, or exits with what is missing."""
    use_a_new_python()
    with (CHECKOUT / names[0]).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make run` and `make test` may begin at the same moment
        if not venv_works():
            make_venv()
        for name in names:
            install(name)


def use_a_new_python() -> None:
    """Goes on with a newer Python of this machine when this one is too old."""
    if sys.version_info[:2] >= OLDEST:
        return
    for name in NEWER_NAMES:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, __file__, *sys.argv[1:]])  # noqa: S606
    version = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit(f"Slipway needs Python 3.11 or newer, this is {version}. Name another: make run PYTHON=...")


def venv_works() -> bool:
    """False also when .venv was half made, or when the Python it was made from has gone."""
    check = f"import sys, pip; sys.exit(sys.version_info[:2] < {OLDEST!r})"
    try:
        done = subprocess.run([str(VENV_PYTHON), "-c", check], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def make_venv() -> None:
    """Makes .venv anew with this Python."""
    if find_spec("ensurepip") is None or find_spec("venv") is None:
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        sys.exit(f"This Python cannot make virtual environments. Debian and Ubuntu: apt-get install {name}")
    print(f"Making .venv with Python {sys.version.split()[0]}", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"Python could not make .venv:\n{(done.stdout + done.stderr).strip()}")


def install(name: str) -> None:
    """Installs one lock file, each archive checked against its hash; nothing when that was done before."""
    path = CHECKOUT / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    stamp = VENV / f".installed-{name}"
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    print(f"Installing {name} (only when it has changed)", flush=True)
    command = [str(VENV_PYTHON), "-m", "pip", "install", "--require-hashes", "--requirement", str(path)]
    command += ["--quiet", "--quiet", "--no-input", "--disable-pip-version-check"]
    if "PIP_CACHE_DIR" not in os.environ:
        command.append("--no-cache-dir")  # a start writes nothing outside the checkout
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit(f"pip could not install {name}, for the reason above. It needs a package registry.")
    stamp.write_text(digest, encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
