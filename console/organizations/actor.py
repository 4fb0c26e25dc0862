"""Who acts and on what: the two ends of every verb, as the audit log keeps them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from console.organizations.models import ApiKey, Organization, User


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person behind a verb, with the circumstances that the audit event keeps.

    `user` is None for the console's own work (an approval that time made stale) and for somebody without
    an account (an invitation), whom `name` then names.
    `proven_at` is when the person last proved their identity, None where nobody could.
    """

    user: "User | None"
    door: str = "command"
    request_id: str = ""
    address: str = ""
    proven_at: datetime | None = None
    name: str = "Slipway"
    job: UUID | None = None  # the bulk work that the act is part of

    @property
    def key(self) -> "ApiKey | None":
        """The API key that the person acts by, None for a person at a screen."""
        return self.user.key if self.user else None

    @property
    def label(self) -> str:
        """The name that the audit event keeps, even when the person is gone."""
        return self.user.name if self.user else self.name


@dataclass(frozen=True)
class Target:
    """What an act was done to, in a form that stays readable after the object changed its name."""

    organization: "Organization"
    kind: str
    id: str
    label: str
    agent_id: UUID | None = None


SYSTEM = Actor(user=None, door="job")
