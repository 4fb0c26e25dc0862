"""A load client for a machine without wrk, and a watcher of one answer; run as programs of their own.

`python -m console.benchmarks.load ask URL SECONDS CONNECTIONS [HEADER...]` prints calls, seconds and latencies as JSON.
`python -m console.benchmarks.load watch URL [HEADER...]` prints when it first saw each new answer, until it is ended.
Times are of the monotonic clock, which all processes of a machine share.
"""

import http.client
import json
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

PAUSE = 0.001  # seconds between two looks of the watcher: it shall not be the load


@dataclass
class _Line:
    """One connection: how many bytes of the present answer are still to come."""

    socket: socket.socket
    whole: int
    missing: int = 0
    asked: float = 0.0
    milliseconds: list[float] = field(default_factory=list)


def ask(url: str, seconds: float, connections: int, headers: list[str]) -> dict[str, float]:
    """Ask again and again over so many connections; every answer has the length of the first one."""
    parts = urlsplit(url)
    address, request = (parts.hostname or "", parts.port or 80), _request(url, headers)
    lines = [_connect(address, request) for _ in range(connections)]
    by_number = {line.socket.fileno(): line for line in lines}
    ready = select.poll()
    for number in by_number:
        ready.register(number, select.POLLIN)
    began = time.perf_counter()
    for line in lines:
        _send(line, request)
    while (now := time.perf_counter()) - began < seconds:
        for number, _ in ready.poll(1000):
            line = by_number[number]
            line.missing -= len(line.socket.recv(262_144))
            if line.missing <= 0:
                now = time.perf_counter()
                line.milliseconds.append(1000 * (now - line.asked))
                _send(line, request)
    spent = [one for line in lines for one in line.milliseconds]
    hundred = quantiles(spent, n=100, method="inclusive")
    return {"calls": len(spent), "seconds": now - began, "p50": hundred[49], "p99": hundred[98]}


def watch(url: str, headers: list[str]) -> None:
    """Print for each new ETag: when the last call that saw the old one was sent, and when the new one came."""
    parts, sent_headers = urlsplit(url), dict(one.split(": ", 1) for one in headers)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    known, last_old = "", 0.0
    while True:
        sent = time.monotonic()
        connection.request("GET", f"{parts.path}?{parts.query}", headers=sent_headers)
        answer = connection.getresponse()
        answer.read()
        etag = answer.headers.get("ETag", "")
        if etag != known:
            print(json.dumps({"etag": etag, "old": last_old, "new": time.monotonic()}), flush=True)  # noqa: T201
            known = etag
        last_old = sent
        time.sleep(PAUSE)


def _request(url: str, headers: list[str]) -> bytes:
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = [f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _connect(address: tuple[str, int], request: bytes) -> _Line:
    """Open a connection and learn from a first answer how long one is."""
    opened = socket.create_connection(address, timeout=20)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened.sendall(request)
    got = b""
    while b"\r\n\r\n" not in got:
        got += opened.recv(262_144)
    head, _, _ = got.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    whole = len(head) + 4 + (int(lengths[0].split(b":")[1]) if lengths else 0)
    missing = whole - len(got)
    while missing > 0:
        missing -= len(opened.recv(262_144))
    return _Line(opened, whole)


def _send(line: _Line, request: bytes) -> None:
    line.missing += line.whole
    line.asked = time.perf_counter()
    line.socket.sendall(request)


def main(arguments: list[str]) -> Any:
    """The command line."""
    if arguments[0] == "watch":
        watch(arguments[1], arguments[2:])
        return
    url, seconds, connections, *headers = arguments[1:]
    print(json.dumps(ask(url, float(seconds), int(connections), headers)))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
