"""Why a start can fail, as sentences for the person at the terminal."""


class LaunchError(Exception):
    """The start is refused or has failed; the message says what to do about it."""


class AlreadyRunning(LaunchError):
    """Another launcher is at work in the same folder."""


class StopRequested(Exception):
    """Ctrl-C or SIGTERM arrived while something was being waited for."""
