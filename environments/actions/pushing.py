"""The verb that changes live traffic."""

from django.utils.translation import gettext as _

from agents.locks import lock_agent
from agents.models import Agent, Version
from audit.checkpoints import after_commit
from audit.clock import database_time
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.errors import Conflict, NotFound
from console.organizations.texts import checked_text
from environments import policies
from environments.actions.loading import environment_of, person, require_digest, require_live, version_of
from environments.approvals import approval_among
from environments.errors import Unchanged
from environments.facts import UnderLock
from environments.gates import BREAKABLE, Move, enforce, self_approval
from environments.models import Deployment, Environment, Pin
from environments.moves import Why, change_state, move_pin
from environments.pipeline import production_environment
from environments.telling import tell_of_move

TICKET_LENGTH = 100


@verb("release.pushed_to_production")
def push_to_production(
    agent: Agent,
    *,
    actor: Actor,
    number: int,
    environment: str | None = None,
    note: str = "",
    ticket: str = "",
    expected_digest: str | None = None,
    expected_live: int | None = None,
) -> Deployment:
    """Let Production serve a version that QA marked ready; what it served before is superseded.

    Everything is checked under the agent's lock: the right, what the caller saw, the hold, the sign-off
    as it stands now, four eyes, the ticket and the fresh sign-in. The first refusal leaves all as it was.
    """
    locked, facts = lock_agent(agent), UnderLock()
    policies.require(actor, "push_to_production", locked)
    note = checked_text(note, "note")
    target = _target(locked, environment, facts)
    policies.require_within_key(actor, target)
    version = version_of(locked, number)
    require_digest(version, expected_digest)
    require_live(locked, target, expected_live, facts)
    action = Deployment.Action.PUSH
    deployment = push_under_lock(locked, version, target, facts, actor=actor, note=note, ticket=ticket, action=action)
    former = deployment.from_version
    record(
        "release.pushed_to_production",
        locked.audit_target(),
        actor=actor,
        environment=target.slug,
        before=former.digest if former else "",
        after=version.digest,
        reason=note,
        data=deployment.data,
    )
    after_commit(locked.organization)
    return deployment


def push_under_lock(
    agent: Agent,
    version: Version,
    target: Environment,
    facts: UnderLock,
    *,
    actor: Actor,
    note: str,
    ticket: str,
    action: str,
    break_glass: str = "",
) -> Deployment:
    """The push itself, for the verbs that hold the agent's lock and have asked for the right and what the caller saw.

    With a reason to break the glass, gates that may be passed over in an emergency do not stop it; they stay on record.
    """
    now, ticket = database_time(), checked_text(ticket, "ticket", limit=TICKET_LENGTH)
    pin = facts.pin(agent, target)
    if pin and pin.version_id == version.pk:
        raise _served(pin, target)
    move = Move(agent=agent, version=version, environment=target, actor=actor, now=now, ticket=ticket, facts=facts)
    gates = enforce(move, passing_over=BREAKABLE if break_glass else frozenset())
    why = Why(
        action=action,
        by=person(actor),
        at=now,
        note=note,
        ticket=ticket,
        sign_off=approval_among(facts.decisions(version)),
        gates=gates,
        is_self_approval=self_approval(agent, version, actor, "push_to_production", facts) is not None,
        break_glass=break_glass,
        job=actor.job,
    )
    deployment = move_pin(agent, target, version, why, pin)
    change_state(version.release, version.release.to_production, now)
    tell_of_move(deployment, actor, facts)
    return deployment


def _served(pin: Pin, target: Environment) -> Unchanged:
    move, number = pin.deployment, pin.version.number
    names = {"target": target.name, "version": number, "by": move.by.name, "at": f"{move.at:%Y-%m-%d %H:%M:%S}"}
    return Unchanged(
        _("%(target)s serves v%(version)s already: %(by)s pushed it at %(at)s UTC. Nothing was changed.") % names,
        environment=target.slug,
        version=number,
    )


def _target(agent: Agent, slug: str | None, facts: UnderLock) -> Environment:
    if slug:
        target: Environment | None = environment_of(agent, slug, facts)
    else:
        target = production_environment(facts.pipeline_of(agent.organization))
    if target is None:
        raise NotFound(_("The pipeline has no production environment."))
    if not target.is_production:
        raise Conflict(_("%(target)s is not a production environment. Nothing was changed.") % {"target": target.name})
    return target
