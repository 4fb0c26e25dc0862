"""What a form that saves by itself is answered: JSON in place of pages (docs/editor.md)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.actions import section_token
from agents.models import Draft
from agents.part_forms import PartForm
from console.organizations.doors import person_of
from console.organizations.errors import Refusal, Stale
from console.refusals import status_of

HEADER = "X-Slipway-Autosave"
PERSON = "X-Slipway-Person"


def is_autosave(request: HttpRequest) -> bool:
    """Whether a script asks, with the form still on the screen."""
    return request.headers.get(HEADER) in {"1", "asked"}


def is_by_itself(request: HttpRequest) -> bool:
    """Whether nobody pressed Save: the person goes on typing."""
    return request.headers.get(HEADER) == "1"


def answers_autosave(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer a refusal that the view lets through as JSON where a script asks.

    A browser in which somebody else signed in meanwhile saves nothing: the text is not theirs.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_autosave(request):
            return view(request, *args, **kwargs)
        person = person_of(request)
        if request.headers.get(PERSON, str(person.pk)) != str(person.pk):
            detail = _("%(person)s is signed in in this browser now. Nothing was saved.") % {"person": person.name}
            return JsonResponse({"code": "other_person", "detail": detail}, status=403)
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return JsonResponse({"code": refusal.code, "detail": refusal.detail}, status=status_of(refusal))

    return asked


def saved(draft: Draft, path: str) -> JsonResponse:
    """The part is in the draft; `token` is what the next save has to carry."""
    at = draft.updated_at
    clock = f"{timezone.localtime(at):%H:%M:%S}"
    return JsonResponse({"token": section_token(draft, path), "saved_at": at.isoformat(), "clock": clock})


def invalid(form: PartForm, status: int) -> JsonResponse:
    """What is wrong, per field, with line and column in a text; nothing was saved."""
    errors = []
    for name, found in form.errors.items():
        auto_id = form[name].auto_id if name in form.fields else ""
        places = form.places.get(name, [])
        for index, message in enumerate(found):
            line, column = places[index] if index < len(places) else (None, None)
            errors.append({"field": auto_id, "message": str(message), "line": line, "column": column})
    detail = errors[0]["message"] if errors else ""
    return JsonResponse({"code": "invalid", "detail": detail, "errors": errors}, status=status)


def stale(refusal: Stale) -> JsonResponse:
    """Somebody saved this part since the token was given; nothing was saved."""
    return JsonResponse({"code": refusal.code, "detail": refusal.detail}, status=status_of(refusal))
