"""The pages of many agents: the dashboard, a row's peek, and what waits for a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.doors import agent_for
from console.organizations.doors import organization_for
from environments.boards.dashboard import dashboard_of
from environments.boards.forms import BoardFilter
from environments.boards.live import is_live, stamp_of, stamped, unchanged
from environments.boards.peek import peek_of


@require_safe
def dashboard(request: HttpRequest, organization: str) -> HttpResponse:
    """What is live where, what waits for whom, what differs: agents x environments."""
    tenant = organization_for(request, organization)
    stamp = stamp_of(request, tenant)
    if same := unchanged(request, stamp):
        return same
    form = BoardFilter(request.GET)
    if not form.is_valid():
        return render(request, "environments/dashboard.html", {"form": form, "wrong": True}, status=400)
    context = dashboard_of(request, tenant, form.cleaned_data)
    template = "environments/_board.html" if is_live(request) else "environments/dashboard.html"
    return stamped(render(request, template, context | {"form": form}), stamp)


@require_safe
def peek(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """The last releases of an agent, its differences and every act on it, below its row of the dashboard."""
    found = agent_for(request, organization, agent)
    return render(request, "environments/_peek.html", peek_of(request, found))
