"""Where many agents stand in two neighbouring environments, and whether each could move on now (S16: diff first)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from agents.models import Agent, Version
from console.organizations.actor import Actor
from environments.available import ASKED_ON_THE_PAGE
from environments.facts import Facts
from environments.gates import Gate, Move, checklist
from environments.models import Environment, Pin


@dataclass(frozen=True)
class Difference:
    """One agent: what source and target serve, which sections differ, and why it could not move."""

    agent: Agent
    source: Version | None
    target: Version | None
    sections: list[str] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        """Whether there is something to move."""
        return self.source is not None and (self.target is None or self.source.pk != self.target.pk)

    @property
    def failing(self) -> Gate | None:
        """The first gate that does not pass."""
        return next((gate for gate in self.gates if gate.state != "pass"), None)

    @property
    def stopping(self) -> Gate | None:
        """The first gate that neither passes nor is met on the page of the move itself (ticket, fresh sign-in)."""
        return next((gate for gate in self.gates if gate.state != "pass" and gate.rule not in ASKED_ON_THE_PAGE), None)

    @property
    def is_movable(self) -> bool:
        """Whether it could move now, once the page of the move has asked what it asks."""
        return self.differs and self.stopping is None

    @property
    def why_stopped(self) -> str:
        """Why it stays where it is; empty when it could move."""
        return self.stopping.message if self.differs and self.stopping else "" if self.is_movable else self.why_not

    @property
    def why_not(self) -> str:
        """Why it could not move now; empty when it could."""
        if self.source is None:
            return _("The source serves nothing.")
        if not self.differs:
            return _("Both serve the same version.")
        return self.failing.message if self.failing else ""

    @property
    def promotable(self) -> bool:
        """Whether it could move now."""
        return not self.why_not


def differences(
    agents: Sequence[Agent],
    source: Environment,
    target: Environment,
    actor: Actor,
    facts: Facts,
    ticket: str = "",
) -> list[Difference]:
    """The difference of each agent, with the gates of moving it by this person now, under this ticket."""
    pins = Pin.objects.filter(agent__in=agents, environment__in=[source, target])
    served = {
        (pin.agent_id, pin.environment_id): pin.version
        for pin in pins.select_related("version__manifest", "version__release", "version__author")
    }
    now = facts.now()
    found = []
    for agent in agents:
        first, second = served.get((agent.pk, source.pk)), served.get((agent.pk, target.pk))
        gates: list[Gate] = []
        if first and (second is None or first.pk != second.pk):
            first.agent = agent
            about = Move(
                agent=agent, version=first, environment=target, actor=actor, now=now, ticket=ticket, facts=facts
            )
            gates = checklist(about)
        found.append(Difference(agent, first, second, _sections(first, second), gates))
    return found


def _sections(first: Version | None, second: Version | None) -> list[str]:
    """The sections in which two versions differ, by the digests of their parts."""
    mine = first.manifest.entries if first else {}
    theirs = second.manifest.entries if second else {}
    changed = {path for path in {*mine, *theirs} if mine.get(path) != theirs.get(path)}
    return sorted({path.partition("/")[0] for path in changed}) if first else []
