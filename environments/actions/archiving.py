"""Archiving an agent; here and not with the agents, because it depends on where the agent is served."""

from django.utils.translation import gettext as _

from agents.locks import lock_agent
from agents.models import Agent
from audit.clock import database_time
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.tracking import credit
from environments import policies
from environments.errors import StillServed
from environments.models import Environment, Pin


@verb("agent.archived")
def archive_agent(agent: Agent, *, actor: Actor) -> Agent:
    """Put an agent away; refused while a production environment serves it. Everything stays readable."""
    locked = lock_agent(agent)
    policies.require(actor, "archive_agent", locked)
    policies.require_everywhere(actor)
    live = Pin.objects.filter(agent=locked, environment__kind=Environment.Kind.PRODUCTION)
    names = list(live.values_list("environment__name", flat=True))
    if names:
        raise StillServed(
            _("%(names)s serves %(locked)s. Nothing was changed.") % {"names": ", ".join(names), "locked": locked.name},
            environments=names,
        )
    locked.archived_at = database_time()
    credit(locked, by=actor.user, at=locked.archived_at)
    locked.save(update_fields=["archived_at"])
    record("agent.archived", locked.audit_target(), actor=actor)
    return locked
