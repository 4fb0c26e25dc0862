"""The one act that the audit log itself knows: taking a copy of it away."""

from django.utils.translation import gettext as _

from audit.clock import database_time
from audit.errors import InvalidFilter
from audit.export import TYPES, Export
from audit.filters import EventFilter
from audit.log import record, verb
from audit.models import GENESIS, ChainHead, Event
from audit.policies import require_reading, scope_in_words
from console.organizations.actor import Actor
from console.organizations.errors import NotFound
from console.organizations.models import Organization


@verb("audit.exported")
def export_events(organization: Organization, *, actor: Actor, wanted: EventFilter, format: str) -> Export:
    """Freeze what the actor may see and asks for, up to this moment; the export itself comes after it.

    Raises PermissionMissing, InvalidFilter for an unknown format.
    """
    if actor.user is None:
        raise NotFound(_("An export is made by a person."))
    permissions = require_reading(actor.user, organization)
    if format not in TYPES:
        raise InvalidFilter(
            _("There is no format %(format)s. There are: %(choices)s.")
            % {"format": f"{format[:20]!r}", "choices": ", ".join(TYPES)}
        )
    head, head_hash = ChainHead.objects.filter(organization=organization).values_list("sequence", "hash").first() or (
        0,
        GENESIS,
    )
    visible = Event.objects.visible_to(actor.user, organization, permissions)
    events = visible.matching(wanted).filter(sequence__lte=head)
    export = Export(
        organization=organization,
        events=events,
        rows=events.count(),
        head=head,
        head_hash=head_hash,
        wanted=wanted,
        scope=scope_in_words(permissions),
        format=format,
        at=database_time(),
    )
    data = {"format": format, "filter": wanted.spelled(), "rows": export.rows, "up_to": head}
    record("audit.exported", organization.audit_target(), actor=actor, data=data)
    return export
