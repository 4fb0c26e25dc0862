"""QA's verbs: each leaves an append-only sign-off row bound to what was decided on."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from agents.locks import lock_agent
from agents.models import Agent, Version
from audit.clock import database_time
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.texts import checked_text
from environments import policies
from environments.actions.loading import person, require_digest, version_of
from environments.approvals import approval_of, basis_of, staleness
from environments.errors import Unchanged
from environments.gates import own_decision
from environments.models import Environment, Release, SignOff
from environments.moves import change_state, current_pin
from environments.pipeline import environments_of, sign_off_environment
from environments.telling import tell_of_decision
from environments.transitions import illegal, require_state

State = Release.State
Decision = SignOff.Decision


@dataclass(frozen=True, kw_only=True)
class _Case:
    """A version under the agent's lock, in the environment where QA decides."""

    agent: Agent
    version: Version
    environment: Environment
    pipeline: list[Environment]


@verb("release.marked_ready")
def mark_ready(
    agent: Agent, *, actor: Actor, number: int, note: str = "", expected_digest: str | None = None
) -> SignOff:
    """Sign a candidate off for Production: exactly this content under exactly these rules.

    Refuses the author, a contributor and who promoted it while four eyes are asked for (`SelfApproval`).
    """
    locked = lock_agent(agent)
    policies.require(actor, "mark_ready", locked)
    note = checked_text(note, "note")
    case = _candidate(locked, number, "mark_ready")
    policies.require_within_key(actor, case.environment)
    require_digest(case.version, expected_digest)
    own = own_decision(case.agent, case.version, case.environment, actor)
    if own is not None and locked.organization.four_eyes:
        raise own
    sign_off = _decide(
        case, Decision.READY, case.version.release.to_ready, actor, note, is_self_approval=own is not None
    )
    _record("release.marked_ready", case, actor, note, sign_off, {"self_approval": own is not None})
    return sign_off


@verb("release.changes_requested")
def request_changes(
    agent: Agent, *, actor: Actor, number: int, reason: str, expected_digest: str | None = None
) -> SignOff:
    """Send a candidate back to the developers; it stays pinned for looking."""
    locked = lock_agent(agent)
    policies.require(actor, "mark_ready", locked)
    reason = checked_text(reason, "reason", required=True)
    case = _candidate(locked, number, "request_changes")
    policies.require_within_key(actor, case.environment)
    require_digest(case.version, expected_digest)
    sign_off = _decide(case, Decision.CHANGES_REQUESTED, case.version.release.to_changes_requested, actor, reason)
    _record("release.changes_requested", case, actor, reason, sign_off)
    return sign_off


@verb("release.request_withdrawn")
def withdraw_request(agent: Agent, *, actor: Actor, number: int, note: str = "") -> SignOff:
    """Take a request for changes back: the version is a candidate again while Staging still serves it."""
    locked = lock_agent(agent)
    policies.require(actor, "mark_ready", locked)
    note = checked_text(note, "note")
    case = _candidate(locked, number, "withdraw_request")
    policies.require_within_key(actor, case.environment)
    sign_off = _decide(case, Decision.WITHDRAWN, case.version.release.to_staging, actor, note)
    _record("release.request_withdrawn", case, actor, note, sign_off)
    return sign_off


@verb("release.approved")
def approve_release(
    agent: Agent, *, actor: Actor, number: int, note: str = "", expected_digest: str | None = None
) -> SignOff:
    """Add one's approval to a version that QA marked ready, where an environment asks for several; once per person.

    It decides nothing alone: the gate *approvals* counts who approved and still holds the role.
    """
    locked = lock_agent(agent)
    policies.require(actor, "approve_release", locked)
    note = checked_text(note, "note")
    case = _candidate(locked, number, "approve_release")
    policies.require_within_key(actor, case.environment)
    require_digest(case.version, expected_digest)
    own = own_decision(case.agent, case.version, case.environment, actor)
    if own is not None and locked.organization.four_eyes:
        raise own
    since = approval_of(case.version)
    further = SignOff.objects.filter(version=case.version, by=person(actor))
    if since and further.filter(at__gte=since.at).exists():
        raise Unchanged(
            _("You approved v%(number)s already. Nothing was changed.") % {"number": number}, version=number
        )
    sign_off = _decide(case, Decision.APPROVED, _stays, actor, note, is_self_approval=own is not None)
    _record("release.approved", case, actor, note, sign_off, {"self_approval": own is not None})
    return sign_off


@verb("release.ready_revoked")
def revoke_ready(agent: Agent, *, actor: Actor, number: int, reason: str) -> SignOff:
    """Take an approval back; the version is a candidate again."""
    locked = lock_agent(agent)
    policies.require(actor, "revoke_ready", locked)
    reason = checked_text(reason, "reason", required=True)
    case = _candidate(locked, number, "revoke_ready")
    policies.require_within_key(actor, case.environment)
    sign_off = _decide(case, Decision.REVOKED, case.version.release.to_staging, actor, reason)
    _record("release.ready_revoked", case, actor, reason, sign_off)
    return sign_off


@verb("release.approval_expired")
def revoke_stale_approval(agent: Agent, *, actor: Actor, number: int) -> SignOff | None:
    """Take an approval back that does not hold any more, saying why; None when it still holds.

    Needs no right, because it decides nothing: the rules did. The console calls it every minute.
    """
    locked = lock_agent(agent, archived_too=True)
    case = _candidate(locked, number, "revoke_ready")
    approval = approval_of(case.version)
    why = staleness(approval, case.version, case.pipeline, now=database_time()) if approval else _("It is gone.")
    if why is None:
        return None
    sign_off = _decide(case, Decision.EXPIRED, case.version.release.to_staging, actor, why)
    _record("release.approval_expired", case, actor, why, sign_off)
    return sign_off


def _candidate(agent: Agent, number: int, verb_name: str) -> _Case:
    """The version where QA decides; it must be what the last staging environment serves now."""
    version = version_of(agent, number)
    environment = sign_off_environment(agent.organization)
    pin = current_pin(agent, environment) if environment else None
    if environment and pin and pin.version_id != version.pk:
        by, at = pin.deployment.by.name, f"{pin.deployment.at:%H:%M} UTC"
        raise illegal(
            version,
            verb_name,
            _("%(environment)s serves v%(version)s now, by %(by)s at %(at)s. ")
            % {"environment": environment.name, "version": pin.version.number, "by": by, "at": at},
        )
    require_state(version, verb_name)
    if environment is None or pin is None:
        raise illegal(version, verb_name)
    return _Case(
        agent=agent,
        version=version,
        environment=environment,
        pipeline=environments_of(agent.organization),
    )


def _stays() -> None:
    """The decision changes no state."""


def _decide(
    case: _Case,
    decision: str,
    transition: Callable[[], None],
    actor: Actor,
    note: str,
    *,
    is_self_approval: bool = False,
) -> SignOff:
    """Change the version's state and keep the decision beside it, both at one moment."""
    now = database_time()
    if transition is not _stays:
        change_state(case.version.release, transition, now)
    basis = basis_of(case.version, case.pipeline, case.agent.organization)
    sign_off = SignOff.objects.create(
        organization=case.agent.organization,
        agent=case.agent,
        version=case.version,
        environment=case.environment,
        decision=decision,
        by=person(actor) if actor.user else None,
        key=actor.key,
        at=now,
        note=note,
        digest=case.version.digest,
        fingerprint=basis.fingerprint,
        basis=basis.as_json(),
        is_self_approval=is_self_approval,
    )
    tell_of_decision(sign_off, actor)
    return sign_off


def _record(
    name: str, case: _Case, actor: Actor, reason: str, sign_off: SignOff, data: dict[str, object] | None = None
) -> None:
    record(
        name,
        case.agent.audit_target(),
        actor=actor,
        environment=case.environment.slug,
        after=case.version.digest,
        reason=reason,
        data={"version": case.version.number, "sign_off": str(sign_off.pk)} | (data or {}),
    )
