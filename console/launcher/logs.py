"""The log files of the started programs: bounded at each start, quoted when a program dies."""

from pathlib import Path

ROTATE_ABOVE_BYTES = 5 * 1024 * 1024
TAIL_BYTES = 16 * 1024
TAIL_LINES = 12


def rotate(path: Path) -> None:
    """Moves a log that has grown past 5 MiB aside as `<name>.1`; one former file is kept."""
    if path.exists() and path.stat().st_size > ROTATE_ABOVE_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))


def quoted(path: Path) -> str:
    """The last lines of a log under a heading, for the message that says why a program died."""
    lines = []
    if path.exists():
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()[-TAIL_LINES:]
    return "\n".join([f"The last lines of {path}:", *(f"    {line}" for line in lines)])
