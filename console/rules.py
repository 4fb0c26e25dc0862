"""The rules of an organization: a verb over two rooms, because grants on agents follow the reading rules."""

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _

from agents.grants import sync_grants
from audit.log import record, verb
from console.organizations import policies
from console.organizations.actor import Actor
from console.organizations.errors import Conflict, Stale
from console.organizations.models import Organization
from console.organizations.names import checked_name, refused
from console.organizations.tracking import credit

FLAGS = (
    "four_eyes",
    "ticket_required",
    "fresh_sign_in_for_production",
    "developers_read_staging",
    "developers_read_production",
    "qa_reads_production",
)
RULES = ("name", "sign_off_days", *FLAGS)
SIGN_OFF_DAYS = range(1, 366)


def rules_of(organization: Organization) -> dict[str, Any]:
    """The rules as they are."""
    return {rule: getattr(organization, rule) for rule in RULES}


def rules_token(organization: Organization) -> str:
    """What a page carries to say which rules its reader saw."""
    content = json.dumps(rules_of(organization), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


@verb("organization.settings_changed")
def change_settings(
    organization: Organization, *, actor: Actor, changes: dict[str, Any], expected: str | None = None
) -> Organization:
    """Set these rules; rights that follow from them hold on everybody's next request.

    `expected` is the `rules_token` the caller saw: `Stale` when somebody changed a rule meanwhile.
    """
    current = Organization.objects.locked(organization)
    policies.require(actor, "manage_settings", current)
    policies.require_fresh_sign_in(actor, current)
    if expected is not None and expected != rules_token(current):
        raise Stale(_("Somebody changed the settings meanwhile. Nothing was changed. Look again and decide anew."))
    before = rules_of(current)
    after = before | checked_rules(changes)
    changed = [rule for rule in RULES if before[rule] != after[rule]]
    if not changed:
        raise Conflict(_("The settings are exactly these already. Nothing was changed."))
    for rule in changed:
        setattr(current, rule, after[rule])
    credit(current, by=actor.user)
    current.save(update_fields=changed)
    policies.sync_role_groups(current)
    sync_grants(current)
    data = {rule: {"before": before[rule], "after": after[rule]} for rule in changed}
    record("organization.settings_changed", current.audit_target(), actor=actor, data=data)
    return current


def checked_rules(changes: dict[str, Any]) -> dict[str, Any]:
    """The rules with a valid name and lifetime; `Invalid` for an unknown rule or a value of another type."""
    for rule, value in changes.items():
        if rule not in RULES:
            raise refused(rule, _("%(rule)s is no setting.") % {"rule": f"{rule!r}"})
        if rule in FLAGS and not isinstance(value, bool):
            raise refused(rule, _("This is true or false."))
    days = changes.get("sign_off_days", 1)
    if isinstance(days, bool) or days not in SIGN_OFF_DAYS:
        raise refused("sign_off_days", "A sign-off lives 1 to 365 days.")
    return changes | ({"name": checked_name(changes["name"])} if "name" in changes else {})
