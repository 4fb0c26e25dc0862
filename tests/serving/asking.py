"""Asking for configurations: over the network, and at the WSGI function itself."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.test import RequestFactory

from environments.serving.door import Door, Environ, StartResponse


@dataclass(frozen=True)
class Got:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)

    @property
    def is_hot(self) -> bool:
        """Whether the answer did not come from Django, which counts every call."""
        return self.status in {200, 304} and "x-ratelimit-limit" not in self.headers


def ask(address: str, path: str, secret: str = "", method: str = "GET", **headers: str) -> Got:
    """One call on a connection of its own; header names with underscores for hyphens."""
    sent = {"x-api-key": secret} if secret else {}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    try:
        connection.request(method, f"/api/v1{path}", headers=sent)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    return Got(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)


@contextmanager
def door() -> Iterator[Door]:
    """The hot path with nobody behind it: what it lets pass is answered 599, an outage 503."""
    entrance = Door(_nobody(599), _nobody(503))
    yield entrance
    entrance.close()


def at(entrance: Door, path: str, secret: str, **headers: str) -> Got:
    """One call of the WSGI function, in this process."""
    environ = RequestFactory(headers={"x-api-key": secret, **headers}).get(f"/api/v1{path}").environ
    heard: list[Any] = []
    body = b"".join(entrance(environ, lambda status, sent: heard.extend((status, sent))))
    return Got(int(heard[0].split()[0]), {name.lower(): value for name, value in heard[1]}, body)


def _nobody(status: int) -> Any:
    def application(_: Environ, start_response: StartResponse) -> list[bytes]:
        start_response(f"{status} Nobody", [])
        return [b""]

    return application
