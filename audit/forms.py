"""The filter form of the audit page: parses the address, refuses what it does not know (contract.md: 400)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.errors import InvalidFilter
from audit.filters import FILTERS, EventFilter
from audit.models import Event
from audit.verbs import FAMILIES, VERBS

_YEARS = range(1970, 9999)  # beyond them a time zone can leave what a date can hold


def _actions() -> list[tuple[str, Any]]:
    every = [(name, gettext("Everything: %(label)s") % {"label": label}) for name, label in FAMILIES.items()]
    groups = [
        (str(label), [(verb.name, verb.label) for verb in VERBS.values() if verb.family == name])
        for name, label in FAMILIES.items()
    ]
    return [("", gettext("Any action")), *every, *groups]


class FilterForm(forms.Form):
    """The filters as a person types them; empty fields ask for nothing."""

    q = forms.CharField(
        label=_("Text"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("object, person, reason")}),
    )
    actor = forms.CharField(
        label=_("Actor"), max_length=200, required=False, widget=forms.TextInput(attrs={"list": "actors"})
    )
    action = forms.ChoiceField(label=_("Action"), choices=_actions, required=False)
    object = forms.CharField(label=_("Object"), max_length=300, required=False)
    environment = forms.CharField(label=_("Environment"), max_length=63, required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[("", _("Any outcome")), *Event.Outcome.choices], required=False
    )
    since = forms.CharField(label=_("Since"), max_length=40, required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.CharField(label=_("Until"), max_length=40, required=False, widget=forms.DateInput({"type": "date"}))
    request_id = forms.CharField(label=_("Request"), max_length=64, required=False)

    def clean_since(self) -> datetime | None:
        """The first moment of the period."""
        return _moment(self.cleaned_data["since"], whole_days=0)

    def clean_until(self) -> datetime | None:
        """The first moment after the period; a date counts as the whole day."""
        return _moment(self.cleaned_data["until"], whole_days=1)

    def clean(self) -> dict[str, Any]:
        """A period must not end before it begins."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since >= until:
            raise forms.ValidationError(gettext("The period ends before it begins."))
        return cleaned


class ExportForm(forms.Form):
    """Which file is wanted."""

    format = forms.ChoiceField(choices=[("csv", "CSV"), ("jsonl", "JSON Lines")])


def filter_of(query: QueryDict, *, besides: frozenset[str] = frozenset()) -> tuple[FilterForm, EventFilter]:
    """The form and the filter of an address. Raises InvalidFilter naming what is wrong."""
    known = {*FILTERS, *besides}
    if unknown := sorted(set(query) - known):
        raise InvalidFilter(
            _("There is no filter %(unknown)s. There are: %(choices)s.")
            % {"unknown": _quoted(unknown), "choices": ", ".join(FILTERS)}
        )
    if twice := sorted(name for name in query if len(query.getlist(name)) > 1):
        raise InvalidFilter(
            _("The filter %(twice)s is given more than once; give it one value.") % {"twice": _quoted(twice)}
        )
    form = FilterForm(query, auto_id="filter_%s")
    if not form.is_valid():
        places = [
            f"{form.fields[name].label if name in form.fields else 'Period'}: {' '.join(map(str, errors))}"
            for name, errors in form.errors.items()
        ]
        raise InvalidFilter(" ".join(places))
    return form, EventFilter(**{name: form.cleaned_data[name] for name in FILTERS})


def _moment(text: str, *, whole_days: int) -> datetime | None:
    if not text:
        return None
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise forms.ValidationError("Give a date like 2026-11-20 or a time like 2026-11-20T14:03Z.") from error
    if given.year not in _YEARS:
        raise forms.ValidationError(_("The year must lie between 1970 and 9998."))
    if given.tzinfo is None:
        given = given.replace(tzinfo=timezone.get_current_timezone())
    is_date = len(text) <= len("2026-11-20")
    return given.astimezone(UTC) + timedelta(days=whole_days if is_date else 0)


def _quoted(names: list[str]) -> str:
    return ", ".join(f"“{name[:60]}”" for name in names[:5])
