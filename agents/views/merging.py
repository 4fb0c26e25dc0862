"""Merging a version into the draft: both sides' changes, and each conflict with its three texts."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from agents.actions import draft_token, merge_draft
from agents.documents.writing import yaml_text
from agents.doors import agent_for
from agents.errors import MergeConflict
from agents.forms import MergeForm, VersionForm
from agents.merge import ABSENT, Conflict
from agents.models import Agent, Draft, Version
from agents.parts import path_of
from agents.reading import preview_merge
from agents.summaries import title_of
from agents.views.page import draft_for, draft_page, malformed
from console.organizations.doors import actor_of
from console.organizations.errors import Stale
from console.refusals import status_of

_CHOICES = 50
_LENGTH = 20_000


@dataclass(frozen=True)
class Clash:
    """One conflict as people read it; a side is None where it holds nothing."""

    pointer: str
    title: str
    base: str | None
    theirs: str | None
    mine: str | None


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, organization: str, agent: str) -> HttpResponseBase:
    """What a version would bring into the draft; a POST does it."""
    if request.method == "POST":
        return _merge(request, organization, agent, MergeForm(request.POST))
    found, draft = draft_for(request, organization, agent)
    asked = VersionForm(request.GET or None)
    if request.GET and not asked.is_valid():
        raise malformed(asked)
    number = asked.cleaned_data["number"] if request.GET else _newest(found)
    return _page(request, found, draft, number)


def _merge(request: HttpRequest, organization: str, agent: str, form: MergeForm) -> HttpResponseBase:
    found = agent_for(request, organization, agent)
    if not form.is_valid():
        raise malformed(form)
    data: dict[str, Any] = {**form.cleaned_data, "token": form.cleaned_data["token"] or None}
    try:
        merge_draft(found, actor=actor_of(request), **data)
    except (MergeConflict, Stale) as refusal:
        _, draft = draft_for(request, organization, agent)
        return _page(request, found, draft, data["number"], refusal, data["strategy"])
    messages.success(
        request,
        gettext("v%(data)s is merged into the draft. The draft stands on v%(data)s now.") % {"data": data["number"]},
    )
    return redirect("agents:draft", organization, agent)


def _page(
    request: HttpRequest,
    agent: Agent,
    draft: Draft,
    number: int | None,
    refusal: MergeConflict | Stale | None = None,
    strategy: str = "merge",
) -> HttpResponse:
    versions = Version.objects.filter(agent=agent).select_related("manifest", "author")
    version = get_object_or_404(versions, number=number) if number else None
    result = preview_merge(draft, version) if version else None
    clashes = [_clash(conflict) for conflict in result.conflicts] if result else []
    chosen = "" if clashes and strategy == "merge" else strategy
    form = MergeForm(initial={"number": number, "token": draft_token(draft), "strategy": chosen})
    context = {
        "shown": version,
        "versions": versions.newest_first()[:_CHOICES],
        "stands_on_it": bool(version and draft.base_id == version.pk),
        "taken": _parts(result.taken_from_theirs) if result else [],
        "clashes": clashes,
        "form": form,
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else 200
    return draft_page(request, agent, draft, "agents/merge.html", gettext("Merge a version"), context, status)


def _newest(agent: Agent) -> int | None:
    return Version.objects.filter(agent=agent).newest_first().values_list("number", flat=True).first()


def _parts(pointers: tuple[str, ...]) -> list[tuple[str, int]]:
    """The parts that change, each with how many places."""
    counts: dict[str, int] = {}
    for pointer in pointers:
        counts[path_of(pointer)] = counts.get(path_of(pointer), 0) + 1
    return [(title_of(path), count) for path, count in counts.items()]


def _clash(conflict: Conflict) -> Clash:
    texts = [_shown(value) for value in (conflict.base, conflict.theirs, conflict.mine)]
    return Clash(conflict.path, title_of(path_of(conflict.path)), *texts)


def _shown(value: Any) -> str | None:
    if value is ABSENT:
        return None
    text = value if isinstance(value, str) else yaml_text(value)
    return (
        text
        if len(text) <= _LENGTH
        else gettext("%(text)s\n[%(count)s characters more]")
        % {"text": text[:_LENGTH], "count": f"{len(text) - _LENGTH:,}"}
    )
