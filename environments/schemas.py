"""Shapes of the API for agents as they run, versions, environments and deployments (contract.md)."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StrictBool, StrictInt

from agents.schemas import Body, NumberIn, PersonOut

Note = Field(default="", max_length=2000)
Reason = Field(max_length=2000)
Digest = Field(default=None, max_length=64)
WholeDigest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]  # an empty one would silently expect nothing


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

    version: int = NumberIn
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
    is_default: bool
    rules: dict[str, Any]


class EnvironmentsOut(Schema):
    """A page of the pipeline, in its order."""

    items: list[EnvironmentOut]
    next_cursor: str | None


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


class RulesIn(Body):
    """The entry rules of an environment, whole; what is left out asks for nothing (environments/rules.py)."""

    requires_sign_off: StrictBool = True
    document_valid: StrictBool = False
    soak_minutes: StrictInt = 0
    approvals: list[dict[str, Any]] = []
    ticket_pattern: str = ""
    windows: list[dict[str, Any]] = []
    freeze: dict[str, Any] | None = None
    service_accounts_only: StrictBool = False
    export_kept: StrictBool = False


class EnvironmentIn(Body):
    """A new environment."""

    name: str = Field(max_length=200)
    slug: str = Field(default="", max_length=63)
    kind: str = Field(default="staging", max_length=20)
    position: int | None = Field(default=None, ge=0, le=1000, strict=True)
    description: str = Field(default="", max_length=2000)
    rules: RulesIn | None = None


class EnvironmentPatch(Body):
    """What is to change; a field that is left out stays, `rules` replace all rules."""

    name: str | None = Field(default=None, max_length=200)
    position: int | None = Field(default=None, ge=0, le=1000, strict=True)
    description: str | None = Field(default=None, max_length=2000)
    rules: RulesIn | None = None
    is_default: StrictBool | None = None


class DifferenceOut(Schema):
    """Where one agent stands in two environments."""

    agent: str
    name: str
    source_version: int | None
    target_version: int | None
    digest: str | None
    differs: bool
    sections: list[str]
    promotable: bool
    why_not: str
    gates: list[GateOut]


class DifferencesOut(Schema):
    """A page of agents with their difference, by slug."""

    items: list[DifferenceOut]
    next_cursor: str | None


class BulkIn(Body):
    """What is to move: `agents` (or `flowIds`) by slug or id; without a list every agent pinned in the source."""

    source: str = Field(max_length=63)
    target: str = Field(max_length=63)
    agents: list[str] | None = None
    flow_ids: list[str] | None = Field(default=None, alias="flowIds")
    expected_digests: dict[str, WholeDigest] = {}
    note: str = Note
    ticket: str = Field(default="", max_length=100)


class RetryIn(Body):
    """Which of the failed agents are tried again, and what is expected of them; else what the first job was to move."""

    agents: list[str] | None = None
    expected_digests: dict[str, WholeDigest] = {}
    note: str | None = Field(default=None, max_length=2000)
    ticket: str | None = Field(default=None, max_length=100)


class JobOut(Schema):
    """A job with true counts: `done` are the agents that moved or had nothing to move."""

    id: UUID
    kind: str
    state: str
    source: str | None
    target: str
    total: int
    done: int
    failed: int
    skipped: int
    items_url: str
    by: PersonOut
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class StartedOut(Schema):
    """A job that was started."""

    job: JobOut


class JobsOut(Schema):
    """A page of jobs, newest first."""

    items: list[JobOut]
    next_cursor: str | None


class JobItemOut(Schema):
    """How one agent of a job ended."""

    agent: str
    version: int | None
    state: str
    code: str
    message: str
    deployment: UUID | None


class JobItemsOut(Schema):
    """A page of items in the order of the job."""

    items: list[JobItemOut]
    next_cursor: str | None
