"""What a person was told: the list, opening one, and putting all of it aside."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agents.models import Agent
from console.organizations.actions import mark_read
from console.organizations.doors import organization_for, person_of
from console.organizations.models import Notification
from environments.notices import notices_of


@require_safe
def notices(request: HttpRequest, organization: str) -> HttpResponse:
    """The person's notifications in this organization, newest first."""
    tenant, person = organization_for(request, organization), person_of(request)
    page = notices_of(person, tenant, cursor=request.GET.get("older", ""))
    context = {"organization": tenant, "page": page, "any_new": any(entry.is_new for entry in page.entries)}
    context["older_url"] = f"{request.path}?older={page.older}" if page.older else ""
    return render(request, "environments/notices.html", context)


@require_safe
def open_notice(request: HttpRequest, organization: str, notice: UUID) -> HttpResponseBase:
    """Go to what it speaks of; it counts as read then. Somebody else's is as unknown as one that never was."""
    tenant, person = organization_for(request, organization), person_of(request)
    found = get_object_or_404(Notification.objects.of(person, tenant), pk=notice)
    if found.agent_id and not Agent.objects.visible_to(person, tenant).filter(pk=found.agent_id).exists():
        raise Http404(_("No such agent."))
    if request.method == "GET":
        mark_read(person, tenant, only=found.pk)
    return redirect(found.path)


@require_POST
def read_notices(request: HttpRequest, organization: str) -> HttpResponseBase:
    """All of it is read."""
    tenant = organization_for(request, organization)
    number = mark_read(person_of(request), tenant)
    messages.success(request, _("%(number)s marked as read.") % {"number": number})
    return redirect("environments:notices", tenant.slug)
