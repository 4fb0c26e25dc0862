"""What a caller may do at the moment of a call: kept with its answer, and asked again before that is told again."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from agents.models import Agent
from agents.policies import permissions_on_agent
from console.organizations.errors import NotFound, Refusal
from console.organizations.models import IdempotentCall, Organization, User
from console.organizations.policies import missing, permissions_on


def rights_now(request: HttpRequest, person: User) -> list[str]:
    """Every permission on the organization and on the agent that the address names, read from the database."""
    agent = _agent_of(request, person)
    held = permissions_on_agent(person, agent) if agent else permissions_on(person, _tenant(request))
    return sorted(held)


def refusal_to_repeat(request: HttpRequest, person: User, call: IdempotentCall) -> Refusal | None:
    """Why a kept answer is not told again: its agent is hidden from the caller now, or a right that was there is gone.

    Which of its rights an act needed is known to its verb alone, so the loss of any of them counts.
    """
    happened = call.status is not None and call.status < 400
    if happened and _named_agent(request) and request.method != "DELETE" and _agent_of(request, person) is None:
        return NotFound(_("There is no such agent, or not for you."))
    lost = sorted(set(call.rights).difference(rights_now(request, person)))
    return missing(lost[0], _tenant(request)) if lost else None


def _named_agent(request: HttpRequest) -> str:
    steps = request.path_info.removeprefix("/api/v1/").split("/")
    return steps[1] if len(steps) > 1 and steps[0] == "agents" else ""


def _agent_of(request: HttpRequest, person: User) -> Agent | None:
    name, tenant = _named_agent(request), _tenant(request)
    if not name or "\0" in name:
        return None
    visible = Agent.objects.visible_to(person, tenant).select_related("organization")
    try:
        return visible.filter(pk=UUID(name)).first()
    except ValueError:
        return visible.filter(slug=name).first()


def _tenant(request: HttpRequest) -> Organization:
    found: Organization = request.organization  # type: ignore[attr-defined]  # set with the caller
    return found
