"""Two people changed the same part: what was before, theirs and mine; nobody's text is lost."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from agents.actions import section_token
from agents.documents import section_text
from agents.editing import Desk
from agents.merge_text import merge_text
from agents.models import Agent
from agents.part_forms import PartForm, TextPartForm
from agents.reading import text_before
from agents.views.page import draft_for, draft_page
from agents.views.parts import editor, keep_key
from console.organizations.errors import InvalidContent, Stale


def conflict(request: HttpRequest, agent: Agent, form: PartForm, refusal: Stale) -> HttpResponse:
    """The page after a refused save: both texts, and what they have in common."""
    _, draft = draft_for(request, agent.organization.slug, agent.slug)
    desk = Desk(draft, form.path)
    try:
        yours = form.whole_text()
    except InvalidContent as error:
        form.show(refusal)
        form.show(error)
        return editor(request, agent, desk, form, 412)
    context = _sides(desk, yours, form.cleaned_data["token"])
    context |= {"path": form.path, "part_title": desk.title, "refusal": refusal}
    context["keep"] = keep_key(request, agent, form.path)
    title = f"{desk.title}: changed meanwhile"
    return draft_page(request, agent, draft, "agents/section_conflict.html", title, context, 412)


def _sides(desk: Desk, yours: str, seen: str) -> dict[str, Any]:
    theirs = section_text(desk.reading.config, desk.path)
    base = text_before(desk.draft, desk.path, seen)
    both, clashes = merge_text(base, theirs, yours, "mine") if base is not None else ("", 1)
    token = section_token(desk.draft, desk.path)
    return {
        "base": base,
        "theirs": theirs,
        "yours": _form(desk, yours, token, "yours_%s"),
        "both": _form(desk, both, token, "both_%s"),
        "fits": not clashes and both not in (theirs, yours),
    }


def _form(desk: Desk, text: str, token: str, auto_id: str) -> TextPartForm:
    initial = {"text": text, "token": token}
    return TextPartForm(path=desk.path, config=desk.reading.config, initial=initial, auto_id=auto_id)
