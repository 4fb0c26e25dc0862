"""The closed list of what webhooks tell: stable names, each made by one or more verbs of the audit log."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """One kind of event: its name for programs, its words, and the verbs whose events it tells."""

    name: str
    label: Promise
    verbs: tuple[str, ...]


KINDS = [
    Kind("version.published", _("Published to Staging"), ("release.published",)),
    Kind("version.promoted", _("Promoted"), ("release.promoted",)),
    Kind("version.activated", _("Version activated"), ("release.activated",)),
    Kind("version.ready", _("Marked ready for Production"), ("release.marked_ready",)),
    Kind("version.approved", _("Approved as well"), ("release.approved",)),
    Kind("version.changes_requested", _("Changes requested"), ("release.changes_requested",)),
    Kind("version.request_withdrawn", _("Request for changes withdrawn"), ("release.request_withdrawn",)),
    Kind("version.pushed", _("Pushed to Production"), ("release.pushed_to_production",)),
    Kind("version.pushed_past_gates", _("Pushed past failing gates"), ("release.glass_broken",)),
    Kind("version.rolled_back", _("Rolled back"), ("release.rolled_back",)),
    Kind("hold.lifted", _("Hold lifted"), ("release.hold_lifted",)),
    Kind("approval.revoked", _("Approval revoked"), ("release.ready_revoked",)),
    Kind("approval.stale", _("Approval became stale"), ("release.approval_expired",)),
    Kind("job.started", _("Bulk work started"), ("bulk.started", "bulk.retried", "bulk.undone")),
    Kind("job.finished", _("Bulk work finished"), ("bulk.finished",)),
    Kind("agent.created", _("Agent created"), ("agent.created", "agent.imported", "agent.put")),
    Kind("agent.archived", _("Agent archived"), ("agent.archived",)),
    Kind("agent.unarchived", _("Agent brought back"), ("agent.unarchived",)),
]
KIND_NAMES = [kind.name for kind in KINDS]
TEST = "webhook.test"  # nobody chooses it: a person sends it
OF_VERB = {verb: kind.name for kind in KINDS for verb in kind.verbs}


def kind_of(verb: str, data: dict[str, Any]) -> str:
    """The kind that an event of the log is told as, empty for what is not told."""
    if verb == "agent.put" and not data.get("created"):  # it changed an agent that was there
        return ""
    return OF_VERB.get(verb, "")
