"""The items of a section as a list: find, upload, duplicate, rename, delete and take back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agents import policies
from agents.actions import rename_item, save_section, section_token
from agents.actions.drafts import draft_token
from agents.canonical import PART_BYTES, refuse_size
from agents.contents import load
from agents.deleted import recently_deleted
from agents.documents.sections import value_at
from agents.editing import Desk
from agents.item_forms import CallForm, ItemActForm, ItemUndoForm, KnowledgeUploadForm
from agents.item_lists import ItemList
from agents.knowledge_files import read_knowledge
from agents.models import Agent, Draft
from agents.parts import ITEM_SECTIONS
from agents.reading import draft_of_agent
from agents.schema_forms import ToolForm
from agents.summaries import title_of
from agents.undoing import part_before
from agents.views.page import draft_for, draft_page, malformed
from agents.views.parts import editor
from console.organizations.doors import actor_of
from console.organizations.errors import Invalid, Stale, TooLarge


@dataclass(frozen=True)
class FileResult:
    """What became of one uploaded file; `slug` is "" when it was refused."""

    filename: str
    slug: str
    words: str


@require_safe
def items(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponse:
    """Every item of the section, or those in which the searched words stand."""
    found, draft = draft_for(request, organization, agent)
    asked = {name: request.GET.get(name, "") for name in ("gone", "was")}
    listed = ItemList(draft, _known(section), request.GET.get("q", "")[:200], **asked)
    return _page(request, found, listed, KnowledgeUploadForm())


@require_POST
def act(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponse:
    """Delete, duplicate or rename one item."""
    found, draft = draft_for(request, organization, agent)
    form = ItemActForm(request.POST)
    if not form.is_valid():
        raise malformed(form)
    verb, _blank, slug = form.cleaned_data["act"].partition(" ")
    path, token = f"{_known(section)}/{slug}", form.cleaned_data["token"]
    if path not in draft.manifest.entries or verb not in ("delete", "duplicate", "rename"):
        raise Http404(_("There is no such item in the draft, or no such act."))
    if verb == "delete":
        save_section(found, actor=actor_of(request), path=path, value=None, token=token, reason=_("Removed %s") % path)
        return redirect(f"{_address(found, section)}?{urlencode({'gone': slug, 'was': token})}")
    if verb == "rename":
        return _rename(request, found, draft, path, form)
    twin = _free(draft, path)
    value = ItemList(draft, section).items[slug]
    save_section(found, actor=actor_of(request), path=twin, value=value, token="", reason=_("Duplicated %s") % path)
    messages.success(request, _("%(title)s is in the draft.") % {"title": title_of(twin)})
    return redirect("agents:draft-section", organization, agent, twin)


@require_POST
def undo(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponse:
    """Bring a deleted item back as it was."""
    found, draft = draft_for(request, organization, agent)
    form = ItemUndoForm(request.POST)
    if not form.is_valid():
        raise malformed(form)
    path = f"{_known(section)}/{form.cleaned_data['slug']}"
    value = part_before(draft, path, form.cleaned_data["was"])
    if value is None:
        raise Http404(_("The history of this draft has no such item."))
    save_section(found, actor=actor_of(request), path=path, value=value, token="", reason=_("Brought back %s") % path)
    messages.success(request, _("%(title)s is in the draft again.") % {"title": title_of(path)})
    return redirect(_address(found, section))


@require_POST
def upload(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """Each file becomes a document or is refused with its reason; one refused file keeps no other one out."""
    found, draft = draft_for(request, organization, agent)
    form = KnowledgeUploadForm(request.POST, request.FILES)
    policies.require(actor_of(request), "edit_draft", found)
    results: list[FileResult] = []
    if form.is_valid():
        results = [_take(request, found, file, form.cleaned_data["same"]) for file in form.cleaned_data["documents"]]
        draft = draft_of_agent(found)
    status = 200 if any(result.slug for result in results) else 422
    shown = KnowledgeUploadForm() if results else form
    return _page(request, found, ItemList(draft, "knowledge"), shown, status, results)


@require_POST
def call(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponse:
    """Check arguments against the parameters of a tool in the draft; nothing is called and nothing is saved."""
    found, draft = draft_for(request, organization, agent)
    if not section.startswith("tools/") or section not in draft.manifest.entries:
        raise Http404(_("There is no such tool in the draft."))
    form = CallForm(request.POST)
    if not form.is_valid():
        raise malformed(form)
    desk = Desk(draft, section)
    tool = ToolForm(path=section, config=desk.reading.config, initial={"token": section_token(draft, section)})
    tool.try_call(form.cleaned_data["arguments"])
    return editor(request, found, desk, tool)


def _rename(request: HttpRequest, agent: Agent, draft: Draft, path: str, form: ItemActForm) -> HttpResponse:
    section, slug = path.split("/")[0], form.cleaned_data["name"].strip()
    try:
        rename_item(agent, actor=actor_of(request), path=path, slug=slug, token=form.cleaned_data["token"])
    except Invalid as refusal:
        listed = ItemList(draft, section)
        listed.refused = {"slug": path.split("/")[1], "name": slug, "words": refusal.detail}
        return _page(request, agent, listed, KnowledgeUploadForm(), 422)
    messages.success(request, _("Renamed %(former)s to %(slug)s.") % {"former": path.split("/")[1], "slug": slug})
    return redirect(f"{_address(agent, section)}#item-{slug}")


def _take(request: HttpRequest, agent: Agent, file: "UploadedFile[bytes]", same: str) -> FileResult:
    """One file into the draft as it is by now, or why not."""
    name = file.name or ""
    try:
        if (file.size or 0) > PART_BYTES:  # before it is read
            refuse_size(name, file.size or 0, PART_BYTES)
        read = read_knowledge(file.read(), name)
        draft = draft_of_agent(agent)
        path = f"knowledge/{read.slug}"
        if path in draft.manifest.entries and same == "leave":
            return FileResult(
                name, "", _("There is %(title)s already; it was left as it is.") % {"title": title_of(path)}
            )
        path = _free(draft, path) if same == "both" else path
        value = {**read.value, **_kept(draft, path)}
        token = section_token(draft, path)
        save_section(
            agent, actor=actor_of(request), path=path, value=value, token=token, reason=_("Uploaded %s") % name
        )
    except (Invalid, TooLarge, Stale) as refusal:
        return FileResult(name, "", refusal.detail)
    return FileResult(name, path.split("/")[1], title_of(path))


def _kept(draft: Draft, path: str) -> dict[str, Any]:
    """What a document that is replaced keeps: everything but its content and where that came from."""
    value = value_at(load(draft.manifest, draft.layout), path) if path in draft.manifest.entries else {}
    return {key: kept for key, kept in value.items() if key not in ("content", "source")}


def _page(
    request: HttpRequest,
    agent: Agent,
    listed: ItemList,
    form: KnowledgeUploadForm,
    status: int = 200,
    results: Sequence[FileResult] = (),
) -> HttpResponse:
    context = {"listed": listed, "upload": form, "results": results, "is_knowledge": listed.section == "knowledge"}
    if request.GET.get("deleted"):
        context |= {"deleted": recently_deleted(listed.draft, listed.section), "token": draft_token(listed.draft)}
    return draft_page(request, agent, listed.draft, "agents/items.html", listed.title, context, status)


def _free(draft: Draft, path: str) -> str:
    """The path, with a number behind it when the draft has it."""
    number, free = 1, path
    while free in draft.manifest.entries:
        number += 1
        free = f"{path[:190]}-{number}"
    return free


def _known(section: str) -> str:
    if section not in ITEM_SECTIONS:
        raise Http404(_("This section has no items."))
    return section


def _address(agent: Agent, section: str) -> str:
    return reverse("agents:draft-items", args=[agent.organization.slug, agent.slug, section])
