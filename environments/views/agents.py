"""The list of agents, and one agent's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agents.actions import unarchive_agent
from agents.doors import agent_for
from console.organizations.doors import actor_of, organization_for, person_of, rights_in
from console.organizations.saved_views import saved_views
from environments.actions import archive_agent
from environments.available import address
from environments.doors import pipeline_in
from environments.forms import ListFilter
from environments.listing import listed, page_address, page_of, rows_of
from environments.overview import overview_of


@require_safe
def agent_list(request: HttpRequest, organization: str) -> HttpResponse:
    """Every agent this person may list, with what is where and whom it waits for."""
    tenant, person = organization_for(request, organization), person_of(request)
    pipeline, rights = pipeline_in(request, tenant), rights_in(request, tenant)
    form = ListFilter(request.GET, pipeline)
    if not form.is_valid():
        return render(request, "environments/agents.html", {"form": form, "rows": [], "wrong": True}, status=400)
    wanted = form.cleaned_data
    page = page_of(listed(person, tenant, wanted), after=wanted["after"], before=wanted["before"])
    context = {
        "form": form,
        "rows": rows_of(page.agents, tenant, pipeline, with_drafts="view_development" in rights),
        "views": saved_views(request, tenant, "agents"),
        "filtered": any(wanted.values()),
        "create_url": reverse("agents:agent-create", args=[tenant.slug]),
        "import_url": reverse("agents:agent-import", args=[tenant.slug]),
        "may_create": "create_agent" in rights,
        "sees_drafts": "view_development" in rights,
        "newer_url": page_address(request.path, wanted, before=page.before) if page.before else "",
        "older_url": page_address(request.path, wanted, after=page.after) if page.after else "",
    }
    return render(request, "environments/agents.html", context)


@require_safe
def agent_overview(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """One agent's truth: the pipeline with pins, who, when, why, and what this person can do next."""
    found = agent_for(request, organization, agent)
    return render(request, "environments/overview.html", overview_of(request, found))


@require_POST
def archive(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """Put the agent away."""
    found = agent_for(request, organization, agent)
    archive_agent(found, actor=actor_of(request))
    messages.success(request, _("%(found)s is archived. Everything about it stays readable.") % {"found": found.name})
    return redirect("environments:agent-list", organization)


@require_POST
def unarchive(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """Bring the agent back as it was."""
    found = agent_for(request, organization, agent)
    unarchive_agent(found, actor=actor_of(request))
    messages.success(request, _("%(found)s is back.") % {"found": found.name})
    return redirect(address(found, "agent-overview"))
