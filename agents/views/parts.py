"""What the pages of one part of a draft share: its path, its editor, saving it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.actions import save_section, section_token
from agents.editing import Desk
from agents.editing_words import autosave_words
from agents.editors import has_fields
from agents.models import Agent, Draft
from agents.names import SLUG
from agents.part_forms import PartForm
from agents.parts import ITEM_SECTIONS, SECTIONS
from agents.schema import declared_variables
from agents.summaries import title_of
from agents.views.page import draft_page, may
from console.organizations.doors import actor_of, person_of
from console.organizations.errors import InvalidContent


def known(path: str) -> str:
    """The section of a path, or 404 for what can be no part of a document."""
    name, slash, item = path.partition("/")
    if name not in SECTIONS or (slash and (name not in ITEM_SECTIONS or not SLUG.match(item))):
        raise Http404(_("There is no such section."))
    return name


def save_part(request: HttpRequest, agent: Agent, form: PartForm, *, by_itself: bool = False) -> Draft:
    """Save what a valid form describes.

    `by_itself`: nobody pressed Save, and
    an item is not taken out of the draft because its text is empty just now.
    """
    # Without the right nothing is parsed: the verb refuses and keeps the attempt.
    value = form.value() if may(request, "edit_draft", agent) else None
    if value is None and by_itself and "/" in form.path and form.former is not None:
        raise InvalidContent(
            _("Empty: not saved. Save or Remove takes the %(title)s out of the draft.")
            % {"title": title_of(form.path).lower()},
            [],
        )
    return save_section(agent, actor=actor_of(request), path=form.path, value=value, token=form.cleaned_data["token"])


def editor(request: HttpRequest, agent: Agent, desk: Desk, form: PartForm, status: int = 200) -> HttpResponse:
    """The page on which one part is edited, in the shell that all of them share."""
    form.stand_beside(desk.base_value)
    context = {
        "desk": desk,
        "path": desk.path,
        "part_title": desk.title,
        "is_item": "/" in desk.path,
        "form": form,
        "has_fields": has_fields(desk.path),
        "keep": keep_key(request, agent, desk.place),
        "section_token": section_token(desk.draft, desk.path),
        "variables": declared_variables(desk.reading.config),
        "person": person_of(request).pk,
        "words": autosave_words(),
    }
    return draft_page(request, agent, desk.draft, form.template, desk.title, context, status)


def keep_key(request: HttpRequest, agent: Agent, path: str) -> str:
    """Under which this person's browser keeps unsaved text of this editor."""
    return f"{person_of(request).pk}:draft:{agent.pk}:{path}"


def saved_words(draft: Draft) -> str:
    """When the draft was saved, for the message after a save."""
    return _("Saved %(timezone)s.") % {"timezone": f"{timezone.localtime(draft.updated_at):%H:%M:%S}"}
