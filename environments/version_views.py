"""An agent's versions: the list, one version, and a version as a file."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from agents.contents import load
from agents.documents import section_text
from agents.doors import agent_for, rights_of
from agents.exports import document_of, file_response
from agents.models import Version
from agents.summaries import arrivals, title_of
from agents.views.page import agent_page
from environments.doors import standing_for
from environments.past import past_of
from environments.policies import can_read_version, missing
from environments.standing import Standing
from environments.version_rows import lane_heads
from environments.versions import PAGE, Facts, default_pair, facts_of, history_of, rows_of


@require_safe
def version_list(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """Every version, newest first, each with where it runs."""
    found = agent_for(request, organization, agent)
    standing, before = standing_for(request, found), request.GET.get("before", "")
    if before and not (before.isdecimal() and len(before) < 10):
        raise BadRequest(gettext("before must be the number of a version."))
    rows = rows_of(standing, before=int(before) if before else None)
    left, right = default_pair(standing, rows[:PAGE])
    context = {
        "rows": history_of(standing, rows[:PAGE]),
        "heads": lane_heads(standing),
        "live": standing.production.version.number if standing.production else 0,
        "readable": _reads_all(rights_of(request, found)),
        "left": left,
        "right": right,
        "before": before,
        "older": rows[PAGE - 1].version.number if len(rows) > PAGE else None,
        "standing": standing,
        **past_of(request, found, standing.places),
    }
    status = 400 if context["past_form"].errors else 200
    return agent_page(request, found, "agents/version_list.html", "Versions", context, status)


@require_safe
def version(request: HttpRequest, organization: str, agent: str, number: int) -> HttpResponse:
    """One version: who made it, how far it came, and, with the right to read it, what it holds."""
    found = agent_for(request, organization, agent)
    standing = standing_for(request, found)
    facts = _facts(standing, number)
    readable = can_read_version(rights_of(request, found), facts.kinds)
    context: dict[str, Any] = {
        "facts": facts,
        "shown": facts.row.version,
        "standing": standing,
        "readable": readable,
    }
    if readable:
        context |= _content(facts.row.version, request.GET.get("part", ""))
    else:
        context["refusal"] = missing("view_development", found.organization)
    title, parent = f"v{number}", "environments:version-list"
    return agent_page(request, found, "agents/version.html", title, context, parent=parent)


@require_safe
def export(request: HttpRequest, organization: str, agent: str, number: int, ending: str) -> HttpResponse:
    """A version as a file."""
    found = agent_for(request, organization, agent)
    facts = _facts(standing_for(request, found), number)
    if not can_read_version(rights_of(request, found), facts.kinds):
        raise missing("view_development", found.organization)
    chosen = facts.row.version
    document = document_of(found, load(chosen.manifest, chosen.layout))
    return file_response(document, f"{found.slug}-v{number}", ending, request.GET.get("format", ""))


def _reads_all(rights: frozenset[str]) -> bool:
    """Whether the person may read every version: it was cut in Development, and all of them went through Staging."""
    return can_read_version(rights, ["staging"])


def _facts(standing: Standing, number: int) -> Facts:
    facts = facts_of(standing, number)
    if facts is None:
        raise Http404(gettext("There is no such version."))
    return facts


def _content(version: Version, part: str) -> dict[str, Any]:
    """The parts of a version in words, and the text of the one that was asked for."""
    config = load(version.manifest, version.layout)
    parts = arrivals(config)
    known = [path for path, _ in parts]
    if part and part not in known:
        raise Http404(gettext("There is no such part in this version."))
    shown = part or ("prompt" if "prompt" in known else next(iter(known), ""))
    return {
        "parts": [(path, title_of(path), words) for path, words in parts],
        "part": shown,
        "part_title": title_of(shown) if shown else "",
        "text": section_text(config, shown) if shown else "",
    }
