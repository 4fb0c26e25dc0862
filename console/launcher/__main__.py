"""`python -m console.launcher`: starts the console here and stays until Ctrl-C."""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from console.launcher.accounts import service_account
from console.launcher.errors import LaunchError, StopRequested
from console.launcher.home import Home
from console.launcher.stack import CHECKOUT, Stack


class StopSwitch:
    """Set by a signal, or by the end of the `make` that started us; only asked, never waited on."""

    def __init__(self) -> None:
        self.is_set = False
        self._parent = os.getppid() if os.environ.get("MAKELEVEL") else None
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._set)

    def __call__(self) -> bool:
        return self.is_set or (self._parent is not None and os.getppid() != self._parent)

    def _set(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_set = True


def say(text: str) -> None:
    """One line on the terminal; a terminal that has gone away does not stop the stop."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - lives as long as we do


def chosen_port() -> int:
    """PORT, 8000 when it is not set; refuses what is no port."""
    value = os.environ.get("PORT") or "8000"
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise LaunchError(f"PORT must be a number from 1 to 65535, not {value!r}.")
    return int(value)


def chosen_home() -> Home:
    """The data folder that SLIPWAY_HOME names, `.slipway` in the checkout when it is not set."""
    return Home(Path(os.environ.get("SLIPWAY_HOME") or CHECKOUT / ".slipway"), service_account())


def run(stop: StopSwitch) -> None:
    """Up, stay, down; raises LaunchError with everything stopped."""
    began = time.monotonic()
    port = chosen_port()
    home = chosen_home()
    home.lock()
    home.announce(url=f"http://127.0.0.1:{port}")
    stack = Stack(home, port, say, stop, with_demo=os.environ.get("SLIPWAY_DEMO", "1") not in {"0", "false"})
    say(f"Starting Slipway with the data in {home.path}")
    try:
        stack.up()
        say(f"Slipway is running at {stack.url} after {time.monotonic() - began:.1f} s. Stop it with Ctrl-C.")
        say(f"Passkeys work at http://localhost:{port} only: browsers refuse them to an address of numbers.")
        credentials = home.path / "demo-credentials.json"
        if credentials.exists():
            say(f"The demo people and their passwords are in {credentials}")
        stack.watch()
    except StopRequested:
        pass
    finally:
        home.announce(stopping=True)
        say("Stopping Slipway ...")
        stack.down()
        home.unlock()
    say("Stopped.")


def main() -> int:
    """The exit code: 0 after a requested stop, 1 when the console could not start or stay."""
    try:
        run(StopSwitch())
    except LaunchError as error:
        print(f"Slipway: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Slipway: {error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
