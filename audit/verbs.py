"""The closed list of everything that can happen, with the words that history pages show."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """One act: its stable name, its words, the family it is filtered by, and its icon."""

    name: str
    label: str
    family: str
    icon: str


_ALL = [
    Verb("organization.created", "Organization created", "organization", "building-2"),
    Verb("organization.settings_changed", "Settings changed", "organization", "settings"),
    Verb("member.invited", "Member invited", "people", "inbox"),
    Verb("member.invitation_revoked", "Invitation revoked", "people", "inbox"),
    Verb("member.joined", "Member joined", "people", "user"),
    Verb("member.roles_changed", "Roles changed", "people", "user"),
    Verb("member.removed", "Member removed", "people", "user"),
    Verb("agent.role_granted", "Role granted on one agent", "people", "user"),
    Verb("agent.role_taken", "Role on one agent taken away", "people", "user"),
    Verb("key.created", "API key created", "people", "key-round"),
    Verb("key.rotated", "API key rotated", "people", "key-round"),
    Verb("key.revoked", "API key revoked", "people", "key-round"),
    Verb("key.push_allowed", "Pushing by API key allowed", "people", "key-round"),
    Verb("key.push_forbidden", "Pushing by API key forbidden", "people", "key-round"),
    Verb("webhook.added", "Webhook added", "organization", "external-link"),
    Verb("webhook.changed", "Webhook changed", "organization", "external-link"),
    Verb("webhook.secret_rotated", "Secret of a webhook rotated", "organization", "key-round"),
    Verb("webhook.disabled", "Webhook switched off", "organization", "pause"),
    Verb("webhook.enabled", "Webhook switched on", "organization", "circle-play"),
    Verb("webhook.tested", "Webhook tested", "organization", "external-link"),
    Verb("webhook.redelivered", "Webhook message sent again", "organization", "rotate-ccw"),
    Verb("webhook.replayed", "Dead letters of a webhook sent again", "organization", "rotate-ccw"),
    Verb("webhook.deleted", "Webhook deleted", "organization", "trash-2"),
    Verb("environment.created", "Environment created", "organization", "building-2"),
    Verb("environment.changed", "Environment changed", "organization", "building-2"),
    Verb("environment.deleted", "Environment deleted", "organization", "building-2"),
    Verb("agent.created", "Agent created", "draft", "plus"),
    Verb("agent.imported", "Agent imported", "draft", "upload"),
    Verb("agent.put", "Agent put from a document", "draft", "upload"),
    Verb("agent.changed", "Agent renamed or relabelled", "draft", "pencil"),
    Verb("agent.archived", "Agent archived", "draft", "archive"),
    Verb("agent.unarchived", "Agent brought back", "draft", "archive"),
    Verb("draft.saved", "Draft saved", "draft", "pencil"),
    Verb("draft.discarded", "Draft deleted", "draft", "pencil"),
    Verb("draft.restored", "Draft restored", "draft", "pencil"),
    Verb("draft.forked", "Draft started from a version", "draft", "pencil"),
    Verb("draft.merged", "Version merged into the draft", "draft", "pencil"),
    Verb("draft.parts_taken", "Parts taken over into the draft", "draft", "pencil"),
    Verb("release.published", "Published to Staging", "release", "flask-conical"),
    Verb("release.promoted", "Promoted", "release", "flask-conical"),
    Verb("release.marked_ready", "Marked ready for Production", "release", "badge-check"),
    Verb("release.approved", "Approved as well", "release", "badge-check"),
    Verb("release.changes_requested", "Changes requested", "release", "message-square-warning"),
    Verb("release.request_withdrawn", "Request for changes withdrawn", "release", "message-square-warning"),
    Verb("release.ready_revoked", "Approval revoked", "release", "badge-check"),
    Verb("release.approval_expired", "Approval became stale", "release", "hourglass"),
    Verb("release.pushed_to_production", "Pushed to Production", "release", "radio-tower"),
    Verb("release.glass_broken", "Pushed past failing gates", "release", "triangle-alert"),
    Verb("release.rolled_back", "Rolled back", "release", "undo-2"),
    Verb("release.hold_lifted", "Hold lifted", "release", "lock"),
    Verb("release.activated", "Version activated", "release", "flask-conical"),
    Verb("bulk.started", "Bulk promotion started", "release", "list-checks"),
    Verb("bulk.retried", "Failed promotions tried again", "release", "list-checks"),
    Verb("bulk.undone", "Bulk promotion taken back", "release", "undo-2"),
    Verb("bulk.cancelled", "Bulk work cancelled", "release", "list-checks"),
    Verb("bulk.finished", "Bulk work finished", "release", "list-checks"),
    Verb("audit.exported", "Audit log exported", "audit", "download"),
]

VERBS = {verb.name: verb for verb in _ALL}
FAMILIES = {
    "release": "Releases",
    "draft": "Agents and drafts",
    "people": "People and rights",
    "organization": "Organization",
    "audit": "Audit log",
}


def names_in(family: str) -> list[str]:
    """The verbs of one family."""
    return [verb.name for verb in _ALL if verb.family == family]
