"""The difference that one audit event made to an agent: both configurations are kept, so it can be shown for ever."""

from django.utils.translation import gettext as _

from agents.compare import Side
from agents.comparison import Comparison
from agents.models import Agent, Manifest, Version
from audit.models import Event
from console.organizations.errors import NotFound
from environments.policies import missing
from environments.reading import NOTHING, can_read, comparison_of


def difference_of(event: Event, agent: Agent, rights: frozenset[str]) -> Comparison:
    """What the agent's configuration was before the event against what it was after.

    Refuses who may not read one of them; `NotFound` for an event that changed no configuration.
    """
    if not event.before_digest or not event.after_digest:
        raise NotFound(_("This event changed no configuration, so there is no difference."))
    return comparison_of(agent, _side(agent, event.before_digest, rights), _side(agent, event.after_digest, rights))


def _side(agent: Agent, digest: str, rights: frozenset[str]) -> Side:
    """The configuration with this digest, called by its version where there is one."""
    version = Version.objects.filter(agent=agent, digest=digest).order_by("number").first()
    if "view_draft" not in rights and (version is None or not can_read(rights, version)):
        raise missing("view_draft", agent.organization)
    manifest = Manifest.objects.filter(organization=agent.organization, digest=digest).first()
    if manifest is None:
        raise NotFound(_("There is no configuration %(digest)s.") % {"digest": digest[:7]})
    label = (
        f"v{version.number}"
        if version
        else _("Draft %(digest)s") % {"digest": digest[:7]}
        if manifest.entries
        else NOTHING
    )
    return Side(label, manifest.entries, {"digest": digest})
