"""The closed list of everything that can happen, with the words that history pages show."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_noop as noop


@dataclass(frozen=True)
class Verb:
    """One act: its stable name, its words, the family it is filtered by, and its icon."""

    name: str
    words: str
    family: str
    icon: str

    @property
    def label(self) -> str:
        """Its words in the reader's language."""
        return gettext(self.words)


_ALL = [
    Verb("organization.created", noop("Organization created"), "organization", "building-2"),
    Verb("organization.settings_changed", noop("Settings changed"), "organization", "settings"),
    Verb("member.invited", noop("Member invited"), "people", "inbox"),
    Verb("member.invitation_revoked", noop("Invitation revoked"), "people", "inbox"),
    Verb("member.joined", noop("Member joined"), "people", "user"),
    Verb("member.roles_changed", noop("Roles changed"), "people", "user"),
    Verb("member.removed", noop("Member removed"), "people", "user"),
    Verb("agent.role_granted", noop("Role granted on one agent"), "people", "user"),
    Verb("agent.role_taken", noop("Role on one agent taken away"), "people", "user"),
    Verb("key.created", noop("API key created"), "people", "key-round"),
    Verb("key.rotated", noop("API key rotated"), "people", "key-round"),
    Verb("key.revoked", noop("API key revoked"), "people", "key-round"),
    Verb("key.push_allowed", noop("Pushing by API key allowed"), "people", "key-round"),
    Verb("key.push_forbidden", noop("Pushing by API key forbidden"), "people", "key-round"),
    Verb("webhook.added", noop("Webhook added"), "organization", "external-link"),
    Verb("webhook.changed", noop("Webhook changed"), "organization", "external-link"),
    Verb("webhook.secret_rotated", noop("Secret of a webhook rotated"), "organization", "key-round"),
    Verb("webhook.disabled", noop("Webhook switched off"), "organization", "pause"),
    Verb("webhook.enabled", noop("Webhook switched on"), "organization", "circle-play"),
    Verb("webhook.tested", noop("Webhook tested"), "organization", "external-link"),
    Verb("webhook.redelivered", noop("Webhook message sent again"), "organization", "rotate-ccw"),
    Verb("webhook.replayed", noop("Dead letters of a webhook sent again"), "organization", "rotate-ccw"),
    Verb("webhook.deleted", noop("Webhook deleted"), "organization", "trash-2"),
    Verb("environment.created", noop("Environment created"), "organization", "building-2"),
    Verb("environment.changed", noop("Environment changed"), "organization", "building-2"),
    Verb("environment.deleted", noop("Environment deleted"), "organization", "building-2"),
    Verb("agent.created", noop("Agent created"), "draft", "plus"),
    Verb("agent.imported", noop("Agent imported"), "draft", "upload"),
    Verb("agent.put", noop("Agent put from a document"), "draft", "upload"),
    Verb("agent.changed", noop("Agent renamed or relabelled"), "draft", "pencil"),
    Verb("agent.archived", noop("Agent archived"), "draft", "archive"),
    Verb("agent.unarchived", noop("Agent brought back"), "draft", "archive"),
    Verb("draft.saved", noop("Draft saved"), "draft", "pencil"),
    Verb("draft.discarded", noop("Draft deleted"), "draft", "pencil"),
    Verb("draft.restored", noop("Draft restored"), "draft", "pencil"),
    Verb("draft.forked", noop("Draft started from a version"), "draft", "pencil"),
    Verb("draft.merged", noop("Version merged into the draft"), "draft", "pencil"),
    Verb("draft.parts_taken", noop("Parts taken over into the draft"), "draft", "pencil"),
    Verb("release.published", noop("Published to Staging"), "release", "flask-conical"),
    Verb("release.promoted", noop("Promoted"), "release", "flask-conical"),
    Verb("release.marked_ready", noop("Marked ready for Production"), "release", "badge-check"),
    Verb("release.approved", noop("Approved as well"), "release", "badge-check"),
    Verb("release.changes_requested", noop("Changes requested"), "release", "message-square-warning"),
    Verb("release.request_withdrawn", noop("Request for changes withdrawn"), "release", "message-square-warning"),
    Verb("release.ready_revoked", noop("Approval revoked"), "release", "badge-check"),
    Verb("release.approval_expired", noop("Approval became stale"), "release", "hourglass"),
    Verb("release.pushed_to_production", noop("Pushed to Production"), "release", "radio-tower"),
    Verb("release.glass_broken", noop("Pushed past failing gates"), "release", "triangle-alert"),
    Verb("release.rolled_back", noop("Rolled back"), "release", "undo-2"),
    Verb("release.hold_lifted", noop("Hold lifted"), "release", "lock"),
    Verb("release.activated", noop("Version activated"), "release", "flask-conical"),
    Verb("bulk.started", noop("Bulk promotion started"), "release", "list-checks"),
    Verb("bulk.retried", noop("Failed promotions tried again"), "release", "list-checks"),
    Verb("bulk.undone", noop("Bulk promotion taken back"), "release", "undo-2"),
    Verb("bulk.cancelled", noop("Bulk work cancelled"), "release", "list-checks"),
    Verb("bulk.finished", noop("Bulk work finished"), "release", "list-checks"),
    Verb("audit.exported", noop("Audit log exported"), "audit", "download"),
]

VERBS = {verb.name: verb for verb in _ALL}
FAMILIES = {
    "release": gettext_lazy("Releases"),
    "draft": gettext_lazy("Agents and drafts"),
    "people": gettext_lazy("People and rights"),
    "organization": gettext_lazy("Organization"),
    "audit": gettext_lazy("Audit log"),
}


def names_in(family: str) -> list[str]:
    """The verbs of one family."""
    return [verb.name for verb in _ALL if verb.family == family]
