"""Hearing from the database what has changed, and knowing for sure that nothing was missed.

The thread listens on a connection of its own and calls itself over the same connection every second. The
database delivers in the order of commits: a call that has come back proves that everything before it has been
heard. As long as no call of the last seconds has come back, the memory is not to be believed.
"""

import logging
import secrets
import threading
import time
from contextlib import suppress

import psycopg
from psycopg import sql

from environments.serving.lookup import connect
from environments.serving.memory import Memory

SESSION = "slipway-listener"
CHANNEL = "slipway_serving"  # migration 0009_announce_changes
CALL_SECONDS = 1.0
SURE_SECONDS = 2.5  # how long a call that came back is believed, from the moment it was sent
PAUSES = (0.1, 0.2, 0.5, 1.0)  # seconds between tries to connect

logger = logging.getLogger(__name__)


class Listener:
    """Lets the memory of this process forget what has changed; `sure_until` is a time of the monotonic clock."""

    def __init__(self, memory: Memory) -> None:
        self.sure_until = 0.0
        self._memory = memory
        self._used: dict[str, str] = {}  # key -> network address, not yet noted
        self._start = threading.Lock()
        self._ends = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to listen, once; in the process that serves, so not before its first request."""
        with self._start:
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen_for_ever, name="serving-listener", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread; returns within about a second."""
        self._ends.set()
        if self._thread is not None:
            self._thread.join()

    def note_use(self, key: str, address: str) -> None:
        """Have it noted soon, off the request, that a key was used."""
        self._used[key] = address

    def _listen_for_ever(self) -> None:
        failures = 0
        while not self._ends.is_set():
            try:
                with connect(SESSION) as connection:
                    failures = 0
                    self._listen(connection)
            except psycopg.Error as error:
                logger.warning("The listening connection is gone: %s", str(error).splitlines()[:1])
            except Exception:
                logger.exception("The listener failed.")
            self.sure_until = 0.0
            self._ends.wait(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    def _listen(self, connection: psycopg.Connection) -> None:
        own = f"{CHANNEL}_{secrets.token_hex(8)}"
        for channel in (CHANNEL, own):
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        # From here on nothing is missed; before, anything may have been.
        self._memory.forget()
        number = 0
        while not self._ends.is_set():
            number, sent = number + 1, time.monotonic()
            connection.execute("SELECT pg_notify(%s, %s)", [own, str(number)])
            while (left := sent + CALL_SECONDS - time.monotonic()) > 0:
                for heard in connection.notifies(timeout=left):
                    if heard.channel == CHANNEL:
                        self._memory.hear(heard.payload)
                    elif heard.payload == str(number):
                        self.sure_until = sent + SURE_SECONDS
            self._note_used(connection)

    def _note_used(self, connection: psycopg.Connection) -> None:
        used: dict[str, str] = {}
        with suppress(KeyError):
            while True:
                key, address = self._used.popitem()
                used[key] = address
        if used:
            connection.execute(
                "UPDATE organizations_apikey SET last_used_at = now(), last_used_from = used.address"
                " FROM unnest(%s::uuid[], %s::text[]) AS used (key, address)"
                " WHERE id = used.key AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')",
                [list(used), list(used.values())],
            )
