"""How a page gets its agent: visible to the person, or 404 as if it did not exist (T15)."""

import re
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from agents.models import Agent
from agents.policies import permissions_on_agent, sees
from console.organizations.compiled import compiled
from console.organizations.doors import organization_for, person_of, rights_in
from console.organizations.errors import NotFound
from console.organizations.models import Organization

NO_ID = UUID(int=0)
_SLUG = re.compile(r"[a-z0-9-]{1,63}\Z")


def agent_for(request: HttpRequest, organization: str, agent: str) -> Agent:
    """The agent of the address; unknown, foreign and not yet visible are one answer."""
    tenant = organization_for(request, organization)
    found = _by_slug.first(tenant.pk, agent)
    if found is None or not _exists_for(request, found):
        raise Http404(_("No such agent."))
    request.agent = found  # type: ignore[attr-defined]  # the frame shows its pins on every page of it
    return found


@compiled
def _by_slug(organization: UUID, slug: str) -> QuerySet[Agent]:
    return Agent.objects.filter(organization=organization, slug=slug).select_related("organization")


def rights_of(request: HttpRequest, agent: Agent) -> frozenset[str]:
    """What the person may do with the agent, as it was when this request first asked; verbs ask again."""
    known = getattr(request, "agent_rights", None)
    if known is None or known[0] != agent.pk:
        held = rights_in(request, agent.organization)
        known = (agent.pk, permissions_on_agent(person_of(request), agent, held))
        request.agent_rights = known  # type: ignore[attr-defined]
    rights: frozenset[str] = known[1]
    return rights


def agent_called(request: HttpRequest, name: str) -> Agent:
    """The agent that a program calls by slug or id, in the organization of its key; one 404 for all others."""
    tenant: Organization = request.organization  # type: ignore[attr-defined]  # set with the caller
    found = _called.first(tenant.pk, _storable(name), _id(name) or NO_ID)
    if found is None or not _exists_for(request, found):
        raise NotFound(_("There is no agent %(name)s, or not for you.") % {"name": f"{name[:80]!r}"})
    found.organization = tenant
    return found


@compiled
def _called(organization: UUID, slug: str, agent: UUID) -> QuerySet[Agent]:
    named = Agent.objects.filter(Q(slug=slug) | Q(pk=agent), organization=organization)
    return named.select_related("organization").order_by("pk")[:1]


def _exists_for(request: HttpRequest, agent: Agent) -> bool:
    """Most see an agent by their role; what is granted on it alone is asked only where the role does not show it."""
    return sees(rights_in(request, agent.organization), agent) or sees(rights_of(request, agent), agent)


def _id(name: str) -> UUID | None:
    try:
        return UUID(name) if len(name) == 36 else None
    except ValueError:
        return None


def _storable(name: str) -> str:
    """What no slug can be must not reach the database: it takes no NUL."""
    return name if _SLUG.match(name) else ""
