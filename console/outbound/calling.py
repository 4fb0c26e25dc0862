"""One POST to a judged destination: to the address that was checked, within a time and an amount, no redirect followed.

The standard library's client, because the connection is the point: we open the socket ourselves, TLS and `Host` keep
the name of the URL. No proxy of the environment is used, it would resolve the name a second time.
"""

import contextlib
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, RemoteDisconnected

from django.utils.translation import gettext as _

from console.outbound.destinations import Allowance, Destination
from console.outbound.errors import UrlNotAllowed

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
MOST_READ = 64 * 1024
ADDRESSES_TRIED = 2


@dataclass(frozen=True)
class Reply:
    """What came of a call: a status, or in `trouble` why there is none. Nothing of the answer is interpreted."""

    status: int | None
    milliseconds: int
    body: bytes = b""
    retry_after: str = ""
    trouble: str = ""

    @property
    def is_success(self) -> bool:
        """2xx and nothing else."""
        return self.status is not None and 200 <= self.status < 300


def post(destination: Destination, allowance: Allowance, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Judge the destination, then send; every trouble of the network is a `Reply`, a forbidden address is refused.

    5 s to connect, 10 s in all, at most 64 KiB of the answer. The status decides: a body that breaks off or goes on
    for ever is cut. Raises `UrlNotAllowed` before any connection.
    """
    destination.require_allowed(allowance)
    began = time.monotonic()
    if not destination.addresses:
        return Reply(None, 0, trouble=_("The name %(host)s has no address at the moment.") % {"host": destination.host})
    try:
        with _connected(destination, began) as connection:
            connection.settimeout(_left(began, TOTAL_SECONDS))
            connection.sendall(_request(destination, body, headers))
            return _read(connection, began)
    except ssl.SSLError as trouble:
        return _failed(began, f"TLS failed: {trouble.reason or 'the certificate does not hold'}.")
    except TimeoutError:
        return _failed(began, "No answer in time.")
    except RemoteDisconnected:
        return _failed(began, "The receiver closed the connection without an answer.")
    except OSError as trouble:
        return _failed(began, f"The connection failed: {trouble.strerror or type(trouble).__name__}.")
    except (HTTPException, ValueError):
        return _failed(began, "The answer is not HTTP.")


class _Bounded(io.RawIOBase):
    """The answer's bytes, as long as the whole call is within its time; a drip keeps nobody waiting longer."""

    def __init__(self, connection: socket.socket, began: float) -> None:
        self.connection, self.began = connection, began

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]  # what sockets fill
        """What is there, or TimeoutError at the end of the call's time."""
        self.connection.settimeout(_left(self.began, TOTAL_SECONDS))
        return self.connection.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        """What `HTTPResponse` asks a socket for."""
        return io.BufferedReader(self)


def _connected(destination: Destination, began: float) -> socket.socket:
    """A connection to one of the checked addresses, with TLS for the URL's own host."""
    plain = _dialled(destination, began)
    if destination.scheme == "http":
        return plain
    try:
        plain.settimeout(_left(began, CONNECT_SECONDS))
        return ssl.create_default_context().wrap_socket(plain, server_hostname=destination.host)
    except BaseException:
        plain.close()
        raise


def _dialled(destination: Destination, began: float) -> socket.socket:
    *others, last = destination.addresses[:ADDRESSES_TRIED]
    for address in others:  # half of the time each, so that an address that is silent leaves some for the next
        with contextlib.suppress(OSError):
            return socket.create_connection((address, destination.port), timeout=CONNECT_SECONDS / ADDRESSES_TRIED)
    return socket.create_connection((last, destination.port), timeout=_left(began, CONNECT_SECONDS))


def _request(destination: Destination, body: bytes, headers: Mapping[str, str]) -> bytes:
    fixed = {
        "Host": destination.host_header,
        "Content-Length": str(len(body)),
        "Connection": "close",
        "Accept-Encoding": "identity",
    }
    lines = [
        f"POST {destination.target} HTTP/1.1",
        *(f"{name}: {value}" for name, value in {**fixed, **headers}.items()),
    ]
    if any(character in line for line in lines for character in "\r\n"):
        raise UrlNotAllowed(_("A line break stands where none may be."))
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _read(connection: socket.socket, began: float) -> Reply:
    answer = HTTPResponse(_Bounded(connection, began), method="POST")  # type: ignore[arg-type]  # asks for makefile only
    answer.begin()
    body = bytearray()
    with contextlib.suppress(OSError, HTTPException, ValueError):  # the status counts, however the body ends
        while len(body) < MOST_READ and (more := answer.read1(MOST_READ - len(body))):
            body += more
    return Reply(answer.status, _milliseconds(began), bytes(body), answer.getheader("Retry-After") or "")


def _left(began: float, limit: float) -> float:
    left = limit - (time.monotonic() - began)
    if left <= 0:
        raise TimeoutError
    return left


def _failed(began: float, trouble: str) -> Reply:
    return Reply(None, _milliseconds(began), trouble=trouble)


def _milliseconds(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
