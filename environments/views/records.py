"""What happened and what differs: the timeline, the record of one move, comparisons."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agents.doors import agent_for
from agents.models import Agent, Version
from console.organizations.errors import NotFound, Refusal
from environments.doors import rights_of, standing_for
from environments.errors import EnvironmentUnpinned
from environments.reading import comparison_of, names_of, side_of
from environments.records import decision_record, move_record
from environments.timeline import decisions_of, moves_of
from environments.timeline_page import page_of

VERSIONS = 100


@require_safe
def timeline(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """Every move and decision, newest first; `?environment=` keeps one environment."""
    found = agent_for(request, organization, agent)
    standing = standing_for(request, found)
    slug = request.GET.get("environment", "")
    if slug and standing.environment(slug) is None:
        raise Http404("No such environment.")
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
        raise Http404("No such record.")
    context = {
        "agent": found,
        "record": record,
        "printed_at": timezone.now(),
        "printed_url": request.build_absolute_uri(request.path),
        "env_kind": record.environment.kind,
    }
    return render(request, "environments/record.html", context)


@require_safe
def compare_page(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """Any two of: a version, the draft, an environment, an earlier save."""
    found = agent_for(request, organization, agent)
    standing, rights = standing_for(request, found), rights_of(request, found)
    versions = list(found.versions.select_related("author").newest_first()[:VERSIONS])
    left, right = _asked(request, found, versions, rights)
    comparison, problem, status = _compared(found, left, right, rights)
    context = {
        "agent": found,
        "left": left,
        "right": right,
        "choices": names_of(found, standing.pins, versions, with_draft="view_draft" in rights),
        "comparison": comparison,
        "problem": problem,
        "layout": "unified" if request.GET.get("layout") == "unified" else "split",
    }
    return render(request, "environments/compare.html", context, status=status)


def _asked(request: HttpRequest, agent: Agent, versions: list[Version], rights: frozenset[str]) -> tuple[str, str]:
    """The two sides of the address; without them what is live against what comes next."""
    standing = standing_for(request, agent)
    newest = "draft" if "view_draft" in rights else str(versions[0].number) if versions else ""
    live, candidate = standing.production, standing.candidate
    left = str(live.version.number) if live else str(versions[0].number) if versions else newest
    right = str(candidate.version.number) if live and candidate and candidate.version != live.version else newest
    return request.GET.get("from") or left, request.GET.get("to") or right


def _compared(agent: Agent, left: str, right: str, rights: frozenset[str]) -> tuple[Any, Refusal | None, int]:
    """The comparison, or why there is none; what does not exist says so beside the pickers."""
    if not left or not right:
        return None, None, 200
    try:
        return comparison_of(agent, side_of(agent, left, rights), side_of(agent, right, rights)), None, 200
    except (NotFound, EnvironmentUnpinned) as refusal:
        return None, refusal, 404
