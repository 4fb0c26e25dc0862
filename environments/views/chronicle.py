"""What happened in the whole organization: the releases with filters, and the project history."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agents.models import Agent
from audit.models import Event
from audit.policies import require_reading
from console.organizations.doors import organization_for, person_of
from console.organizations.policies import permissions_on
from environments.chronicle import chronicle_of, everything_of
from environments.event_differences import difference_of
from environments.forms import ReleaseFilter
from environments.pipeline import environments_of
from environments.policies import permissions_on_agent
from environments.release_list import address_of, binding_of, chips_of, filtered, offered_names


@require_safe
def release_list(request: HttpRequest, organization: str) -> HttpResponse:
    """Every move and decision of the agents this person may list, newest first."""
    tenant, person = organization_for(request, organization), person_of(request)
    form = ReleaseFilter(request.GET, environments_of(tenant))
    context = {"form": form, "clear_url": request.path, **offered_names(person, tenant, permissions_on(person, tenant))}
    if not form.is_valid():
        return render(request, "environments/release_list.html", context | {"wrong": True}, status=400)
    cursor = request.GET.get("cursor", "")
    page = chronicle_of(tenant, filtered(person, tenant, form), binding_of(form), cursor)
    active = form.active()
    context |= {
        "page": page,
        "chips": chips_of(form, request.path),
        "newer_url": address_of(request.path, active, cursor=page.newer) if page.newer else "",
        "older_url": address_of(request.path, active, cursor=page.older) if page.older else "",
    }
    return render(request, "environments/release_list.html", context)


@require_safe
def project_history(request: HttpRequest, organization: str) -> HttpResponse:
    """Everything that happened to the agents this person may list, newest first."""
    tenant, person = organization_for(request, organization), person_of(request)
    permissions = permissions_on(person, tenant)
    events = everything_of(person, tenant, permissions)
    page = chronicle_of(tenant, events, "history", request.GET.get("cursor", ""))
    context = {
        "page": page,
        "with_drafts": "view_draft" in permissions,
        "newer_url": address_of(request.path, {}, cursor=page.newer) if page.newer else "",
        "older_url": address_of(request.path, {}, cursor=page.older) if page.older else "",
    }
    return render(request, "environments/project_history.html", context)


@require_safe
def event_difference(request: HttpRequest, organization: str, sequence: int) -> HttpResponse:
    """Before and after of an audit event of an agent; who may not see the event or the agent gets 404."""
    tenant, person = organization_for(request, organization), person_of(request)
    events = Event.objects.visible_to(person, tenant, require_reading(person, tenant))
    event = events.filter(sequence=sequence).first()
    visible = Agent.objects.visible_to(person, tenant)
    agent = visible.filter(pk=event.agent_id).first() if event and event.agent_id else None
    if event is None or agent is None:
        raise Http404(_("No such event."))
    agent.organization = tenant
    rights = permissions_on_agent(person, agent)
    context = {"organization": tenant, "event": event, "comparison": difference_of(event, agent, rights)}
    return render(request, "environments/event_difference.html", context)
