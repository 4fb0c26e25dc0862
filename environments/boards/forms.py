"""Shapes of what boards are asked for."""

from django import forms
from django.utils.translation import gettext_lazy as _

TILES = ("mine", "behind", "unpublished", "held", "changes")
KINDS = ("fix", "behind", "test", "push", "held")


class BoardFilter(forms.Form):
    """The filters of the dashboard; all are optional and combine."""

    q = forms.CharField(
        label=_("Name"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    label = forms.CharField(
        label=_("Label"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"placeholder": _("team or team:commerce")}),
    )
    tile = forms.ChoiceField(required=False, widget=forms.HiddenInput, choices=[(name, name) for name in ("", *TILES)])
    size = forms.ChoiceField(label=_("Rows"), required=False, choices=[("", "50"), ("100", "100"), ("200", "200")])
    after = forms.SlugField(required=False, max_length=63, widget=forms.HiddenInput)
    before = forms.SlugField(required=False, max_length=63, widget=forms.HiddenInput)


class QueueFilter(forms.Form):
    """Which kind of work is wanted, and from where on."""

    kind = forms.ChoiceField(required=False, choices=[(name, name) for name in ("", *KINDS)])
    after = forms.CharField(required=False, max_length=100)


class ClaimForm(forms.Form):
    """Which version somebody takes up, or puts down again."""

    version = forms.UUIDField()
    take = forms.BooleanField(required=False)
