"""Importing a file into an existing draft: first the difference, then the save."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from agents import policies
from agents.actions import save_draft
from agents.comparison import disappearing
from agents.documents import dump_json
from agents.forms import ReplaceForm, UploadForm
from agents.models import Agent, Draft
from agents.parts import path_of, split
from agents.reading import Finding, compare_with_upload
from agents.schema import problems
from agents.summaries import arrivals, title_of
from agents.uploads import FORMATS, Upload, kept_text, read_upload
from agents.views.page import SHOWN_IN_PLACE, draft_for, draft_page, malformed, told
from console.organizations.doors import actor_of
from console.organizations.errors import Refusal
from console.refusals import status_of


@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, organization: str, agent: str) -> HttpResponseBase:
    """A file, then its difference from the draft, then the draft holds what the file held."""
    found, draft = draft_for(request, organization, agent)
    policies.require(actor_of(request), "edit_draft", found)
    if request.method == "GET":
        return _ask(request, found, draft, UploadForm())
    if "document" in request.POST:
        return _save(request, found, ReplaceForm(request.POST))
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, found, draft, form, 422)
    raw, filename = b"", ""
    try:
        raw, filename = form.content()
        upload = read_upload(raw, filename)
        return _review(request, found, draft, upload)
    except SHOWN_IN_PLACE as refusal:
        form.keep(kept_text(raw), filename)
        return _ask(request, found, draft, form, told(form, refusal, "file"))


def _save(request: HttpRequest, agent: Agent, form: ReplaceForm) -> HttpResponseBase:
    if not form.is_valid():
        raise malformed(form)
    source, token = form.cleaned_data["source"], form.cleaned_data["token"]
    upload = Upload(FORMATS["slipway"], read_upload(form.cleaned_data["document"].encode(), "").document, source)
    try:
        save_draft(agent, actor=actor_of(request), config=upload.config, token=token, source=source)
    except SHOWN_IN_PLACE as refusal:
        _, draft = draft_for(request, agent.organization.slug, agent.slug)
        return _review(request, agent, draft, upload, refusal)
    messages.success(
        request,
        gettext("The draft holds what %(source)s held. What was there before is in the history.") % {"source": source},
    )
    return redirect("agents:draft", agent.organization.slug, agent.slug)


def _ask(request: HttpRequest, agent: Agent, draft: Draft, form: UploadForm, status: int = 200) -> HttpResponse:
    return draft_page(
        request, agent, draft, "agents/replace.html", gettext("Import into the draft"), {"form": form}, status
    )


def _review(
    request: HttpRequest, agent: Agent, draft: Draft, upload: Upload, refusal: Refusal | None = None
) -> HttpResponse:
    """The draft against the upload. The document travels in the form, so nothing is stored before the save."""
    comparison = compare_with_upload(draft, upload.config, upload.source[:60])
    layout = split(upload.config).layout is not None or draft.layout is not None
    context: dict[str, Any] = {
        "upload": upload,
        "document": dump_json(upload.document).decode(),
        "comparison": comparison,
        "only_layout": comparison.identical and layout,
        "leaving": disappearing(comparison),
        "arrivals": [(title_of(path), words) for path, words in arrivals(upload.config)],
        "findings": [Finding(path_of(problem.pointer), problem) for problem in problems(upload.config)],
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else 200
    return draft_page(
        request, agent, draft, "agents/replace_review.html", gettext("Import into the draft"), context, status
    )
