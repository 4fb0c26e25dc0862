"""A form that leads to a verb: what came of it, and whether the page shows itself again with the typed text."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest

from console.organizations.errors import Invalid, Refusal
from console.refusals import status_of

# The state, what was seen or the text is to blame: the person decides again on the same page, text kept.
SHOWN_AGAIN = frozenset({409, 412, 422})


@dataclass(frozen=True)
class Attempt:
    """Nothing yet (GET), `done` (the verb's result), or why not, with the status of the page."""

    done: Any = None
    refusal: Refusal | None = None
    status: int = 200


def attempt(request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], Any]) -> Attempt:
    """Call the verb with a valid form's data; a refusal that has its own page goes on to it."""
    if request.method != "POST":
        return Attempt()
    if not form.is_valid():
        return Attempt(status=422)
    try:
        return Attempt(done=act(form.cleaned_data))
    except Refusal as refusal:
        status = status_of(refusal)
        if status not in SHOWN_AGAIN:
            raise
        _say_at_fields(form, refusal)
        return Attempt(refusal=refusal, status=status)


def without_field(form: forms.Form, shown: Container[str]) -> list[tuple[str, str]]:
    """The sent texts for which the page has no field any more: it shows them to copy, so that none is lost."""
    if not form.is_bound:
        return []
    sent = [(str(field.label), str(field.value() or "")) for field in form.visible_fields() if field.name not in shown]
    return [(label, text) for label, text in sent if text.strip()]


def _say_at_fields(form: forms.Form, refusal: Refusal) -> None:
    """What is wrong with a text stands at its field as well."""
    if not isinstance(refusal, Invalid):
        return
    for error in refusal.errors:
        name = error.pointer.removeprefix("/")
        if name in form.fields:
            form.add_error(name, error.message)
