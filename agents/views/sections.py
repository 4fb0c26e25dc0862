"""The text editor of one section or item, and what happens when two people edit the same one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from agents.actions import save_section, section_token
from agents.documents import parse_section, section_text
from agents.forms import SAMPLES, ItemForm, SectionForm, TokenForm
from agents.merge_text import merge_text
from agents.models import Agent, Draft
from agents.names import SLUG
from agents.parts import ITEM_SECTIONS, SECTIONS
from agents.reading import DraftReading, text_before
from agents.summaries import NOUNS, title_of
from agents.views.page import SHOWN_IN_PLACE, draft_for, draft_page, malformed, may, told
from console.organizations.doors import actor_of, person_of
from console.organizations.errors import Stale


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponseBase:
    """One section or item as text; whole sections of items lead to their list on the draft page."""
    found, draft = draft_for(request, organization, agent)
    if _known(section) in ITEM_SECTIONS and "/" not in section:
        return redirect(f"{reverse('agents:draft', args=[organization, agent])}#{section}")
    if request.method == "POST":
        return _save(request, found, draft, section, SectionForm(request.POST))
    if "/" in section and section not in draft.manifest.entries:
        raise Http404("There is no such item in the draft.")
    text = section_text(DraftReading(draft).config, section)
    form = SectionForm(initial={"text": text, "token": section_token(draft, section)})
    return _editor(request, found, draft, section, form)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponseBase:
    """A new item of a section that is a list."""
    found, draft = draft_for(request, organization, agent)
    if section not in ITEM_SECTIONS:
        raise Http404("Nothing can be added to this section.")
    form, status = ItemForm(request.POST or None, initial={"text": SAMPLES[section]}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _is_slug(form):
            path = f"{section}/{form.cleaned_data['name']}"
            try:
                # The empty token says: there was no such item when the page was shown.
                _keep(request, found, path, form.cleaned_data["text"], token="")
            except Stale:
                status = 412
                form.add_error("name", f"There is {title_of(path).lower()} already. Choose another name.")
            except SHOWN_IN_PLACE as refusal:
                status = told(form, refusal, "text")
            else:
                messages.success(request, f"{title_of(path)} is in the draft.")
                return redirect("agents:draft-section", organization, agent, path)
    context = {"form": form, "section": section, "noun": NOUNS[section]}
    return draft_page(request, found, draft, "agents/item_new.html", f"Add {NOUNS[section]}", context, status)


@require_POST
def remove(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponseBase:
    """Take a section or an item out of the draft; it stays in the history."""
    found, _ = draft_for(request, organization, agent)
    _known(section)
    form = TokenForm(request.POST)
    if not form.is_valid():
        raise malformed(form)
    save_section(found, actor=actor_of(request), path=section, value=None, token=form.cleaned_data["token"])
    messages.success(request, f"{title_of(section)} is out of the draft. The history has it: Restore brings it back.")
    return redirect("agents:draft", organization, agent)


def _save(request: HttpRequest, agent: Agent, draft: Draft, path: str, form: SectionForm) -> HttpResponseBase:
    if not form.is_valid():
        return _editor(request, agent, draft, path, form, 422)
    text, token = form.cleaned_data["text"], form.cleaned_data["token"]
    try:
        saved = _keep(request, agent, path, text, token)
    except Stale as refusal:
        return _conflict(request, agent, path, form, refusal)
    except SHOWN_IN_PLACE as refusal:
        return _editor(request, agent, draft, path, form, told(form, refusal, "text"))
    same = saved.manifest_id == draft.manifest_id and saved.updated_at == draft.updated_at
    word = "Nothing was changed: the draft holds this text already." if same else _saved_at(saved)
    messages.success(request, word, extra_tags=_key(request, agent, path))
    if path in saved.manifest.entries or "/" not in path:
        return redirect("agents:draft-section", agent.organization.slug, agent.slug, path)
    return redirect("agents:draft", agent.organization.slug, agent.slug)


def _keep(request: HttpRequest, agent: Agent, path: str, text: str, token: str) -> Draft:
    # Without the right nothing is parsed: the verb refuses and keeps the attempt.
    value = parse_section(path, text) if may(request, "edit_draft", agent) else None
    return save_section(agent, actor=actor_of(request), path=path, value=value, token=token)


def _conflict(request: HttpRequest, agent: Agent, path: str, form: SectionForm, refusal: Stale) -> HttpResponse:
    """Not saved because somebody else was first: what was before, theirs and yours; nobody's text is lost."""
    _, draft = draft_for(request, agent.organization.slug, agent.slug)
    yours = form.cleaned_data["text"]
    theirs = section_text(DraftReading(draft).config, path)
    base = text_before(draft, path, form.cleaned_data["token"])
    both, clashes = merge_text(base, theirs, yours, "mine") if base is not None else ("", 1)
    context = {
        "path": path,
        "part_title": title_of(path),
        "refusal": refusal,
        "base": base,
        "theirs": theirs,
        "yours": SectionForm(initial={"text": yours, "token": section_token(draft, path)}, auto_id="yours_%s"),
        "both": SectionForm(initial={"text": both, "token": section_token(draft, path)}, auto_id="both_%s"),
        "fits": not clashes and both not in (theirs, yours),
        "keep": _key(request, agent, path),
    }
    title = f"{title_of(path)}: changed meanwhile"
    return draft_page(request, agent, draft, "agents/section_conflict.html", title, context, 412)


def _editor(
    request: HttpRequest, agent: Agent, draft: Draft, path: str, form: SectionForm, status: int = 200
) -> HttpResponse:
    reading = DraftReading(draft)
    context: dict[str, Any] = {
        "path": path,
        "part_title": title_of(path),
        "is_item": "/" in path,
        "exists": path in draft.manifest.entries,
        "form": form,
        "reading": reading,
        "findings": [finding for finding in reading.findings if finding.path == path],
        "keep": _key(request, agent, path),
        "section_token": section_token(draft, path),
    }
    return draft_page(request, agent, draft, "agents/section.html", title_of(path), context, status)


def _is_slug(form: ItemForm) -> bool:
    if SLUG.match(form.cleaned_data["name"]):
        return True
    form.add_error("name", "Use small letters, digits, _ and -, at most 200; begin with a letter or digit.")
    return False


def _known(path: str) -> str:
    """The section of a path, or 404 for what can be no part of a document."""
    name, slash, item = path.partition("/")
    if name not in SECTIONS or (slash and (name not in ITEM_SECTIONS or not SLUG.match(item))):
        raise Http404("There is no such section.")
    return name


def _saved_at(draft: Draft) -> str:
    return f"Saved {timezone.localtime(draft.updated_at):%H:%M:%S}."


def _key(request: HttpRequest, agent: Agent, path: str) -> str:
    """Under which this person's browser keeps unsaved text of this editor."""
    return f"{person_of(request).pk}:draft:{agent.pk}:{path}"
