"""What every gate gets and gives: the move that is to happen, and one answer form."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agents.models import Agent, Version
from console.organizations.actor import Actor
from console.organizations.errors import Holder, Refusal
from environments.facts import LIVE, Facts
from environments.models import Environment


@dataclass(frozen=True, kw_only=True)
class Move:
    """A move that is to happen: which version into which environment, by whom, under which ticket."""

    agent: Agent
    version: Version
    environment: Environment
    actor: Actor
    now: datetime
    ticket: str = ""
    facts: Facts = LIVE

    def holder(self, permission: str) -> Holder:
        """Who holds a permission in the agent's organization."""
        return self.facts.holder(permission, self.agent.organization)


@dataclass(frozen=True)
class Gate:
    """The answer of one rule; `refusal` is what the verb raises, the rest is what the page shows."""

    rule: str
    state: str
    message: str
    who_can_fix: Holder | None = None
    refusal: Refusal | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape of contract.md."""
        holder = self.who_can_fix
        fixers = [{"permission": holder.permission, "people": holder.people}] if holder else []
        return {"rule": self.rule, "state": self.state, "message": self.message, "who_can_fix": fixers}
