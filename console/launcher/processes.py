"""Programs that outlive the call that started them: started, recognised again, stopped.

A pid alone proves nothing: after a crash the number may belong to somebody else. Each pid file
therefore also holds the moment the process began, and only a process that matches both is touched.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from console.launcher import logs
from console.launcher.accounts import Account

POLL_SECONDS = 0.02
ROOT = Path("/")
MARK = "SLIPWAY_PROGRAM"  # in the environment of each program, and of whatever it starts

StopPlan = Sequence[tuple[signal.Signals, float]]
"""Signals in order, each with the seconds the process gets to end; SIGKILL always comes last."""


def beginning(pid: int) -> str | None:
    """A mark of the moment the process began, equal for the same process only; None when it is gone."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        if fields[0] in {"Z", "X"}:  # dead, only not yet collected by its parent
            return None
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}:{fields[19]}"
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return None if not shown or shown.startswith("Z") else shown.partition(" ")[2].strip()


@dataclass
class Program:
    """One running program, our own child or one that a killed launcher left behind."""

    name: str
    pid: int
    began: str
    pid_file: Path
    log: Path
    child: subprocess.Popen[bytes] | None = None

    def is_running(self) -> bool:
        """Whether this very process is still there; collects it when it was our child."""
        if self.child is not None:
            return self.child.poll() is None
        return beginning(self.pid) == self.began

    def exit_code(self) -> int | None:
        """The exit code of our own child, None while it runs or when it was never our child."""
        return self.child.poll() if self.child is not None else None

    def wait(self, seconds: float) -> bool:
        """Waits for the end; False when it still runs after the time."""
        deadline = time.monotonic() + seconds
        while self.is_running():
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def stop(self, plan: StopPlan) -> None:
        """Ends the program by the plan, by SIGKILL when that was not enough, with all of its group."""
        for sign, seconds in (*plan, (signal.SIGKILL, 2.0)):
            if not self.is_running():
                break
            _send(self.pid, sign)
            if self.wait(seconds):
                break
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)  # what the program itself has left behind
        self.pid_file.unlink(missing_ok=True)


def _send(pid: int, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it may have ended by itself a moment ago
        os.kill(pid, sign)


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    state: Path,
    log: Path,
    env: Mapping[str, str],
    cwd: Path = ROOT,
    account: Account | None = None,
) -> Program:
    """Starts a program in a session of its own, so that Ctrl-C reaches the launcher alone."""
    logs.rotate(log)
    with log.open("ab") as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**env, MARK: f"{state}/{name}"},
            cwd=cwd,
            start_new_session=True,
            **(account.owner() if account else {}),
        )
    program = Program(name, child.pid, beginning(child.pid) or "", state / f"{name}.pid", log, child)
    record = {"pid": program.pid, "began": program.began}
    program.pid_file.write_text(json.dumps(record), encoding="utf-8")
    return program


def left_behind(name: str, *, state: Path, log: Path) -> Program | None:
    """The program that a killed launcher has left running, None when there is none."""
    pid_file = state / f"{name}.pid"
    try:
        record = json.loads(pid_file.read_text(encoding="utf-8"))
        program = Program(name, int(record["pid"]), str(record["began"]), pid_file, log)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return program if program.began and program.is_running() else None


def end_orphans(name: str, *, state: Path) -> bool:
    """Kills what a program started and did not live to stop, such as a server's workers; True if there was any.

    Only for a program that no longer runs. Does nothing where there is no /proc.
    """
    mark = f"{MARK}={state}/{name}".encode()
    found = False
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it has just ended, or belongs to somebody else
            if mark in environment.read_bytes().split(b"\0"):
                os.kill(int(environment.parent.name), signal.SIGKILL)
                found = True
    return found
