"""The pages of the audit log."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from audit.actions import export_events
from audit.audit_page import event_context, list_context
from audit.export import TYPES, stream
from audit.forms import ExportForm, filter_of
from audit.models import Event
from audit.policies import require_reading
from console.organizations.doors import actor_of, organization_for, person_of
from console.organizations.saved_views import saved_views


@require_safe
def audit(request: HttpRequest, organization: str) -> HttpResponse:
    """What happened, newest first, as far as the person may see it."""
    here = organization_for(request, organization)
    permissions = require_reading(person_of(request), here)
    form, wanted = filter_of(request.GET, besides=frozenset({"cursor"}))
    events = Event.objects.visible_to(person_of(request), here, permissions)
    context = list_context(here, events, permissions, form, wanted, cursor=request.GET.get("cursor", ""))
    context["views"] = saved_views(request, here, "audit")
    return render(request, "audit/audit.html", context)


@require_safe
def audit_event(request: HttpRequest, organization: str, sequence: int) -> HttpResponse:
    """One event with everything that its hash covers, and its neighbours."""
    here = organization_for(request, organization)
    permissions = require_reading(person_of(request), here)
    events = Event.objects.visible_to(person_of(request), here, permissions)
    event = events.filter(sequence=sequence).first()
    if event is None:
        raise Http404(gettext("No such event."))
    return render(request, "audit/event.html", event_context(here, events, event))


@require_POST
def audit_export(request: HttpRequest, organization: str) -> HttpResponseBase:
    """The filtered events as a file; the filter stands in the address, the format in the form."""
    here = organization_for(request, organization)
    require_reading(person_of(request), here)
    _, wanted = filter_of(request.GET)
    form = ExportForm(request.POST)
    chosen = form.cleaned_data["format"] if form.is_valid() else request.POST.get("format", "")
    export = export_events(here, actor=actor_of(request), wanted=wanted, format=chosen)
    response = StreamingHttpResponse(stream(export), content_type=TYPES[export.format])
    response.headers["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
