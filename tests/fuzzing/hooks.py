"""Leads schemathesis to things that exist: made-up names alone would only ever be answered 404.

Loaded by schemathesis (SCHEMATHESIS_HOOKS). The key of the run and the address come from the environment.
"""

import functools
import os
from collections.abc import Callable
from typing import Any
from zlib import crc32

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

KEY, URL = os.environ["SLIPWAY_FUZZ_KEY"], os.environ["SLIPWAY_FUZZ_URL"]
SPARED = frozenset(os.environ["SLIPWAY_FUZZ_SPARED"].split(","))  # ids of keys that the runs call with
KEPT = 3  # of so many made-up names one is sent as it is


def _get(path: str) -> Any:
    answer = requests.get(f"{URL}/api/v1{path}", headers={"x-api-key": KEY}, timeout=30)
    return answer.json() if answer.ok else {}


def _ids(path: str, name: str = "id") -> list[str]:
    return [str(item[name]) for item in _get(path).get("items", [])]


@functools.cache
def _known(name: str) -> list[str]:
    """Real values of a parameter, as this key saw them when they were first wanted."""
    asked: dict[str, Callable[[], list[str]]] = {
        "agent": lambda: _ids("/agents?limit=200", "slug"),
        "environment": lambda: _ids("/environments", "slug"),
        "source": lambda: _ids("/environments", "slug"),
        "target": lambda: _ids("/environments", "slug"),
        "job": lambda: _ids("/jobs"),
        "key": lambda: [key for key in _ids("/api-keys?limit=200") if key not in SPARED],
        "webhook": _webhooks,
        "number": lambda: ["1", "2", "3"],
        "version": lambda: ["1", "2", "3"],
        "from": lambda: ["1", "2", "draft", "environment:production", "environment:staging"],
        "to": lambda: ["1", "2", "draft", "environment:production", "environment:staging"],
    }
    return asked[name]() if name in asked else []


def _webhooks() -> list[str]:
    """Those that there are; two more for who may add them."""
    for number in range(2):
        body = {"url": f"https://hooks.example.com/{number}", "kinds": ["version.ready"]}
        made = requests.post(f"{URL}/api/v1/webhooks", json=body, headers={"x-api-key": KEY}, timeout=30)
        if made.ok:
            address = f"{URL}/api/v1/webhooks/{made.json()['id']}/test"
            requests.post(address, headers={"x-api-key": KEY}, timeout=30)
    return _ids("/webhooks")


@functools.cache
def _deliveries(webhook: str) -> list[str]:
    return _ids(f"/webhooks/{webhook}/deliveries")


@functools.cache
def _deployments(agent: str) -> list[str]:
    return _ids(f"/agents/{agent}/deployments")


@schemathesis.hook
def before_call(_: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Real names for made-up ones, the tag of the draft for a made-up one, and no end of a key that we call with."""
    case.path_parameters = {
        name: _real(case, ParameterLocation.PATH, name, value) for name, value in (case.path_parameters or {}).items()
    }
    case.query = {name: _real(case, ParameterLocation.QUERY, name, value) for name, value in (case.query or {}).items()}
    if case.headers and "Idempotency-Key" in case.headers and not case.meta.is_negative_at(ParameterLocation.HEADER):
        case.headers["Idempotency-Key"] = f"{case.id}{case.headers['Idempotency-Key']}"[
            :255
        ]  # another case, another key
    if case.path.endswith("/draft") and case.headers and "If-Match" in case.headers:
        _tag(case)
    if "/webhooks" in case.path and isinstance(case.body, dict) and isinstance(case.body.get("url"), str):
        case.body = case.body | {"url": "https://hooks.example/fuzz"}  # nobody's; made-up names may be somebody's
    if str(case.path_parameters.get("key")) in SPARED:
        case.path_parameters["key"] = "0197a3c8-0000-7000-8000-000000000000"


def _real(case: Any, place: ParameterLocation, name: str, value: Any) -> Any:
    seed = crc32(repr((case.operation.label, name, value)).encode())
    is_made_up = case.meta is not None and not case.meta.is_negative_at(place) and not _is_linked(case)
    if not is_made_up or seed % KEPT == 0:
        return value
    inside = {"deployment": (_deployments, "agent"), "delivery": (_deliveries, "webhook")}
    if name in inside:
        ask, parent = inside[name]
        known = ask(str(case.path_parameters.get(parent)))
    else:
        known = _known(name)
    return known[seed % len(known)] if known else value


def _is_linked(case: Any) -> bool:
    """Whether the values come from an answer before."""
    return "stateful" in str(case.meta.phase.name).lower()


def _tag(case: Any) -> None:
    agent = case.path_parameters.get("agent", "")
    answer = requests.get(f"{URL}/api/v1/agents/{agent}/draft", headers={"x-api-key": KEY}, timeout=30)
    if "ETag" in answer.headers:
        case.headers["If-Match"] = answer.headers["ETag"]
