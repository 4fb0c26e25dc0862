"""`make fuzz`: schemathesis over the whole OpenAPI document, with the keys of four roles, on a console of its own.

Starts the console as `make run` does in a folder that is thrown away, and asks with each role's key: what the
document allows and what it forbids, then chains of calls in which one answer leads to the next.
SLIPWAY_FUZZ_CASES says how many cases of each operation at most (default 40), SLIPWAY_FUZZ_SEED repeats a run.
"""

import functools
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from console.launcher.health import is_healthy
from console.launcher.stack import CHECKOUT
from tests.throwaway import free_port

ROLES = ("auditor", "qa", "developer", "org_admin")  # who can change most comes last
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,missing_required_header,unsupported_method,negative_data_rejection"
)
START_SECONDS = 120.0
TRACEBACK = re.compile(r"^Traceback .*?^\S*(?:Error|Exception)\b[^\n]*", re.MULTILINE | re.DOTALL)


say = functools.partial(print, flush=True)


def main() -> int:
    """The exit code: 0 when no answer of any role breaks what the document says."""
    cases = os.environ.get("SLIPWAY_FUZZ_CASES", "40")
    seed = os.environ.get("SLIPWAY_FUZZ_SEED") or str(random.SystemRandom().randrange(10**6))
    say(f"Seed {seed}, at most {cases} cases of each operation, mode and role")
    roles = sys.argv[1:] or ROLES
    with tempfile.TemporaryDirectory(prefix="slipway-fuzz-") as folder, console(Path(folder) / "home") as (url, keys):
        failed = [role for role in roles if not _ask(role, url, keys, cases, seed, Path(folder))]
    say(f"Failed as {', '.join(failed)}" if failed else "No answer breaks what the document says.")
    return 1 if failed else 0


@contextmanager
def console(home: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A console with its demo organization; its address and one key per role."""
    port = free_port()
    url, log = f"http://127.0.0.1:{port}", home.parent / "launcher.log"
    env = os.environ | {"SLIPWAY_HOME": str(home), "PORT": str(port), "SLIPWAY_API_CALLS_PER_MINUTE": "10000000"}
    with log.open("wb") as out:
        launcher = subprocess.Popen([sys.executable, "-m", "console.launcher"], env=env, cwd=CHECKOUT, stdout=out)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_healthy(port):
            if launcher.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"The console did not start.\n{log.read_text(encoding='utf-8')}")
            time.sleep(0.2)
        people = json.loads((home / "demo-credentials.json").read_text(encoding="utf-8"))["users"]
        yield url, {person["role"]: person["api_key"] for person in reversed(people)}
    finally:
        launcher.send_signal(signal.SIGTERM)
        launcher.wait()
        _tell_mistakes(home / "log" / "web.log")


def _ask(role: str, url: str, keys: dict[str, str], cases: str, seed: str, folder: Path) -> bool:
    """One run of schemathesis with the key of a role; whether nothing was found."""
    _make_keys_to_lose(url, keys[role])
    report = folder / f"{role}.json"
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
    command += ["--config-file", str(Path(__file__).with_name("schemathesis.toml")), "run"]
    command += [f"{url}/api/v1/openapi.json", "--header", f"x-api-key: {keys[role]}", "--checks", CHECKS]
    command += ["--mode", "all", "--max-examples", cases, "--seed", seed, "--continue-on-failure", "--no-color"]
    command += ["--report", "json", "--report-json-path", str(report), "--warnings", "off"]
    command += ["--request-timeout", "30", "--suppress-health-check", "all", "--generation-database", "none"]
    spared = {_me(url, key)["key"]["id"] for key in keys.values()}
    env = os.environ | {"SCHEMATHESIS_HOOKS": "tests.fuzzing.hooks", "PYTHONPATH": str(CHECKOUT)}
    env |= {"SLIPWAY_FUZZ_URL": url, "SLIPWAY_FUZZ_KEY": keys[role], "SLIPWAY_FUZZ_SPARED": ",".join(spared)}
    began = time.monotonic()
    done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, check=False)
    out = Path(os.environ.get("SLIPWAY_FUZZ_OUT", folder)) / f"{role}.txt"
    out.write_text(done.stdout + done.stderr, encoding="utf-8")
    say(f"== {role}: exit {done.returncode}, {time.monotonic() - began:.0f} s")
    say(done.stdout[-3000:] if done.returncode else done.stdout[done.stdout.find("SUMMARY") :])
    return done.returncode == 0 and _me(url, keys[role])["key"]["revoked_at"] is None


def _tell_mistakes(log: Path) -> None:
    """Every different traceback of the web server."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    for found in sorted(set(TRACEBACK.findall(text))):
        say(found[-1500:])


def _make_keys_to_lose(url: str, key: str) -> None:
    """Keys that a run may revoke and rotate instead of the one it calls with."""
    role = _me(url, key)["roles"][0]
    for number in range(5):
        body = {"name": f"to lose {role} {number}", "role": role}
        requests.post(f"{url}/api/v1/api-keys", json=body, headers={"x-api-key": key}, timeout=30)


def _me(url: str, key: str) -> Any:
    answer = requests.get(f"{url}/api/v1/me", headers={"x-api-key": key}, timeout=30)
    answer.raise_for_status()
    return answer.json()


if __name__ == "__main__":
    sys.exit(main())
