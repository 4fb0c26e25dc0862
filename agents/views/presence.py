"""The two questions that an open editing page asks by itself: who else is here, and what has changed around my part."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agents.actions import section_token
from agents.editing import Desk
from agents.forms import PresenceForm
from agents.models import Draft
from agents.part_history import last_change
from agents.presence import note, others
from agents.views.page import draft_for, draft_page, malformed
from agents.views.parts import known
from console.organizations.doors import person_of


@require_POST
def here(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponse:
    """A window is still there: who else is, and the token of its part, so that a window that slept learns of it."""
    found, draft = draft_for(request, organization, agent)
    known(section)
    form = PresenceForm(request.POST)
    if not form.is_valid():
        raise malformed(form)
    person, seen = person_of(request), form.cleaned_data["token"]
    note(found, person, window=form.cleaned_data["window"], path=section, state=form.cleaned_data["state"])
    people = {"people": [other.words(section) for other in others(found, person)]}
    token = section_token(draft, section)
    news = _news(draft, section, person.pk) if token != seen else ""
    return JsonResponse({"token": token, "news": news, "people": render_to_string("agents/_people.html", people)})


@require_safe
def around(request: HttpRequest, organization: str, agent: str, section: str) -> HttpResponse:
    """What stands around the form of a part, anew: outline, problems, changes, history, the draft's banner."""
    found, draft = draft_for(request, organization, agent)
    known(section)
    desk = Desk(draft, section)
    context = {"desk": desk, "path": section, "section_token": section_token(draft, section)}
    return draft_page(request, found, draft, "agents/around.html", desk.title, context)


def _news(draft: Draft, path: str, person: object) -> str:
    change = last_change(draft, path)
    if change is None:
        return ""
    clock = f"{timezone.localtime(change.at):%H:%M:%S}"
    who = (
        _("You changed this in another tab") if change.by_id == person else _("%(by)s changed this") % {"by": change.by}
    )
    return _("%(who)s at %(clock)s.") % {"who": who, "clock": clock}
