"""Two people changed the same part: what was before, theirs and mine; nobody's text is lost."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agents.actions import section_token
from agents.documents import section_text
from agents.editing import Desk
from agents.forms import ResolveForm
from agents.models import Agent, Draft
from agents.part_forms import PartForm, TextPartForm
from agents.reading import draft_of_agent, text_before
from agents.resolving import PicksForm
from agents.views.page import SHOWN_IN_PLACE, draft_for, draft_page, malformed
from agents.views.parts import editor, keep_key, known, save_part, saved_words
from console.organizations.errors import InvalidContent, Stale
from console.refusals import status_of


def conflict(request: HttpRequest, agent: Agent, form: PartForm, refusal: Stale) -> HttpResponse:
    """The page after a refused save: both texts, and a choice for each change."""
    _, draft = draft_for(request, agent.organization.slug, agent.slug)
    desk = Desk(draft, form.path)
    try:
        mine = form.whole_text()
    except InvalidContent as error:
        form.show(refusal)
        form.show(error)
        return editor(request, agent, desk, form, 412)
    return _page(request, desk, mine, form.cleaned_data["token"], refusal)


@require_POST
def resolve(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponseBase:
    """Save the text of the choices; where somebody saved again meanwhile, the choice is offered anew."""
    found, draft = draft_for(request, organization, agent)
    known(section)
    hidden, desk = ResolveForm(request.POST), Desk(draft, section)
    if not hidden.is_valid():
        raise malformed(hidden)
    mine, seen, token = (hidden.cleaned_data[name] for name in ("text", "seen", "token"))
    picks = _picks(desk, mine, seen, request)
    if picks is None or token != section_token(draft, section):
        refusal = Stale(
            gettext("This part was changed once more while you were choosing. Nothing was saved; choose again.")
        )
        return _page(request, desk, mine, seen, refusal)
    if not picks.is_valid():
        return _page(request, desk, mine, seen, None, picks)
    form = TextPartForm({"text": picks.merged(), "token": token}, path=section, config=desk.reading.config)
    try:
        saved = save_part(request, found, form) if form.is_valid() else None
    except Stale as refusal:
        return _page(request, Desk(draft_of_agent(found), section), mine, seen, refusal)
    except SHOWN_IN_PLACE as refusal:
        form.show(refusal)
        return editor(request, found, desk, form, status_of(refusal))
    return _done(request, found, section, saved) if saved else editor(request, found, desk, form, 422)


def _done(request: HttpRequest, agent: Agent, path: str, draft: Draft) -> HttpResponseBase:
    words = f"{saved_words(draft)} {_('The merged text is in the draft.')}"
    messages.success(request, words, extra_tags=keep_key(request, agent, path))
    return redirect("agents:draft-section", agent.organization.slug, agent.slug, path)


def _page(
    request: HttpRequest, desk: Desk, mine: str, seen: str, refusal: Stale | None, picks: PicksForm | None = None
) -> HttpResponse:
    token, agent = section_token(desk.draft, desk.path), desk.draft.agent
    initial = {"text": mine, "token": token}
    context: dict[str, Any] = {
        "path": desk.path,
        "part_title": desk.title,
        "refusal": refusal,
        "base": text_before(desk.draft, desk.path, seen),
        "theirs": section_text(desk.reading.config, desk.path),
        "last": desk.saves[0] if desk.saves else None,
        "yours": TextPartForm(path=desk.path, config=desk.reading.config, initial=initial, auto_id="yours_%s"),
        "picks": picks or _picks(desk, mine, seen),
        "keep": keep_key(request, agent, desk.path),
    }
    status = 412 if refusal else 422
    title = gettext("%(title)s: changed meanwhile") % {"title": desk.title}
    return draft_page(request, agent, desk.draft, "agents/section_conflict.html", title, context, status)


def _picks(desk: Desk, mine: str, seen: str, request: HttpRequest | None = None) -> PicksForm | None:
    """The choices between what was saved meanwhile and what this person wrote; None when nothing tells the base."""
    base = text_before(desk.draft, desk.path, seen)
    if base is None:
        return None
    sides = {"base": base, "theirs": section_text(desk.reading.config, desk.path), "mine": mine}
    if request is not None:
        return PicksForm(request.POST, **sides)
    return PicksForm(initial={"text": mine, "seen": seen, "token": section_token(desk.draft, desk.path)}, **sides)
