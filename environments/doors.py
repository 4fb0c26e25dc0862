"""What the pages of one agent ask first, read once per request."""

from django.http import HttpRequest

from agents.models import Agent
from console.organizations.models import Organization
from environments.gathering import gather
from environments.models import Environment
from environments.pipeline import environments_of
from environments.policies import can_open, missing
from environments.standing import Standing

# Who holds none of these looks on: pages say so once instead of refusing button by button (ux.md 3.6).
ACTING = frozenset(
    {"edit_draft", "promote_to_staging", "mark_ready", "revoke_ready", "push_to_production", "roll_back", "lift_hold"}
)


def pipeline_in(request: HttpRequest, organization: Organization) -> list[Environment]:
    """The organization's pipeline in order, as it was when this request first asked."""
    known = getattr(request, "pipeline", None)
    if known is None or known[0] != organization.pk:
        known = (organization.pk, environments_of(organization))
        request.pipeline = known  # type: ignore[attr-defined]  # page and frame show the same
    pipeline: list[Environment] = known[1]
    return pipeline


def standing_for(request: HttpRequest, agent: Agent) -> Standing:
    """Where the agent stands; ask it only after a verb of the same request has run."""
    known: Standing | None = getattr(request, "agent_standing", None)
    if known is None or known.agent.pk != agent.pk:
        known = gather([agent], agent.organization, pipeline_in(request, agent.organization))[agent.pk]
        request.agent_standing = known  # type: ignore[attr-defined]  # page and frame show the same instant
    return known


def only_looks_on(rights: frozenset[str]) -> bool:
    """Whether the person can act on nothing here."""
    return rights.isdisjoint(ACTING)


def require_open(rights: frozenset[str], environment: Environment, agent: Agent) -> None:
    """Let somebody into an environment's page, or refuse naming who may open it."""
    if not can_open(rights, environment):
        raise missing(f"view_{environment.kind}", agent.organization)
