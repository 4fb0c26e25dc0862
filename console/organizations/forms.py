"""The shapes of the pages' forms; what a value may be is decided by the verbs."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _

from console.organizations.errors import Invalid
from console.organizations.models import ROLE_CHOICES, ApiKey
from console.organizations.names import NAME_LENGTH
from console.organizations.preferences import CLOCK, LOOK, zones_by_region

_PASSWORD_HELP = " ".join(password_validators_help_texts())


class ExactForm(forms.Form):
    """A form that refuses fields it does not have instead of ignoring them (T18)."""

    passing: ClassVar[tuple[str, ...]] = ("csrfmiddlewaretoken", "next")

    def clean(self) -> dict[str, Any]:
        """Name the first unknown field."""
        unknown = sorted(set(self.data) - set(self.fields) - set(self.passing))
        if unknown:
            raise forms.ValidationError(_("The form has no field %(value)s.") % {"value": f"{unknown[0][:60]!r}"})
        return self.cleaned_data

    def take(self, refusal: Invalid) -> None:
        """Show a verb's refusal at the fields it points to."""
        for error in refusal.errors:
            name = error.pointer.removeprefix("/")
            self.add_error(name if name in self.fields else None, error.message)
        if not refusal.errors:
            self.add_error(None, refusal.detail)


def password_field(label: str = "Password") -> forms.CharField:
    """A new password: any characters, pasting allowed."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=4096, help_text=_PASSWORD_HELP)


def roles_field() -> forms.MultipleChoiceField:
    """One or more roles."""
    return forms.MultipleChoiceField(
        label=_("Roles"), choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )


class InviteForm(ExactForm):
    """Whom to invite, as what."""

    email = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    roles = roles_field()


class KeyForm(ExactForm):
    """A new API key."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What uses it, for example: deploys from CI."))
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=ApiKey.Kind.choices,
        help_text=_(
            "A service account is the organization's; an assistant can read, draft and propose, and never decides."
        ),
    )
    environments = forms.CharField(
        label=_("Environments"),
        required=False,
        max_length=500,
        help_text=_("Slugs with commas between them; empty means all."),
    )
    days = forms.IntegerField(label=_("Days until it ends"), initial=90, min_value=1, max_value=366)

    def key(self) -> dict[str, Any]:
        """What `create_key` takes."""
        places = [slug.strip() for slug in self.cleaned_data["environments"].split(",") if slug.strip()]
        return self.cleaned_data | {"environments": places}


class RolesForm(ExactForm):
    """The roles of a member; `expected` are those the page showed."""

    roles = roles_field()
    expected = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)


class JoinForm(ExactForm):
    """The account of an invited person."""

    name = forms.CharField(
        label=_("Your name"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = password_field()


class ConfirmForm(ExactForm):
    """Nothing to fill in: the act itself is the question."""


class ProfileForm(ExactForm):
    """How a person is called."""

    name = forms.CharField(
        label=_("Name"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class PreferencesForm(ExactForm):
    """How the console looks and answers to a person: one field for each of `preferences.CHOICES`, and three more."""

    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    single_keys = forms.BooleanField(
        label=_("Single keys act (such as j and k in lists)"),
        required=False,
        help_text=_("Switch them off if you speak to your computer or hit keys by accident. Control K stays."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = cast("forms.ChoiceField", self.fields["time_zone"])
        zone.choices = [("", _("The browser's")), ("UTC", "UTC"), *zones_by_region()]
        chosen = {
            choice.name: forms.ChoiceField(
                label=str(choice.label),
                choices=list(choice.values.items()),
                widget=forms.RadioSelect,
                help_text=str(choice.hint),
            )
            for choice in [*LOOK, CLOCK]
        }
        self.fields = chosen | self.fields


class SetupForm(ExactForm):
    """The first admin, the organization and its two first rules."""

    name = forms.CharField(
        label=_("Your name"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.CharField(
        label=_("Your e-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = password_field()
    organization = forms.CharField(label=_("Name of the organization"), max_length=NAME_LENGTH)
    slug = forms.CharField(
        label=_("Short name"),
        max_length=63,
        help_text=_(
            "Part of every address: /o/short-name/. Lower-case letters, digits and hyphens. It stays for good."
        ),
    )
    four_eyes = forms.BooleanField(
        label=_("Whoever worked on a version may neither mark it ready nor push it"),
        required=False,
        initial=True,
        help_text=_("The four-eyes rule. It looks at people, not at roles."),
    )
    ticket_required = forms.BooleanField(label=_("A push to Production must name a change ticket"), required=False)


class SettingsForm(ExactForm):
    """The rules of an organization as sentences; `seen` says which rules the page showed."""

    name = forms.CharField(label=_("Name of the organization"), max_length=NAME_LENGTH)
    four_eyes = forms.BooleanField(
        label=_("Whoever worked on a version may neither mark it ready nor push it"),
        required=False,
        help_text=_("Default: on. When it is off, an approval or a push of one's own work is possible and flagged."),
    )
    sign_off_days = forms.IntegerField(
        label=_("Days until a sign-off expires"),
        help_text=_("1 to 365, default: 30. An older approval cannot be pushed; QA has to decide again."),
    )
    ticket_required = forms.BooleanField(
        label=_("A push to Production must name a change ticket"), required=False, help_text=_("Default: off.")
    )
    fresh_sign_in_for_production = forms.BooleanField(
        label=_("A push to Production needs a sign-in that is at most 15 minutes old"),
        required=False,
        help_text=_("Default: on. The same proof is then asked for changes of members, roles and these settings."),
    )
    developers_read_staging = forms.BooleanField(
        label=_("Developers may read Staging"), required=False, help_text=_("Default: off. Its page, tests and logs.")
    )
    developers_read_production = forms.BooleanField(
        label=_("Developers may read Production"), required=False, help_text=_("Default: off. Its page and logs.")
    )
    qa_reads_production = forms.BooleanField(
        label=_("QA may read Production"), required=False, help_text=_("Default: off. Its page and logs.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
