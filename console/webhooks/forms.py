"""The shapes of the pages' forms; what a value may be is decided by the verbs."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from console.organizations.forms import ExactForm
from console.webhooks.kinds import KINDS
from console.webhooks.models import Webhook


class WebhookForm(ExactForm):
    """Where to tell what; `seen` says which webhook the page showed."""

    url = forms.CharField(
        label=_("Address"),
        max_length=2000,
        strip=True,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"}),
        help_text=_("It begins with https:// and stands on the public internet."),
    )
    description = forms.CharField(
        label=_("What it is for"), max_length=200, required=False, help_text=_("For example: chat of the release team.")
    )
    kinds = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(kind.name, format_lazy("{} ({})", kind.label, kind.name)) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class RotateForm(ExactForm):
    """How long the present secret still signs beside the new one."""

    overlap_hours = forms.IntegerField(
        label=_("Hours in which both secrets sign"), initial=24, min_value=0, max_value=168, required=False
    )

    def hours(self) -> int:
        """The hours; 24 when nothing was chosen."""
        chosen: int | None = self.cleaned_data["overlap_hours"]
        return 24 if chosen is None else chosen


def shown(webhook: Webhook, token: str) -> dict[str, Any]:
    """The webhook as its form shows it."""
    return {"url": webhook.url, "description": webhook.description, "kinds": webhook.kinds, "seen": token}
