"""What a notification says, in one sentence without its full stop, in the language of who reads it."""

from django.utils.translation import gettext as _

from console.organizations.models import Notification

Event = Notification.Event


def sentence_of(notification: Notification) -> str:
    """The sentence from the names that were kept."""
    names = {"by": "", "environment": "", "version": "?", "back_to": "?", "agent": "", **notification.data}
    return _spoken(notification.event, revoked=bool(names["by"])) % names


def _spoken(event: str, *, revoked: bool) -> str:
    match event:
        case Event.PROMOTED:
            return _("%(by)s promoted v%(version)s of %(agent)s to %(environment)s")
        case Event.READY:
            return _("%(by)s marked v%(version)s of %(agent)s ready for Production")
        case Event.CHANGES_REQUESTED:
            return _("%(by)s requested changes to v%(version)s of %(agent)s")
        case Event.PUSHED:
            return _("%(by)s pushed v%(version)s of %(agent)s to %(environment)s")
        case Event.GLASS_BROKEN:
            return _("%(by)s broke the glass: v%(version)s of %(agent)s went to %(environment)s past failing gates")
        case Event.ROLLED_BACK:
            return _("%(by)s rolled %(environment)s of %(agent)s back from v%(version)s to v%(back_to)s")
        case Event.WEBHOOK_DISABLED:
            return _("The webhook %(webhook)s was switched off")
    if revoked:
        return _("%(by)s revoked the approval of v%(version)s of %(agent)s")
    return _("The approval of v%(version)s of %(agent)s became stale")
