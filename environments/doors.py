"""What the pages of one agent ask first, read once per request."""

from django.http import HttpRequest

from agents.models import Agent
from console.organizations.doors import person_of
from environments.gathering import gather
from environments.models import Environment
from environments.pipeline import environments_of
from environments.policies import can_open, missing, permissions_on_agent
from environments.standing import Standing

# Who holds none of these looks on: pages say so once instead of refusing button by button (ux.md 3.6).
ACTING = frozenset(
    {"edit_draft", "promote_to_staging", "mark_ready", "revoke_ready", "push_to_production", "roll_back", "lift_hold"}
)


def rights_of(request: HttpRequest, agent: Agent) -> frozenset[str]:
    """What the person may do with the agent, as it was when this request first asked."""
    known = getattr(request, "agent_rights", None)
    if known is None or known[0] != agent.pk:
        known = (agent.pk, permissions_on_agent(person_of(request), agent))
        request.agent_rights = known  # type: ignore[attr-defined]  # verbs ask the database again
    rights: frozenset[str] = known[1]
    return rights


def standing_for(request: HttpRequest, agent: Agent) -> Standing:
    """Where the agent stands; ask it only after a verb of the same request has run."""
    known: Standing | None = getattr(request, "agent_standing", None)
    if known is None or known.agent.pk != agent.pk:
        known = gather([agent], agent.organization, environments_of(agent.organization))[agent.pk]
        request.agent_standing = known  # type: ignore[attr-defined]  # page and frame show the same instant
    return known


def only_looks_on(rights: frozenset[str]) -> bool:
    """Whether the person can act on nothing here."""
    return rights.isdisjoint(ACTING)


def require_open(rights: frozenset[str], environment: Environment, agent: Agent) -> None:
    """Let somebody into an environment's page, or refuse naming who may open it."""
    if not can_open(rights, environment):
        raise missing(f"view_{environment.kind}", agent.organization)
