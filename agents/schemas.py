"""Shapes of the API for agents and drafts (contract.md). Bodies refuse every field they do not name."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

LARGEST_NUMBER = 2_147_483_647
Number = Field(ge=1, le=LARGEST_NUMBER)  # of a version, in an address, where everything is text
NumberIn = Field(ge=1, le=LARGEST_NUMBER, strict=True)  # the same in a body: neither `true` nor "1"


class Body(Schema):
    """What every body shares: an unknown or read-only field is refused, never silently accepted (T18)."""

    model_config = ConfigDict(extra="forbid")


class PersonOut(Schema):
    """Who did something; `key` is the name of the API key that they used, null at a screen."""

    id: UUID | None
    name: str
    key: str | None = None


class AgentIn(Body):
    """A new agent; `config` is the content of `spec` (docs/agent-document.md)."""

    slug: str = Field(max_length=63)
    name: str = Field(max_length=200)
    description: str = Field(default="", max_length=2000)
    labels: dict[str, str] = {}
    config: dict[str, Any] = {}


class AgentPatch(Body):
    """What may be changed of an agent; a field that is left out stays."""

    name: str | None = Field(default=None, max_length=200)
    description: str | None = Field(default=None, max_length=2000)
    labels: dict[str, str] | None = None


class DraftIn(Body):
    """The whole draft."""

    config: dict[str, Any]


class DraftOut(Schema):
    """The Development configuration; `digest` is its ETag."""

    config: dict[str, Any]
    base_version: int | None
    digest: str
    updated_at: datetime
    updated_by: PersonOut


class SaveOut(Schema):
    """One save in the history of a draft."""

    history_id: int
    digest: str
    at: datetime
    by: str
    reason: str
    base_version: int | None
    changed: list[str]


class SavesOut(Schema):
    """A page of saves, newest first."""

    items: list[SaveOut]
    next_cursor: str | None


class RestoreIn(Body):
    """Which save becomes the draft again."""

    history_id: int = Field(ge=1, le=9_223_372_036_854_775_807, strict=True)


class ForkIn(Body):
    """From which version the draft starts anew."""

    version: int = NumberIn


class MergeIn(Body):
    """Which version is merged into the draft, and whose text wins where both changed the same place."""

    version: int = NumberIn
    strategy: Literal["merge", "theirs", "mine"] = "merge"
