"""Breaking the glass: a push past failing gates, loud and for ever on record (R2, G4)."""

from django.utils.translation import gettext as _

from agents.locks import lock_agent
from agents.models import Agent
from audit.checkpoints import after_commit
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.errors import Conflict
from console.organizations.names import refused
from console.organizations.texts import checked_text
from environments import policies
from environments.actions.loading import environment_of, require_digest, require_live, version_of
from environments.actions.pushing import push_under_lock
from environments.facts import UnderLock
from environments.models import Deployment

SHORTEST_REASON = 20


@verb("release.glass_broken")
def break_glass(
    agent: Agent,
    *,
    actor: Actor,
    number: int,
    environment: str,
    typed_slug: str,
    reason: str,
    ticket: str = "",
    expected_digest: str | None = None,
    expected_live: int | None = None,
) -> Deployment:
    """Push a version although gates fail: an Org Admin types the agent's slug and a reason of 20 characters or more.

    Holds, hops and the fresh sign-in stand all the same (`gates.BREAKABLE`). The record keeps the gates as they
    were, and every other Org Admin is told.
    """
    locked, facts = lock_agent(agent), UnderLock()
    policies.require(actor, "push_to_production", locked)
    policies.require(actor, "break_glass", locked)
    reason = _meant(locked, typed_slug, reason)
    target, version = environment_of(locked, environment, facts), version_of(locked, number)
    if not target.is_production:
        raise Conflict(_("%(target)s is not a production environment. Nothing was changed.") % {"target": target.name})
    require_digest(version, expected_digest)
    require_live(locked, target, expected_live, facts)
    action = Deployment.Action.PUSH
    deployment = push_under_lock(
        locked, version, target, facts, actor=actor, note=reason, ticket=ticket, action=action, break_glass=reason
    )
    passed_over = [gate["rule"] for gate in deployment.gates if gate["state"] != "pass"]
    former = deployment.from_version
    record(
        "release.glass_broken",
        locked.audit_target(),
        actor=actor,
        environment=target.slug,
        before=former.digest if former else "",
        after=version.digest,
        reason=reason,
        data=deployment.data | {"passed_over": passed_over},
    )
    after_commit(locked.organization)
    return deployment


def _meant(agent: Agent, typed_slug: str, reason: str) -> str:
    """The reason, when somebody typed enough of one and the agent's own slug; else `Invalid`."""
    reason = checked_text(reason, "reason", required=True)
    if len(reason) < SHORTEST_REASON:
        raise refused(
            "reason",
            _("Say why in at least %(shortest_reason)s characters; this is kept for ever.")
            % {"shortest_reason": SHORTEST_REASON},
        )
    if typed_slug.strip() != agent.slug:
        raise refused("typed_slug", _("Type %(agent)s to go past its gates.") % {"agent": agent.slug})
    return reason
