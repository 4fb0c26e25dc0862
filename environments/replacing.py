"""What replaces what, in sentences: the first line of every release page, and what follows from the move."""

from django.utils.translation import gettext as _

from agents.models import Version
from console.templatetags.console_ui import ago
from environments.models import Environment, Pin
from environments.transitions import State


def facts_of(target: Environment, pin: Pin | None, version: Version, how: str = "") -> str:
    """The sentence above the button: what the environment gets, what it replaces, whose and how old that is."""
    gets = _("%(target)s gets v%(version)s%(how)s.") % {
        "target": target.name,
        "version": version.number,
        "how": f", {how}" if how else "",
    }
    if pin is None:
        return _("%(gets)s It is the first version there.") % {"gets": gets}
    if pin.version_id == version.pk:
        return _("%(target)s serves v%(version)s already.") % {"target": target.name, "version": version.number}
    where = _(" for all live traffic") if target.is_production else ""
    return _("%(gets)s It replaces v%(version)s%(where)s, %(brought)s%(approval_ends)s.") % {
        "gets": gets,
        "version": pin.version.number,
        "where": where,
        "brought": _brought(target, pin),
        "approval_ends": _approval_ends(pin),
    }


def consequences_of(pin: Pin | None, target: Environment, version: Version | None) -> list[str]:
    """What else follows from the move; nothing does where the environment serves the version already."""
    if pin is None or (version is not None and pin.version_id == version.pk):
        return []
    number, state = pin.version.number, pin.version.release.state
    if target.is_production:
        return [
            _("v%(number)s is superseded and stays one step away: Rollback.") % {"number": number},
            _("Other environments and the draft do not change."),
            _("For 30 minutes the record of the push offers the way back."),
        ]
    if state == State.READY:
        return [
            _("v%(number)s is marked ready. Its approval ends: only what %(place)s serves may be pushed.")
            % {"number": number, "place": target.name}
        ]
    if state == State.STAGING:
        return [_("QA has not decided on v%(number)s; testing of it ends.") % {"number": number}]
    return []


def _brought(target: Environment, pin: Pin) -> str:
    move = pin.deployment
    did = _("rolled back to") if move.action == "rollback" else "pushed" if target.is_production else "promoted"
    return _("%(did)s %(at)s by %(by)s") % {"did": did, "at": ago(move.at), "by": move.by.name}


def _approval_ends(pin: Pin) -> str:
    if pin.environment.is_staging and pin.version.release.state == State.READY:
        return _("; the approval of v%(version)s will lapse") % {"version": pin.version.number}
    return ""
