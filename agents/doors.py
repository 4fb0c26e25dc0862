"""How a page gets its agent: visible to the person, or 404 as if it did not exist (T15)."""

from django.http import Http404, HttpRequest

from agents.models import Agent
from console.organizations.doors import organization_for, person_of


def agent_for(request: HttpRequest, organization: str, agent: str) -> Agent:
    """The agent of the address; unknown, foreign and not yet visible are one answer."""
    tenant = organization_for(request, organization)
    visible = Agent.objects.visible_to(person_of(request), tenant).select_related("organization")
    found = visible.filter(slug=agent).first()
    if found is None:
        raise Http404("No such agent.")
    request.agent = found  # type: ignore[attr-defined]  # the frame shows its pins on every page of it
    return found
