"""Real web servers for a measurement, and a load client on loopback: wrk where there is one, else our own."""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

START_SECONDS = 60.0
WORKERS = 2
THREADS = 8
CONNECTIONS = 16
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Load:
    """What a load client has measured; latencies in milliseconds, the server's processor time in microseconds."""

    per_second: float
    p50: float
    p99: float
    processor: float  # for one call; on a busy machine the steadier figure


@dataclass(frozen=True)
class Server:
    """A running web server."""

    address: str
    pid: int

    def processor_seconds(self) -> float:
        """What it and its workers have used so far (0 where the system does not tell)."""
        return sum(_processor_seconds(pid) for pid in (self.pid, *_children(self.pid)))


@contextmanager
def serving(application: str, *, workers: int = WORKERS, **env: str) -> Iterator[Server]:
    """A web server as docs/operations.md starts it, on the database of this run."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(workers)]
    command += ["--blocking-threads", str(THREADS), "--workers-kill-timeout", "2", "--no-ws", "--no-log"]
    command += ["--host", "127.0.0.1", "--port", str(port), application]
    own = os.environ | {"DATABASE_URL": database_url(), "SLIPWAY_LOG_LEVEL": "ERROR", **env}
    server = subprocess.Popen(command, env=own, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield Server(f"http://127.0.0.1:{port}", server.pid)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def load(server: Server, path: str, seconds: float, headers: Sequence[str]) -> Load:
    """Ask that address as fast as it answers, over 16 connections."""
    url, before = f"{server.address}{path}", server.processor_seconds()
    if (wrk := shutil.which("wrk")) is not None:
        told = [part for header in headers for part in ("-H", header)]
        duration = f"{max(1, round(seconds))}s"
        calls, spent, p50, p99 = _of_wrk(
            _run([wrk, "-t1", f"-c{CONNECTIONS}", f"-d{duration}", "--latency", *told, url], seconds)
        )
    else:
        client = [sys.executable, "-m", "console.benchmarks.load", "ask"]
        found = json.loads(_run([*client, url, str(seconds), str(CONNECTIONS), *headers], seconds))
        calls, spent, p50, p99 = found["calls"], found["seconds"], found["p50"], found["p99"]
    processor = 1_000_000 * (server.processor_seconds() - before) / calls
    return Load(calls / spent, p50, p99, processor)


def fetch(url: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in small letters, and body of one call."""
    parts = urlsplit(url)
    asking = http.client.HTTPConnection(parts.netloc, timeout=20)
    asking.request("GET", f"{parts.path}?{parts.query}", headers=headers)
    answer = asking.getresponse()
    body = answer.read()
    asking.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def database_url() -> str:
    """DATABASE_URL with the name of the database that this run uses."""
    url, name = os.environ.get("DATABASE_URL"), connection.settings_dict["NAME"]
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}")) if url else f"postgresql:///{name}"


def _run(command: list[str], seconds: float) -> str:
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True, timeout=seconds + 30
    )
    return done.stdout


def _of_wrk(text: str) -> tuple[int, float, float, float]:
    """Calls, seconds, p50 and p99 from what wrk prints."""
    if "Non-2xx" in text or "Socket errors" in text:
        raise LookupError(f"the load client met errors: {text}")
    total = re.search(r"(\d+) requests in ([\d.]+)s", text)
    times = dict(re.findall(r"\b(50|99)%\s+([\d.]+(?:us|ms|s))", text))
    if total is None or len(times) != 2:
        raise LookupError(f"wrk said something else: {text}")
    return int(total[1]), float(total[2]), _milliseconds(times["50"]), _milliseconds(times["99"])


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]  # matched above
    return float(number) * _UNITS[unit]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise LookupError("a web server of the measurement did not start")


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def _processor_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
