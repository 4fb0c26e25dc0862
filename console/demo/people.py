"""Who works at the demo organization; their passwords are made anew for every data folder."""

import secrets
from dataclasses import dataclass
from typing import Any

from console.organizations.roles import Role

ORGANIZATION_SLUG = "harbor-and-pine"
ORGANIZATION_NAME = "Harbor & Pine"
RULES: dict[str, Any] = {"fresh_sign_in_for_production": False}  # a visitor of the demo is not sent to sign in twice


@dataclass(frozen=True)
class DemoPerson:
    """One of the five; `address` is where they sit, as the audit log keeps it (RFC 5737)."""

    key: str
    name: str
    role: Role
    address: str

    @property
    def email(self) -> str:
        """What they sign in with; the domain belongs to nobody (RFC 2606)."""
        return f"{self.key}@harborpine.example"


PEOPLE = (
    DemoPerson("dana", "Dana Reyes", Role.DEVELOPER, "198.51.100.21"),
    DemoPerson("ben", "Ben Okafor", Role.DEVELOPER, "198.51.100.34"),
    DemoPerson("quinn", "Quinn Abara", Role.QA, "198.51.100.40"),
    DemoPerson("mara", "Mara Lindqvist", Role.ORG_ADMIN, "198.51.100.8"),
    DemoPerson("avery", "Avery Stone", Role.AUDITOR, "203.0.113.77"),
)
BY_KEY = {person.key: person for person in PEOPLE}
FOUNDER = BY_KEY["mara"]


def new_credentials(url: str) -> dict[str, Any]:
    """The content of `demo-credentials.json`, with fresh random passwords (108 bits each)."""
    users = [
        {
            "name": person.name,
            "email": person.email,
            "password": secrets.token_urlsafe(18)[:18],
            "role": person.role.value,
        }
        for person in PEOPLE
    ]
    return {"url": url, "organization": ORGANIZATION_SLUG, "users": users}
