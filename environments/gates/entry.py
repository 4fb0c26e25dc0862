"""The gates that an environment asks for by its rules (`environments.rules`). Each answers None where it is not asked.

None of them blocks a rollback: that verb asks no gate.
"""

from datetime import timedelta

from django.utils.translation import gettext as _

from agents.validity import document_fault
from console.organizations.models import ApiKey
from environments.errors import GateFailed
from environments.gates.frame import Gate, Move
from environments.models import SignOff

Decision = SignOff.Decision
_APPROVING = frozenset({Decision.READY, Decision.APPROVED})
ROLE_WORDS = {"qa": "QA", "org_admin": "Org Admin"}


def document_valid(move: Move) -> Gate | None:
    """The content still is a valid document, also by the schema that came after it was cut (T57)."""
    if not move.environment.rules.document_valid:
        return None
    fault = document_fault(move.agent.organization, move.version.digest)
    if fault is None:
        return Gate("document_valid", "pass", _("The document is valid."))
    message = _("v%(version)s is not valid: %(fault)s") % {"version": move.version.number, "fault": fault}
    return _failing(move, "document_valid", message, "edit_draft")


def soak(move: Move) -> Gate | None:
    """The environment before served this version long enough."""
    wanted = move.environment.rules.soak_minutes
    before = move.facts.previous_hop(move.environment)
    if not wanted or before is None:
        return None
    pin = move.facts.pin(move.agent, before)
    if pin is None or pin.version_id != move.version.pk:
        message = _("%(before)s must serve v%(version)s for %(wanted)s minutes first.") % {
            "before": before.name,
            "version": move.version.number,
            "wanted": wanted,
        }
        return _failing(move, "soak", message, "promote_to_staging")
    left = pin.deployment.at + timedelta(minutes=wanted) - move.now
    if left <= timedelta():
        return Gate(
            "soak",
            "pass",
            _("%(before)s has served v%(version)s for %(wanted)s minutes.")
            % {"before": before.name, "version": move.version.number, "wanted": wanted},
        )
    minutes = -(-int(left.total_seconds()) // 60)
    message = _("%(before)s must serve v%(version)s for %(minutes)s more minutes (of %(wanted)s).") % {
        "before": before.name,
        "version": move.version.number,
        "minutes": minutes,
        "wanted": wanted,
    }
    return Gate("soak", "pending", message, None, _refusal("soak", message))


def approvals(move: Move) -> Gate | None:
    """So many people of the named roles approved exactly this version, and still hold the role (T6)."""
    wanted = move.environment.rules.approvals
    if not wanted:
        return None
    approved = _approvers(move)
    lacking = []
    for one in wanted:
        people = approved & move.facts.members_with(one.role, move.agent.organization)
        if len(people) < one.count:
            lacking.append(
                _("%(count)s more by %(role_words)s")
                % {"count": one.count - len(people), "role_words": ROLE_WORDS[one.role]}
            )
    if not lacking:
        return Gate("approvals", "pass", _("Enough people of the named roles approved it."))
    message = _("v%(version)s needs approvals: %(lacking)s.") % {
        "version": move.version.number,
        "lacking": ", ".join(lacking),
    }
    return _failing(move, "approvals", message, "approve_release")


def not_frozen(move: Move) -> Gate | None:
    """No change comes in during a freeze; a rollback does."""
    rules = move.environment.rules
    if rules.freeze is None or not rules.is_frozen(move.now):
        return None
    until = _(" until %(until)s UTC") % {"until": f"{rules.freeze.until:%Y-%m-%d %H:%M}"} if rules.freeze.until else ""
    message = _("%(environment)s is frozen%(until)s: %(reason)s") % {
        "environment": move.environment.name,
        "until": until,
        "reason": rules.freeze.reason,
    }
    return _failing(move, "not_frozen", message, "manage_environments")


def change_window(move: Move) -> Gate | None:
    """Changes come in at the agreed hours."""
    rules = move.environment.rules
    if not rules.windows:
        return None
    if rules.is_open(move.now):
        return Gate("change_window", "pass", _("A change window is open."))
    hours = "; ".join(str(window) for window in rules.windows)
    message = _("%(environment)s takes changes only at: %(hours)s.") % {
        "environment": move.environment.name,
        "hours": hours,
    }
    return Gate("change_window", "pending", message, None, _refusal("change_window", message))


def service_accounts_only(move: Move) -> Gate | None:
    """Only the pipeline deploys here, no person and no personal key."""
    if not move.environment.rules.service_accounts_only:
        return None
    key = move.actor.key
    if key and key.kind == ApiKey.Kind.SERVICE:
        return Gate("service_accounts_only", "pass", _("Deployed by the service account %(key)s.") % {"key": key.name})
    message = _("Only service accounts deploy to %(environment)s.") % {"environment": move.environment.name}
    return _failing(move, "service_accounts_only", message, "manage_keys")


def export_kept(move: Move) -> Gate | None:
    """What is served now can be given back byte for byte: every part of it is in the store."""
    if not move.environment.rules.export_kept:
        return None
    pin = move.facts.pin(move.agent, move.environment)
    if pin is None:
        return Gate(
            "export_kept",
            "pass",
            _("%(environment)s serves nothing yet that could be lost.") % {"environment": move.environment.name},
        )
    missing = move.facts.missing_parts(pin.version)
    if not missing:
        return Gate(
            "export_kept", "pass", _("v%(version)s is kept whole and can come back.") % {"version": pin.version.number}
        )
    message = _("%(missing)s parts of v%(version)s are missing in the store: it could not come back.") % {
        "missing": missing,
        "version": pin.version.number,
    }
    return _failing(move, "export_kept", message, "manage_environments")


def _approvers(move: Move) -> set[object]:
    """Who approved the version since anybody last spoke against it; while four eyes are on, not its own people."""
    people: set[object] = set()
    for decision in move.facts.decisions(move.version):
        if decision.decision not in _APPROVING:
            break
        people.add(decision.by_id)
    return people - move.facts.people_behind(move.version) if move.agent.organization.four_eyes else people


def _failing(move: Move, rule: str, message: str, permission: str) -> Gate:
    return Gate(rule, "fail", message, move.holder(permission), _refusal(rule, message))


def _refusal(rule: str, message: str) -> GateFailed:
    gate = {"rule": rule, "state": "fail", "message": message}
    return GateFailed(_("%(message)s Nothing was changed.") % {"message": message}, gates=[gate])
