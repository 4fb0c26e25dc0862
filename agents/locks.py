"""The lock of every lifecycle verb: the Agent row (design.md section 4)."""

from django.utils.translation import gettext as _

from agents.errors import AgentArchived
from agents.models import Agent, Draft
from console.organizations.models import Organization


def lock_agent(agent: Agent, *, archived_too: bool = False) -> Agent:
    """Lock the agent's row until the transaction ends and read it anew; an archived agent is refused.

    All verbs of one agent queue up here, two agents never wait for each other. What the verb asks of people
    and rules after this holds until its event is written: a removal or a new rule comes before or after it.
    Rows that point to the agent do not wait (no_key): they are looked at after the chain is held (ADR 010).
    """
    Organization.objects.hold_still(agent.organization)
    locked = Agent.objects.select_for_update(of=("self",), no_key=True).select_related("organization").get(pk=agent.pk)
    if locked.archived_at and not archived_too:
        raise AgentArchived(
            _("%(name)s is archived. Bring it back first. Nothing was changed.") % {"name": locked.name}
        )
    return locked


def draft_of(agent: Agent) -> Draft:
    """The draft of a locked agent, with what verbs look at."""
    return Draft.objects.select_related("manifest", "layout", "base__manifest").get(agent=agent)
