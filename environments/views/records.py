"""What happened and what differs: the timeline, the record of one move, comparisons."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.doors import agent_for
from agents.models import Agent, Version
from console.organizations.errors import NotFound, Refusal
from environments.doors import rights_of, standing_for
from environments.errors import EnvironmentUnpinned
from environments.models import Deployment
from environments.reading import can_read, comparison_of, names_of, served_side, side_of, version_side, with_manifest
from environments.timeline import moves_of, outcome
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
    """One move for ever: who, why, under which sign-off and gates, with its difference as it was."""
    found = agent_for(request, organization, agent)
    moves = moves_of(found)
    move = moves.filter(pk=deployment).first()
    if move is None:
        raise Http404("No such record.")
    same = moves.filter(environment=move.environment)
    context = {
        "agent": found,
        "move": move,
        "sentence": outcome(move),
        "gates": [_gate(gate) for gate in move.gates],
        "comparison": _frozen(request, found, move),
        "next": same.filter(at__gt=move.at).order_by("at").first(),
        "previous": same.filter(at__lt=move.at).first(),
        "env_kind": move.environment.kind,
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


def _frozen(request: HttpRequest, agent: Agent, move: Deployment) -> Any:
    """The difference that the move made; versions never change, so it never does."""
    if not can_read(rights_of(request, agent), move.version, move.from_version):
        return None
    former = move.from_version
    left = version_side(with_manifest(former)) if former else served_side(move.environment, None)
    return comparison_of(agent, left, version_side(with_manifest(move.version)))


def _gate(gate: dict[str, Any]) -> dict[str, Any]:
    return {"rule": gate["rule"], "state": gate["state"], "message": gate["message"]}
