"""Moving a pin: the step that every promotion, push and rollback shares. Costs the same for 1 KB and 2 MB (R1)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.models import Agent, Version
from console.organizations.compiled import compiled
from console.organizations.models import User
from console.organizations.tracking import credit
from environments.models import Deployment, Environment, Pin, Release, SignOff
from environments.pipeline import sign_off_environment

State = Release.State
_TESTED = {State.STAGING, State.READY, State.CHANGES_REQUESTED}


@dataclass(frozen=True, kw_only=True)
class Why:
    """What a deployment keeps besides the move itself."""

    action: str
    by: User
    at: datetime
    note: str = ""
    ticket: str = ""
    sign_off: SignOff | None = None
    gates: list[dict[str, Any]] = field(default_factory=list)
    is_self_approval: bool = False
    break_glass: str = ""
    job: UUID | None = None


def current_pin(agent: Agent, environment: Environment) -> Pin | None:
    """What the environment serves of the agent; call it under the agent's lock before deciding."""
    return next((pin for pin in current_pins(agent) if pin.environment_id == environment.pk), None)


def current_pins(agent: Agent) -> list[Pin]:
    """What every environment serves of the agent; in no order."""
    pins = _pins(agent.pk)
    for pin in pins:
        pin.version.agent = agent
    return pins


@compiled
def _pins(agent: UUID) -> QuerySet[Pin]:
    return Pin.objects.filter(agent=agent).select_related("version__release", "deployment__by")


def move_pin(agent: Agent, environment: Environment, version: Version, why: Why, pin: Pin | None) -> Deployment:
    """Pin the version, keep the move as a deployment, and let the former version's state follow.

    `pin` is what the environment serves now, as `current_pin` said under the lock.
    """
    deployment = Deployment.objects.create(
        organization=agent.organization,
        agent=agent,
        environment=environment,
        version=version,
        from_version=pin.version if pin else None,
        action=why.action,
        by=why.by,
        key=why.by.key,
        at=why.at,
        note=why.note,
        ticket=why.ticket,
        sign_off=why.sign_off,
        gates=why.gates,
        is_self_approval=why.is_self_approval,
        break_glass=why.break_glass,
        job_id=why.job,
    )
    if pin:
        former = pin.version
        pin.version, pin.deployment = version, deployment
        pin.save(update_fields=["version", "deployment"])
        if former.pk != version.pk:
            settle(former, why.at)
    else:
        Pin.objects.create(
            organization=agent.organization,
            agent=agent,
            environment=environment,
            version=version,
            deployment=deployment,
        )
    _note_first_release(agent, why)
    return deployment


def settle(version: Version, at: datetime) -> None:
    """A version pinned in no environment of the kind its state speaks of is superseded (design.md section 2).

    A READY version that left the last staging environment but stays in an earlier one must be signed off anew.
    """
    release = version.release
    pinned = {pin.environment for pin in _where_pinned(version.pk)}
    kinds = {environment.kind for environment in pinned}
    if (release.state in _TESTED and Environment.Kind.STAGING not in kinds) or (
        release.state == State.PRODUCTION and Environment.Kind.PRODUCTION not in kinds
    ):
        change_state(release, release.to_superseded, at)
    elif release.state == State.READY and sign_off_environment(version.agent.organization) not in pinned:
        change_state(release, release.to_staging, at)


@compiled
def _where_pinned(version: UUID) -> QuerySet[Pin]:
    return Pin.objects.filter(version=version).select_related("environment")


def change_state(release: Release, transition: Callable[[], None], at: datetime) -> None:
    """Make one transition and save it; the caller holds the agent's lock and has checked everything."""
    transition()
    release.changed_at = at
    release.save(update_fields=["state", "changed_at"])


def _note_first_release(agent: Agent, why: Why) -> None:
    if agent.released_at is None:
        agent.released_at = why.at
        credit(agent, by=why.by, reason=_("Left Development"), at=why.at)
        agent.save(update_fields=["released_at"])
