"""The lock of every lifecycle verb: the Agent row (design.md section 4)."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.errors import AgentArchived
from agents.models import Agent, Draft
from console.organizations.compiled import compiled
from console.organizations.models import Organization


def lock_agent(agent: Agent, *, archived_too: bool = False) -> Agent:
    """Lock the agent's row until the transaction ends and read it anew; an archived agent is refused.

    All verbs of one agent queue up here, two agents never wait for each other. What the verb asks of people
    and rules after this holds until its event is written: a removal or a new rule comes before or after it.
    Rows that point to the agent do not wait (no_key): they are looked at after the chain is held (ADR 010).
    """
    Organization.objects.hold_still(agent.organization)
    locked = _locked.get(agent.pk)
    if locked.archived_at and not archived_too:
        raise AgentArchived(
            _("%(name)s is archived. Bring it back first. Nothing was changed.") % {"name": locked.name}
        )
    return locked


def draft_of(agent: Agent) -> Draft:
    """The draft of a locked agent, with what verbs look at."""
    return _draft.get(agent.pk)


@compiled
def _locked(agent: UUID) -> QuerySet[Agent]:
    return Agent.objects.select_for_update(of=("self",), no_key=True).select_related("organization").filter(pk=agent)


@compiled
def _draft(agent: UUID) -> QuerySet[Draft]:
    return Draft.objects.select_related("manifest", "layout", "base__manifest").filter(agent=agent)
