"""What happened: the timeline, and the record of one move."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agents.doors import agent_for, rights_of
from environments.doors import standing_for
from environments.records import decision_record, move_record
from environments.timeline import decisions_of, moves_of
from environments.timeline_page import page_of


@require_safe
def timeline(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """Every move and decision, newest first; `?environment=` keeps one environment."""
    found = agent_for(request, organization, agent)
    standing = standing_for(request, found)
    slug = request.GET.get("environment", "")
    if slug and standing.environment(slug) is None:
        raise Http404(_("No such environment."))
    page = page_of(found, request.path, environment=slug, cursor=request.GET.get("older", ""))
    context = {"agent": found, "places": standing.places, "slug": slug, "page": page}
    return render(request, "environments/releases.html", context)


@require_safe
def record_page(request: HttpRequest, organization: str, agent: str, deployment: UUID) -> HttpResponse:
    """One move or decision for ever: who, why, under which sign-off and gates, with its difference as it was."""
    found = agent_for(request, organization, agent)
    rights = rights_of(request, found)
    move = moves_of(found).filter(pk=deployment).first()
    if move:
        record = move_record(found, move, rights)
    elif decision := decisions_of(found).filter(pk=deployment).first():
        record = decision_record(found, decision, rights)
    else:
        raise Http404(_("No such record."))
    context = {
        "agent": found,
        "record": record,
        "printed_at": timezone.now(),
        "printed_url": request.build_absolute_uri(request.path),
        "env_kind": record.environment.kind,
    }
    return render(request, "environments/record.html", context)
