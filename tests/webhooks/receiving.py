"""A receiver of webhooks on loopback, with real sockets: it answers what it was told to, and keeps what it got."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import orjson

Answer = Callable[["Handler"], None]


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The header `webhook-id`."""
        return self.headers["webhook-id"]

    @property
    def told(self) -> Any:
        """The body, read."""
        return orjson.loads(self.body)


@dataclass
class Receiver:
    """What a test sees of the receiver. `answers` are used up one by one; then everything is answered 204."""

    port: int
    got: list[Got] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    always: Answer | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/hook") -> str:
        """An address of it."""
        return f"http://{self.address}{path}"


class Handler(BaseHTTPRequestHandler):
    """Keeps the request, gives the next answer."""

    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """One request."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.got.append(Got(self.path, headers, body))
        usual = self.receiver.always or status(204)
        answer = self.receiver.answers.pop(0) if self.receiver.answers else usual
        try:
            answer(self)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """Answer with a status."""

    def answer(handler: Handler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def raw(*pieces: bytes, pause: float = 0.0) -> Answer:
    """Answer with these bytes, with pauses between them, and close."""

    def answer(handler: Handler) -> None:
        for piece in pieces:
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(pause)
        handler.close_connection = True

    return answer


def endless(handler: Handler) -> None:
    """Answer 200 with a body that never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        handler.wfile.write(b"x" * 65_536)


def silent(handler: Handler) -> None:
    """Take the request and say nothing until the caller is gone."""
    handler.connection.settimeout(20)
    handler.connection.recv(1)
    handler.close_connection = True


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens as long as the block lasts."""
    handler = cast("type[Handler]", type("Bound", (Handler,), {}))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    handler.receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield handler.receiver
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def canaries() -> Iterator[tuple[list[int], list[Any]]]:
    """Listeners on loopback, IPv4 and IPv6, that note every connection: their ports, and who came."""
    came: list[Any] = []
    listeners = [socket.create_server((host, 0), family=family) for host, family in _places()]
    for listener in listeners:
        threading.Thread(target=_note, args=(listener, came), daemon=True).start()
    try:
        yield [listener.getsockname()[1] for listener in listeners], came
    finally:
        for listener in listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()


def _places() -> list[tuple[str, socket.AddressFamily]]:
    places = [("127.0.0.1", socket.AF_INET), ("0.0.0.0", socket.AF_INET)]  # noqa: S104 - a canary everywhere
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:  # a machine without IPv6
        return places
    return [*places, ("::1", socket.AF_INET6)]


def _note(listener: socket.socket, came: list[Any]) -> None:
    while True:
        try:
            connection, peer = listener.accept()
        except OSError:
            return
        came.append(peer)
        connection.close()
