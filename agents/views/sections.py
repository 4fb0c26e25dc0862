"""The editor of one part of the draft: as a page, and saved by a script while somebody types."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from agents.actions import save_section, section_token, take_parts
from agents.contents import load
from agents.documents.sections import value_at
from agents.editing import Desk
from agents.editors import editor_for
from agents.forms import SAMPLES, BringBackForm, ItemForm, TokenForm
from agents.models import Agent
from agents.names import SLUG
from agents.part_forms import PartForm, TextPartForm
from agents.parts import ITEM_SECTIONS
from agents.summaries import NOUNS, title_of
from agents.views.autosaving import answers_autosave, invalid, is_autosave, is_by_itself, saved, stale
from agents.views.conflicts import conflict
from agents.views.page import SHOWN_IN_PLACE, draft_for, draft_page, malformed, told
from agents.views.parts import editor, keep_key, known, save_part, saved_words
from console.organizations.doors import actor_of
from console.organizations.errors import Conflict, Refusal, Stale
from console.refusals import status_of


@require_http_methods(["GET", "HEAD", "POST"])
@answers_autosave
def section(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponseBase:
    """One section or item; whole sections of items lead to their list, the flow to its own page."""
    found, draft = draft_for(request, organization, agent)
    if known(section) in ITEM_SECTIONS and "/" not in section:
        return redirect("agents:draft-items", organization, agent, section)
    if section == "flow" and request.method != "POST" and request.GET.get("as") != "text":
        return redirect("agents:draft-flow", organization, agent)
    desk = Desk(draft, section)
    as_text = request.GET.get("as") == "text" or "text" in request.POST  # the conflict page sends text for any part
    form_class = editor_for(section, as_text=as_text)
    if request.method == "POST":
        return save_form(request, found, desk, form_class(request.POST, path=section, config=desk.reading.config))
    if "/" in section and not desk.exists:
        raise Http404(gettext("There is no such item in the draft."))
    token = {"token": section_token(draft, section)}
    return editor(request, found, desk, form_class(path=section, config=desk.reading.config, initial=token))


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponseBase:
    """A new item of a section that is a list."""
    found, draft = draft_for(request, organization, agent)
    if section not in ITEM_SECTIONS:
        raise Http404(gettext("Nothing can be added to this section."))
    form, status = ItemForm(request.POST or None, initial={"text": SAMPLES[section]}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _is_slug(form):
            path = f"{section}/{form.cleaned_data['name']}"
            # The empty token says: there was no such item when the page was shown.
            item = TextPartForm({"text": form.cleaned_data["text"], "token": ""}, path=path, config={})
            try:
                item.is_valid()
                save_part(request, found, item)
            except Stale:
                status = 412
                form.add_error("name", _taken(path))
            except SHOWN_IN_PLACE as refusal:
                status = told(form, refusal, "text")
            else:
                messages.success(request, gettext("%(title)s is in the draft.") % {"title": title_of(path)})
                return redirect("agents:draft-section", organization, agent, path)
    context = {"form": form, "section": section, "noun": NOUNS[section]}
    return draft_page(request, found, draft, "agents/item_new.html", _title_of_new(section), context, status)


@require_POST
def remove(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponseBase:
    """Take a section or an item out of the draft; it stays in the history."""
    found, _ = draft_for(request, organization, agent)
    known(section)
    form = TokenForm(request.POST)
    if not form.is_valid():
        raise malformed(form)
    save_section(found, actor=actor_of(request), path=section, value=None, token=form.cleaned_data["token"])
    if "/" in section:
        name, _, slug = section.partition("/")
        address = reverse("agents:draft-items", args=[organization, agent, name])
        return redirect(f"{address}?{urlencode({'gone': slug, 'was': form.cleaned_data['token']})}")
    messages.success(request, gettext("%(title)s is out of the draft.") % {"title": title_of(section)})
    return redirect(f"{reverse('agents:draft', args=[organization, agent])}?removed={section}")


@require_POST
def bring_back(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponseBase:
    """Undo of a removal: the part is again as the last save had it, with everybody behind it."""
    found, _ = draft_for(request, organization, agent)
    known(section)
    form = BringBackForm(request.POST)
    if not form.is_valid():
        raise malformed(form)
    source, token = f"history:{form.cleaned_data['history_id']}", form.cleaned_data["token"]
    take_parts(found, actor=actor_of(request), source=source, paths=[section], token=token)
    messages.success(request, gettext("%(title)s is back in the draft.") % {"title": title_of(section)})
    return redirect("agents:draft-section", organization, agent, section)


@require_POST
def reset(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponseBase:
    """One part is again as in the version that the draft started from; what it was stays in the history."""
    found, draft = draft_for(request, organization, agent)
    known(section)
    form = TokenForm(request.POST)
    if not form.is_valid():
        raise malformed(form)
    if draft.base is None:
        raise Conflict(gettext("No version was published yet, so there is nothing to reset to. Nothing was changed."))
    value, reason = (
        value_at(load(draft.base.manifest), section),
        gettext("Reset %(section)s to v%(base)s") % {"section": section, "base": draft.base.number},
    )
    token = form.cleaned_data["token"]
    save_section(found, actor=actor_of(request), path=section, value=value, token=token, reason=reason)
    messages.success(
        request,
        gettext("%(title)s is as in v%(base)s again. The history has what it was.")
        % {"title": title_of(section), "base": draft.base.number},
    )
    if value is None and "/" in section:
        return redirect("agents:draft", organization, agent)
    return redirect("agents:draft-section", organization, agent, section)


def save_form(request: HttpRequest, agent: Agent, desk: Desk, form: PartForm) -> HttpResponseBase:
    """Save what a page's form says, and answer with the page, or with JSON where a script asked."""
    by_script = is_autosave(request)
    if not form.is_valid():
        return invalid(form, 422) if by_script else editor(request, agent, desk, form, 422)
    try:
        draft = save_part(request, agent, form, by_itself=is_by_itself(request))
    except Stale as refusal:
        return stale(refusal) if by_script else conflict(request, agent, form, refusal)
    except SHOWN_IN_PLACE as refusal:
        return _not_taken(request, agent, desk, form, refusal)
    if by_script:
        return saved(draft, desk.path)
    same = draft.manifest_id == desk.draft.manifest_id and draft.updated_at == desk.draft.updated_at
    word = gettext("Nothing was changed: the draft holds this text already.") if same else saved_words(draft)
    messages.success(request, word, extra_tags=keep_key(request, agent, desk.place))
    if desk.path in draft.manifest.entries or "/" not in desk.path:
        return redirect(request.get_full_path())
    return redirect("agents:draft", agent.organization.slug, agent.slug)


def _not_taken(request: HttpRequest, agent: Agent, desk: Desk, form: PartForm, refusal: Refusal) -> HttpResponseBase:
    form.show(refusal)
    if is_autosave(request):
        return invalid(form, status_of(refusal))
    return editor(request, agent, desk, form, status_of(refusal))


def _taken(path: str) -> str:
    return gettext("There is %(title)s already. Choose another name.") % {"title": title_of(path).lower()}


def _title_of_new(section: str) -> str:
    return gettext("Add %(noun)s") % {"noun": NOUNS[section]}


def _is_slug(form: ItemForm) -> bool:
    if SLUG.match(form.cleaned_data["name"]):
        return True
    form.add_error("name", gettext("Use small letters, digits, _ and -, at most 200; begin with a letter or digit."))
    return False
