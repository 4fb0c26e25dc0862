"""`python -m console.launcher.manage <command>`: one command of manage.py on the data of `make run`.

Uses the database that a running console has started, or starts it for the time of the command.
"""

import subprocess
import sys

from console.launcher.__main__ import StopSwitch, chosen_home, chosen_port
from console.launcher.errors import AlreadyRunning, LaunchError, StopRequested
from console.launcher.stack import CHECKOUT, Stack


def main(arguments: list[str]) -> int:
    """The exit code of the command; 1 when it could not be started."""
    try:
        home = chosen_home()
        stack = Stack(home, chosen_port(), _say_nothing, StopSwitch())
        try:
            home.lock()
        except AlreadyRunning:
            stack.join()
        try:
            if home.is_locked:
                stack.up_services()
            command = [sys.executable, "manage.py", *arguments]
            return subprocess.run(command, env=stack.env, cwd=CHECKOUT, check=False).returncode
        finally:
            stack.down()
            home.unlock()
    except StopRequested:
        return 1
    except LaunchError as error:
        print(f"Slipway: {error}", file=sys.stderr)
        return 1


def _say_nothing(_text: str) -> None:
    """The terminal belongs to the command."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
