"""Verbs that take a version back and free it again."""

from datetime import datetime

from django.utils.translation import gettext as _

from agents.locks import lock_agent
from agents.models import Agent, Version
from audit.checkpoints import after_commit
from audit.clock import database_time
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.errors import Conflict
from console.organizations.texts import checked_text
from environments import policies
from environments.actions.loading import environment_of, person, pin_of, require_live, version_of
from environments.errors import IllegalTransition, OnHold, Unchanged
from environments.facts import LIVE, UnderLock
from environments.models import Deployment, Environment, Hold, Pin, Release
from environments.moves import Why, change_state, move_pin
from environments.telling import tell_of_move
from environments.transitions import require_state

State = Release.State


@verb("release.rolled_back")
def rollback(
    agent: Agent,
    *,
    actor: Actor,
    environment: str,
    number: int,
    reason: str,
    expected_live: int | None = None,
) -> Deployment:
    """Let an environment serve a version again that it served before; the version rolled away from is held.

    No gate and no second person: fear must not slow repair (ux.md 3.1). Other environments do not change.
    """
    locked, facts = lock_agent(agent), UnderLock()
    policies.require(actor, "roll_back", locked)
    reason = checked_text(reason, "reason", required=True)
    target_environment = environment_of(locked, environment, facts)
    policies.require_within_key(actor, target_environment)
    pin, target = pin_of(locked, target_environment, facts), version_of(locked, number)
    require_live(locked, target_environment, expected_live, facts)
    earlier = _served_before(locked, target_environment, target, pin)
    now, former, was = database_time(), pin.version, pin.version.release.state
    action, signed = Deployment.Action.ROLLBACK, earlier.sign_off
    why = Why(action=action, by=person(actor), at=now, note=reason, sign_off=signed, job=actor.job)
    _hold(former, target_environment, why)
    deployment = move_pin(locked, target_environment, target, why, pin)
    _follow(target, target_environment, now)
    tell_of_move(deployment, actor, facts, was=was)
    record(
        "release.rolled_back",
        locked.audit_target(),
        actor=actor,
        environment=target_environment.slug,
        before=former.digest,
        after=target.digest,
        reason=reason,
        data=deployment.data,
    )
    after_commit(locked.organization)
    return deployment


@verb("release.hold_lifted")
def lift_hold(agent: Agent, *, actor: Actor, number: int, reason: str) -> Version:
    """Free a version that was rolled back: it may be promoted again, and then needs a new sign-off."""
    locked = lock_agent(agent)
    policies.require(actor, "lift_hold", locked)
    reason = checked_text(reason, "reason", required=True)
    version = version_of(locked, number)
    hold = Hold.objects.select_for_update(no_key=True).filter(version=version, lifted_at=None).first()
    if hold is None:
        require_state(version, "lift_hold")
        raise Conflict(_("v%(number)s is not on hold. Nothing was changed.") % {"number": number})
    left = Deployment.objects.filter(from_version=version, action=Deployment.Action.ROLLBACK)
    policies.require_within_key(actor, *[move.environment for move in left.select_related("environment")])
    hold.lifted_by, hold.lifted_at, hold.lift_reason = person(actor), database_time(), reason
    hold.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    if version.release.state == State.ROLLED_BACK:
        change_state(version.release, version.release.to_superseded, hold.lifted_at)
    record(
        "release.hold_lifted",
        locked.audit_target(),
        actor=actor,
        after=version.digest,
        reason=reason,
        data={"version": number},
    )
    return version


def _served_before(agent: Agent, environment: Environment, target: Version, pin: Pin) -> Deployment:
    """The last time the environment got the target, or the refusal to go back to it."""
    if pin.version.digest == target.digest:
        same = (
            ""
            if pin.version_id == target.pk
            else _(", which has the content of v%(target)s") % {"target": target.number}
        )
        raise Unchanged(
            _("%(environment)s serves v%(version)s already%(same)s. Nothing was changed.")
            % {"environment": environment.name, "version": pin.version.number, "same": same},
            environment=environment.slug,
            version=target.number,
        )
    hold = LIVE.open_hold(agent, target)
    if hold is not None:
        raise OnHold(
            _(
                "v%(target)s was itself rolled back by %(by)s: %(reason)s. Nothing was changed. "
                "Choose another version or lift the hold first."
            )
            % {"target": target.number, "by": hold.by.name, "reason": hold.reason},
            version=target.number,
        )
    served = Deployment.objects.filter(agent=agent, environment=environment, version=target)
    earlier = served.select_related("sign_off").newest_first().first()
    if earlier is None:
        raise IllegalTransition(
            _("v%(target)s was never in %(environment)s, so nothing can be rolled back to it. Nothing was changed.")
            % {"target": target.number, "environment": environment.name},
            state=target.release.state,
            allowed=[],
        )
    return earlier


def _hold(former: Version, environment: Environment, why: Why) -> None:
    """Put the version that is rolled away from on hold; its state follows unless it is served elsewhere.

    Taking a live version out of Staging says nothing against it, so it is not held.
    """
    if environment.is_staging and former.release.state == State.PRODUCTION:
        return
    Hold.objects.get_or_create(
        version=former,
        lifted_at=None,
        defaults={
            "organization": former.agent.organization,
            "agent": former.agent,
            "reason": why.note,
            "by": why.by,
            "at": why.at,
        },
    )
    elsewhere = Pin.objects.filter(version=former, environment__kind=environment.kind).exclude(environment=environment)
    if former.release.state != State.ROLLED_BACK and not elsewhere.exists():
        change_state(former.release, former.release.to_rolled_back, why.at)


def _follow(target: Version, environment: Environment, at: datetime) -> None:
    release = target.release
    if environment.is_production and release.state != State.PRODUCTION:
        change_state(release, release.to_production, at)
    elif environment.is_staging and release.state in {State.SUPERSEDED, State.DEVELOPMENT}:
        change_state(release, release.to_staging, at)
