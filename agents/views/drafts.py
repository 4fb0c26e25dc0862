"""The draft as a whole: its page, its history, and every way of starting it anew."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.actions import discard_draft, fork_draft, restore_draft
from agents.doors import agent_for
from agents.exports import document_of, file_response
from agents.forms import RestoreForm, TokenForm, VersionForm
from agents.history import PAGE, saves_of, sittings
from agents.models import Agent, Draft, Version
from agents.part_history import last_with
from agents.querysets import VersionQuerySet
from agents.reading import DraftReading, compare_manifests, draft_side, version_side
from agents.summaries import title_of
from agents.views.page import draft_for, draft_page, malformed
from console.organizations.doors import actor_of

LONGEST_PATH = 220


@require_safe
def draft(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """What the draft holds, what changed since its base, and what needs a look."""
    found, current = draft_for(request, organization, agent)
    context = {"reading": DraftReading(current), "removed": _removed(current, request.GET.get("removed", ""))}
    return draft_page(request, found, current, "agents/draft.html", "Draft", context)


@require_safe
def export(request: HttpRequest, organization: str, agent: str, ending: str) -> HttpResponse:
    """The draft as a file."""
    found, current = draft_for(request, organization, agent)
    document = document_of(found, DraftReading(current).config)
    stem = f"{found.slug}-draft-{current.manifest.digest[:7]}"
    return file_response(document, stem, ending, request.GET.get("format", ""))


@require_safe
def history(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """Every save, newest first."""
    found, current = draft_for(request, organization, agent)
    before = request.GET.get("before", "")
    if before and not (before.isdecimal() and len(before) < 10):
        raise BadRequest(_("before must be the number of a save."))
    saves = saves_of(found, before=int(before) if before else None)
    shown, older = saves[:PAGE], saves[PAGE - 1].pk if len(saves) > PAGE else None
    context = {"sittings": sittings(shown), "count": len(shown), "older": older, "before": before}
    return draft_page(request, found, current, "agents/history.html", "History", context)


@require_POST
def restore(request: HttpRequest, organization: str, agent: str) -> HttpResponseBase:
    """An earlier save is the draft again, as a new save."""
    found = agent_for(request, organization, agent)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        raise malformed(form)
    data = form.cleaned_data
    restore_draft(found, actor=actor_of(request), history_id=data["history_id"], token=data["token"] or None)
    messages.success(request, _("The earlier save is the draft again. What was there before is in the history."))
    return redirect("agents:draft", organization, agent)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, organization: str, agent: str) -> HttpResponseBase:
    """Back to the most recent version; the page says what is lost."""
    if request.method == "POST":
        found, form = agent_for(request, organization, agent), TokenForm(request.POST)
        if not form.is_valid():
            raise malformed(form)
        discard_draft(found, actor=actor_of(request), token=form.cleaned_data["token"])
        messages.success(request, _("The draft is deleted. What it held is in the history and can be restored."))
        return redirect("agents:draft", organization, agent)
    found, current = draft_for(request, organization, agent)
    latest = _versions(found).newest_first().first()
    return _leaving(request, found, current, latest, "agents/discard.html", _("Delete draft"))


@require_http_methods(["GET", "HEAD", "POST"])
def fork(request: HttpRequest, organization: str, agent: str) -> HttpResponseBase:
    """The draft starts anew from a version; the page says what is left behind."""
    form = VersionForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        agent_for(request, organization, agent)
        raise malformed(form)
    number, token = form.cleaned_data["number"], form.cleaned_data["token"]
    if request.method == "POST":
        found = agent_for(request, organization, agent)
        fork_draft(found, actor=actor_of(request), number=number, token=token or None)
        messages.success(
            request,
            _("The draft starts from v%(number)s now. What it held before is in the history.") % {"number": number},
        )
        return redirect("agents:draft", organization, agent)
    found, current = draft_for(request, organization, agent)
    version = get_object_or_404(_versions(found), number=number)
    return _leaving(
        request, found, current, version, "agents/fork.html", _("Start from v%(number)s") % {"number": number}
    )


def _leaving(
    request: HttpRequest, agent: Agent, draft: Draft, version: Version | None, template: str, title: str
) -> HttpResponse:
    """A page that shows what the draft has and the version has not."""
    comparison = compare_manifests(agent, version_side(version), draft_side(draft)) if version else None
    context = {"shown": version, "comparison": comparison, "reading": DraftReading(draft)}
    return draft_page(request, agent, draft, template, title, context)


def _removed(draft: Draft, path: str) -> dict[str, Any] | None:
    """The part that was just taken out and the save that has it; None for any other address."""
    if not path or len(path) > LONGEST_PATH or "\0" in path or path in draft.manifest.entries:
        return None
    save = last_with(draft, path)
    return {"path": path, "title": title_of(path), "save": save} if save else None


def _versions(agent: Agent) -> VersionQuerySet:
    return Version.objects.filter(agent=agent).select_related("manifest")
