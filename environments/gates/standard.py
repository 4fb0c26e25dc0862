"""The gates that always stand: holds, hops, sign-offs, four eyes, tickets and a fresh sign-in."""

from datetime import timedelta

from django.utils.translation import gettext as _

from agents.models import Agent, Version
from console.organizations.actor import Actor
from console.organizations.errors import Holder, Refusal, SignInNotFresh
from console.organizations.models import User
from environments.approvals import approval_among, staleness
from environments.errors import ApprovalStale, IllegalTransition, OnHold, SelfApproval
from environments.facts import LIVE, Facts
from environments.gates.frame import Gate, Move
from environments.models import Environment, Pin, Release, SignOff
from environments.transitions import allowed_from, illegal

FRESH = timedelta(minutes=15)
State = Release.State


def not_on_hold(move: Move) -> Gate:
    """A version that was rolled back, or another of the same content, waits until the hold is lifted."""
    hold = move.facts.open_hold(move.agent, move.version)
    if hold is None:
        return Gate("not_on_hold", "pass", _("v%(version)s is not on hold.") % {"version": move.version.number})
    message = _("v%(version)s was rolled back by %(by)s: %(reason)s") % {
        "version": hold.version.number,
        "by": hold.by.name,
        "reason": hold.reason,
    }
    refusal = OnHold(
        _("%(message)s. It is on hold until somebody lifts the hold with a reason. Nothing was changed.")
        % {"message": message.rstrip(".")},
        version=hold.version.number,
        by=hold.by.name,
        reason=hold.reason,
    )
    return Gate("not_on_hold", "fail", message, move.holder("lift_hold"), refusal)


def previous_environment(move: Move) -> Gate:
    """Hops are never skipped: what moves on is what the environment before serves now."""
    before = move.facts.previous_hop(move.environment)
    if before is None:
        return Gate("previous_environment", "pass", _("No environment comes before this one."))
    pin = move.facts.pin(move.agent, before)
    if pin and pin.version_id == move.version.pk:
        return Gate(
            "previous_environment",
            "pass",
            _("%(before)s serves v%(version)s.") % {"before": before.name, "version": move.version.number},
        )
    served = f"v{pin.version.number}" if pin else "nothing"
    message = _("%(before)s serves %(served)s, not v%(version)s.") % {
        "before": before.name,
        "served": served,
        "version": move.version.number,
    }
    holder = move.holder("promote_to_staging")
    return Gate("previous_environment", "fail", message, holder, _not_served_before(move, pin, before))


def sign_off(move: Move) -> Gate:
    """QA signed off exactly this content under exactly these rules, and the signer is still entitled."""
    if not move.environment.requires_sign_off:
        return Gate(
            "sign_off", "pass", _("%(environment)s asks for no sign-off.") % {"environment": move.environment.name}
        )
    # A version that went live in an earlier production environment was signed off for all of them.
    signed = move.version.release.state in {State.READY, State.PRODUCTION}
    approval = approval_among(move.facts.decisions(move.version)) if signed else None
    if approval is None:
        refusal = _not_ready(move)
        message = _sentence(refusal) if isinstance(refusal, ApprovalStale) else _unmarked(move)
        return Gate("sign_off", "fail", message, _testers(move), refusal)
    pipeline = move.facts.pipeline_of(move.agent.organization)
    stale = staleness(approval, move.version, pipeline, now=move.now, may=move.facts.may)
    signer = approval.by.name if approval.by else "somebody"
    if stale is None:
        return Gate(
            "sign_off",
            "pass",
            _("Marked ready by %(signer)s at %(at)s UTC.") % {"signer": signer, "at": f"{approval.at:%Y-%m-%d %H:%M}"},
        )
    refusal = _stale(move, stale)
    return Gate("sign_off", "fail", _sentence(refusal), _testers(move), refusal)


def _sentence(refusal: Refusal) -> str:
    """What the checklist says: how the refusal begins, so that no door says anything else (rule 3)."""
    return refusal.detail.partition(" Nothing was changed.")[0]


def _unmarked(move: Move) -> str:
    return _("Version %(version)s has not been marked ready.") % {"version": move.version.number}


def _testers(move: Move) -> Holder:
    return move.holder("mark_ready")


def four_eyes(move: Move) -> Gate:
    """The author or a contributor does not push their own version while the rule is on (G4)."""
    refusal = self_approval(move.agent, move.version, move.actor, "push_to_production", move.facts)
    if refusal is None:
        return Gate("four_eyes", "pass", _("Not pushed by its author or a contributor."))
    if not move.agent.organization.four_eyes:
        return Gate("four_eyes", "pass", _("Pushed by its own author: the four-eyes rule is off. This is flagged."))
    return Gate("four_eyes", "fail", refusal.detail, refusal.holder, refusal)


def ticket(move: Move) -> Gate:
    """A change ticket is named where the organization asks for one."""
    pattern = move.environment.rules.ticket_pattern
    if move.ticket and not move.environment.rules.fits_ticket(move.ticket):
        return Gate(
            "ticket",
            "fail",
            _("The ticket %(ticket)s is not of the form %(pattern)s.") % {"ticket": move.ticket, "pattern": pattern},
        )
    if move.ticket or not (pattern or move.agent.organization.ticket_required):
        return Gate(
            "ticket",
            "pass",
            _("Change ticket %(ticket)s.") % {"ticket": move.ticket} if move.ticket else _("No ticket is asked for."),
        )
    return Gate(
        "ticket",
        "fail",
        _("A change ticket of the form %(pattern)s is required.") % {"pattern": pattern}
        if pattern
        else _("A change ticket is required."),
    )


def fresh_sign_in(move: Move) -> Gate:
    """The person proved their identity within the last 15 minutes, where the organization asks for it."""
    proven = move.actor.proven_at
    if not move.agent.organization.fresh_sign_in_for_production:
        return Gate("fresh_sign_in", "pass", _("No fresh sign-in is asked for."))
    if proven and move.now - proven <= FRESH:
        return Gate("fresh_sign_in", "pass", _("You signed in within the last 15 minutes."))
    if move.actor.key and move.actor.key.may_push:
        return Gate(
            "fresh_sign_in", "pass", _("An Org Admin allowed the key %(key)s to push.") % {"key": move.actor.key.name}
        )
    message = _("Pushing to Production asks for a sign-in within the last 15 minutes.")
    return Gate(
        "fresh_sign_in",
        "pending",
        message,
        None,
        SignInNotFresh(_("%(message)s Nothing was changed.") % {"message": message}),
    )


def self_approval(
    agent: Agent, version: Version, actor: Actor, permission: str, facts: Facts = LIVE
) -> SelfApproval | None:
    """The four-eyes refusal when the actor's own work is in the version, whether or not the rule is on."""
    if actor.user is None or actor.user.pk not in facts.people_behind(version):
        return None
    holder = facts.holder(permission, agent.organization)
    return _another_must(_("v%(version)s contains your own work") % {"version": version.number}, holder, actor.user)


def own_decision(
    agent: Agent, version: Version, environment: Environment, actor: Actor, facts: Facts = LIVE
) -> SelfApproval | None:
    """Four eyes for an approval: neither the people behind the version nor who promoted it (invariant 4).

    Answers whether or not the rule is on; the page and the verb ask the same question.
    """
    refusal = self_approval(agent, version, actor, "mark_ready", facts)
    if refusal is not None:
        return refusal
    pin = facts.pin(agent, environment)
    if pin is None or actor.user is None or pin.deployment.by_id != actor.user.pk:
        return None
    holder = facts.holder("mark_ready", agent.organization)
    return _another_must(_("You promoted v%(version)s yourself") % {"version": version.number}, holder, actor.user)


def _another_must(why: str, holder: Holder, person: User) -> SelfApproval:
    """The four-eyes refusal: why this person may not, and who else could."""
    others = Holder(holder.permission, holder.roles, [name for name in holder.people if name != person.name])
    people = ", ".join(others.people) or _("nobody else at the moment")
    return SelfApproval(
        _("%(why)s, so another person must %(permission)s: %(people)s. Nothing was changed.")
        % {"why": why, "permission": holder.permission, "people": people},
        others,
    )


def _not_served_before(move: Move, pin: Pin | None, before: Environment) -> Refusal:
    if pin and any(one.decision == SignOff.Decision.READY for one in move.facts.decisions(move.version)):
        return _stale(
            move,
            _("%(before)s now serves version %(version)s.") % {"before": before.name, "version": pin.version.number},
        )
    if move.environment.is_production:
        return illegal(move.version, "push_to_production")
    served = f"v{pin.version.number}" if pin else _("nothing")
    names = {"before": before.name, "served": served, "number": move.version.number}
    return IllegalTransition(
        _(
            "Hops are never skipped: %(before)s serves %(served)s, not v%(number)s. Nothing was changed."
            " Promote v%(number)s to %(before)s first."
        )
        % names,
        state=move.version.release.state,
        allowed=allowed_from(move.version.release.state),
    )


def _not_ready(move: Move) -> Refusal:
    """A version that was ready once lost its approval: say why; any other never had one."""
    latest = next(iter(move.facts.decisions(move.version)), None)
    before = move.facts.previous_hop(move.environment)
    pin = move.facts.pin(move.agent, before) if before else None
    if latest and latest.decision == SignOff.Decision.EXPIRED:
        return _stale(move, latest.note)
    if latest and latest.decision == SignOff.Decision.READY and pin and before and pin.version_id != move.version.pk:
        return _stale(
            move,
            _("%(before)s now serves version %(version)s.") % {"before": before.name, "version": pin.version.number},
        )
    return illegal(move.version, "push_to_production", gate=_unmarked(move))


def _stale(move: Move, why: str) -> ApprovalStale:
    pin = move.facts.pin(move.agent, move.facts.previous_hop(move.environment))
    current = pin.version.number if pin else None
    again = (
        _("Have version %(current)s tested and marked ready.") % {"current": current}
        if current
        else _("Promote a version and have it tested.")
    )
    return ApprovalStale(
        _("Version %(version)s was approved, but the approval is stale: %(why)s Nothing was changed. %(again)s")
        % {"version": move.version.number, "why": why, "again": again},
        approved_version=move.version.number,
        current_version=current,
        reason=why,
    )
