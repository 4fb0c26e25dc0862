"""The forms of the pipeline: an environment and its rules as people fill them in."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.organizations.forms import ExactForm
from environments.models import Environment
from environments.rules import DAYS, Rules

_WINDOW = re.compile(
    r"(?P<days>[a-z ,-]{3,60}) +(?P<since>[0-9]{1,2}:[0-9]{2}) *- *(?P<until>[0-9]{1,2}:[0-9]{2})(?: +(?P<zone>\S+))?\Z"
)


class NewEnvironmentForm(ExactForm):
    """One more environment."""

    name = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("staging", _("Staging: versions are tested here")), ("production", _("Production: live traffic"))],
    )
    description = forms.CharField(label=_("Description"), required=False, max_length=500)


class EnvironmentForm(ExactForm):
    """An environment with its rules; `token` is what the page showed."""

    name = forms.CharField(label=_("Name"), max_length=60)
    description = forms.CharField(label=_("Description"), required=False, max_length=500)
    position = forms.IntegerField(label=_("Position"), min_value=0, max_value=19)
    is_default = forms.BooleanField(label=_("What programs get that name no environment"), required=False)
    token = forms.CharField(widget=forms.HiddenInput, max_length=80)
    requires_sign_off = forms.BooleanField(label=_("QA must have marked the version ready"), required=False)
    soak_minutes = forms.IntegerField(
        label=_("Minutes that the environment before must have served it"), min_value=0, max_value=43_200
    )
    approvals_qa = forms.IntegerField(label=_("Approvals by QA"), min_value=0, max_value=10)
    approvals_org_admin = forms.IntegerField(label=_("Approvals by Org Admins"), min_value=0, max_value=10)
    ticket_pattern = forms.CharField(
        label=_("Form of the change ticket"),
        required=False,
        max_length=100,
        help_text=_("* stands for any text: OPS-*"),
    )
    windows = forms.CharField(
        label=_("Change windows"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One in a line: mon-fri 09:00-17:00 Europe/Berlin. Empty: always."),
    )
    freeze = forms.CharField(
        label=_("Freeze, with its reason"),
        required=False,
        max_length=300,
        help_text=_("No change comes in until this is empty again; a rollback does."),
    )
    service_accounts_only = forms.BooleanField(label=_("Only service accounts deploy here"), required=False)
    document_valid = forms.BooleanField(label=_("Check the document again with the schema of today"), required=False)
    export_kept = forms.BooleanField(label=_("What is served must be kept whole in the store"), required=False)

    def clean_windows(self) -> list[dict[str, Any]]:
        """The windows as the rules know them."""
        lines = [line.strip() for line in self.cleaned_data["windows"].splitlines() if line.strip()]
        return [_window(line) for line in lines]

    def rules(self) -> dict[str, Any]:
        """What `change_environment` takes as rules."""
        data = self.cleaned_data
        roles = [("qa", data["approvals_qa"]), ("org_admin", data["approvals_org_admin"])]
        return {
            **{name: data[name] for name in ("requires_sign_off", "soak_minutes", "ticket_pattern", "windows")},
            **{name: data[name] for name in ("service_accounts_only", "document_valid", "export_kept")},
            "approvals": [{"role": role, "count": count} for role, count in roles if count],
            "freeze": {"reason": data["freeze"]} if data["freeze"] else None,
        }


def shown(place: Environment, token: str) -> dict[str, Any]:
    """An environment as its form shows it."""
    rules = place.rules
    counts = {one.role: one.count for one in rules.approvals}
    return {
        "name": place.name,
        "description": place.description,
        "position": place.position,
        "is_default": place.is_default,
        "token": token,
        "approvals_qa": counts.get("qa", 0),
        "approvals_org_admin": counts.get("org_admin", 0),
        "windows": "\n".join(_spelled(rules)),
        "freeze": rules.freeze.reason if rules.freeze else "",
        **{
            name: getattr(rules, name)
            for name in (
                "requires_sign_off",
                "soak_minutes",
                "ticket_pattern",
                "service_accounts_only",
                "document_valid",
                "export_kept",
            )
        },
    }


def _spelled(rules: Rules) -> list[str]:
    return [f"{','.join(one.days)} {one.since:%H:%M}-{one.until:%H:%M} {one.zone}" for one in rules.windows]


def _window(line: str) -> dict[str, Any]:
    found = _WINDOW.match(line)
    if found is None:
        raise forms.ValidationError(_("%(line)s is no window. Write: mon-fri 09:00-17:00") % {"line": line[:60]})
    days: list[str] = []
    for part in re.split(r"[ ,]+", found["days"].strip()):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise forms.ValidationError(_("%(part)s is no day. Days are mon to sun.") % {"part": part[:20]})
        begin, end = DAYS.index(first), DAYS.index(last) if dash else DAYS.index(first)
        days += DAYS[begin : end + 1]
    since, until = (f"{value:0>5}" for value in (found["since"], found["until"]))
    zone = line.split()[-1] if found["zone"] else "UTC"
    return {"days": days, "since": since, "until": until, "zone": zone}
