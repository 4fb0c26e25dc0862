"""Calling the API as a program does: with keys of the cast, on real addresses."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from django.test import Client

from console.organizations.actions import allow_push, create_key
from console.organizations.models import ApiKey, Organization
from tests.cast import ADDRESS, Person
from tests.remembering import remembered

BASE = "/api/v1"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """The stable code of a problem, empty for a success."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


@dataclass(frozen=True)
class Program:
    """A program with one key."""

    key: ApiKey
    secret: str
    client: Client = field(default_factory=lambda: Client(REMOTE_ADDR=ADDRESS))

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One call; header names with underscores for hyphens."""
        return call(self.client, method, path, body, **{"x_api_key": self.secret, **headers})

    def get(self, path: str, **headers: str) -> Answer:
        """Read."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Act."""
        return self.call("POST", path, body, **headers)


def call(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """One call without any key but those among the headers."""
    raw = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
    response = client.generic(
        method,
        f"{BASE}{path}",
        raw,
        content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    content = response.getvalue()
    is_json = "json" in response.headers.get("Content-Type", "") and content
    return Answer(response.status_code, orjson.loads(content) if is_json else content, dict(response.headers.items()))


def program(
    person: Person, organization: Organization, role: str, *, name: str = "", pushes: bool = False, **options: Any
) -> Program:
    """A program with a new key of this person and role; `pushes` by the leave of the same person."""
    key, secret = a_key(organization, person, role, name or f"{role} of {person.name}", **options)
    return Program(allowed_to_push(key, person) if pushes else key, secret)


@remembered
def a_key(organization: Organization, person: Person, role: str, name: str, **options: Any) -> tuple[ApiKey, str]:
    """A new key of this person and role, and its text."""
    made = create_key(organization, actor=person.actor(), name=name, role=role, **options)
    return made.key, made.secret


@remembered
def allowed_to_push(key: ApiKey, admin: Person) -> ApiKey:
    """The key, that may push to production from now on."""
    return allow_push(key, actor=admin.actor())
