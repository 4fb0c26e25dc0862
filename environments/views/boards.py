"""The pages of many agents: the dashboard, a row's peek, and what waits for a person."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agents.doors import agent_for
from console.organizations.doors import organization_for, person_of
from environments.actions import put_down, take_up
from environments.boards.dashboard import dashboard_of, waiting_for
from environments.boards.forms import BoardFilter, ClaimForm, QueueFilter
from environments.boards.live import is_live, stamp_of, stamped, unchanged
from environments.boards.peek import peek_of
from environments.boards.queue import claims_stamp, queue_page


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
def queue(request: HttpRequest, organization: str) -> HttpResponse:
    """What waits for this person, oldest first."""
    tenant = organization_for(request, organization)
    stamp = stamp_of(request, tenant, claims_stamp(tenant))
    if same := unchanged(request, stamp):
        return same
    form = QueueFilter(request.GET)
    if not form.is_valid():
        return render(request, "environments/queue.html", {"wrong": True}, status=400)
    context = queue_page(request, waiting_for(request, tenant), **form.cleaned_data)
    template = "environments/_queue.html" if is_live(request) else "environments/queue.html"
    return stamped(render(request, template, context), stamp)


@require_POST
def claim(request: HttpRequest, organization: str) -> HttpResponse:
    """Say that one is on it, or no longer; only for what waits for this person."""
    tenant, form = organization_for(request, organization), ClaimForm(request.POST)
    if not form.is_valid():
        raise Http404(_("No such version."))
    version = waiting_for(request, tenant).can_take(form.cleaned_data["version"])
    if version is None:
        raise Http404(_("No such version."))
    if form.cleaned_data["take"]:
        take_up(version, person=person_of(request))
    else:
        put_down(version, person=person_of(request))
    return redirect("environments:queue", organization)


@require_safe
def peek(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """The last releases of an agent, its differences and every act on it, below its row of the dashboard."""
    found = agent_for(request, organization, agent)
    return render(request, "environments/_peek.html", peek_of(request, found))
