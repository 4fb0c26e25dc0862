"""Shapes of the API for agents as they run, versions, environments and deployments (contract.md)."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from agents.schemas import Body, Number, PersonOut

Note = Field(default="", max_length=2000)
Reason = Field(max_length=2000)
Digest = Field(default=None, max_length=64)


class ServedOut(Schema):
    """What an environment serves of an agent. Development's entry is the latest version that was cut."""

    version: int
    digest: str
    state: str
    since: datetime
    by: PersonOut


class AgentOut(Schema):
    """An agent with its active versions map."""

    id: UUID
    slug: str
    name: str
    description: str
    labels: dict[str, str]
    created_at: datetime
    archived_at: datetime | None
    environments: dict[str, ServedOut | None]


class AgentsOut(Schema):
    """A page of agents."""

    items: list[AgentOut]
    next_cursor: str | None


class SignOffOut(Schema):
    """A decision of QA."""

    decision: str
    by: PersonOut | None
    at: datetime
    environment: str
    note: str
    digest: str
    self_approval: bool


class VersionOut(Schema):
    """A version without its content."""

    agent: str
    version: int
    digest: str
    state: str
    description: str
    created_by: PersonOut
    created_at: datetime
    contributors: list[PersonOut]
    base_version: int | None
    environments: list[str]
    on_hold: bool


class VersionFullOut(VersionOut):
    """A version with its content and its decisions."""

    config: dict[str, Any]
    sign_offs: list[SignOffOut]


class VersionsOut(Schema):
    """A page of versions, newest first."""

    items: list[VersionOut]
    next_cursor: str | None


class DeploymentOut(Schema):
    """One move of a pin."""

    id: UUID
    agent: str
    version: int
    digest: str
    environment: str
    action: str
    from_version: int | None
    by: PersonOut
    at: datetime
    until: datetime | None = None
    note: str
    ticket: str | None
    sign_off: SignOffOut | None
    self_approval: bool
    current: bool


class DeploymentsOut(Schema):
    """A page of moves, newest first."""

    items: list[DeploymentOut]
    next_cursor: str | None


class PublishIn(Body):
    """The draft becomes the next version and goes into the entry environment."""

    environment: str | None = Field(default=None, max_length=63)
    description: str = Note
    expected_digest: str | None = Digest


class PromoteIn(Body):
    """Into the next environment, or the named next one; `ticket` counts where a change ticket is asked for."""

    environment: str | None = Field(default=None, max_length=63)
    note: str = Note
    ticket: str = Field(default="", max_length=100)
    expected_digest: str | None = Digest


class RollbackIn(Body):
    """Why the environment goes back to that deployment's version."""

    environment: str | None = Field(default=None, max_length=63)
    reason: str = Reason


class ActivateIn(Body):
    """A published version into an environment."""

    environment: str = Field(max_length=63)
    note: str = Note
    ticket: str = Field(default="", max_length=100)


class ReadyIn(Body):
    """QA's approval."""

    note: str = Note
    expected_digest: str | None = Digest


class ReasonIn(Body):
    """A reason, kept on record."""

    reason: str = Reason


class DecisionIn(Body):
    """A request for changes."""

    reason: str = Reason
    expected_digest: str | None = Digest


class LiftIn(Body):
    """Which version is freed, and why."""

    version: int = Number
    reason: str = Reason


class GateOut(Schema):
    """One line of the promotion checklist."""

    rule: str
    state: Literal["pass", "fail", "pending"]
    message: str
    who_can_fix: list[dict[str, Any]]


class EnvironmentOut(Schema):
    """A place that serves versions."""

    id: UUID
    slug: str
    name: str
    description: str
    kind: str
    position: int
    rules: dict[str, Any]


class ServedAtOut(Schema):
    """What an environment served of an agent at a moment."""

    agent: str
    environment: str
    at: datetime
    version: int
    digest: str
    state: str
    deployment: DeploymentOut


class ConfigOut(Schema):
    """A resolved configuration."""

    agent: str
    environment: str | None
    version: int
    digest: str
    config: dict[str, Any]


class Sides(Schema):
    """The two sides of a comparison: a version number, `draft`, `environment:<slug>` or `history:<id>`."""

    before: str = Field(alias="from", max_length=100)
    after: str = Field(alias="to", max_length=100)
