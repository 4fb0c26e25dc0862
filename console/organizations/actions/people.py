"""A person's own data: not of an organization, so not in any organization's log."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from console.organizations.errors import Conflict, ContentError, Invalid
from console.organizations.models import User
from console.organizations.names import checked_email, checked_name, refused
from console.organizations.preferences import CHOICES, zone_named


def new_person(*, email: str, name: str, password: str) -> User:
    """An account that can sign in; `Invalid` for a weak password, `Conflict` when the address has one."""
    person = User(email=checked_email(email), name=checked_name(name))
    try:
        validate_password(password, person)
    except ValidationError as refusal:
        errors = [ContentError("/password", message) for message in refusal.messages]
        raise Invalid(_("The password cannot be taken. Nothing was changed."), errors) from None
    try:
        with transaction.atomic():
            return User.objects.create_user(email=person.email, name=person.name, password=password)
    except IntegrityError:
        raise Conflict(
            _(
                "This e-mail address has an account already. Sign in with it and open the link again. "
                "Nothing was changed."
            )
        ) from None


def change_profile(person: User, *, name: str) -> None:
    """Change how a person is called from now on; what the logs say of the past stays."""
    person.name = checked_name(name)
    person.save(update_fields=["name"])


def change_theme(person: User, *, theme: str) -> None:
    """Keep the person's choice of light, dark or the system's theme."""
    person.theme = _chosen("theme", theme)
    person.save(update_fields=["theme"])


def change_preferences(person: User, *, time_zone: str, single_keys: bool, **chosen: str) -> None:
    """Keep how the console looks and answers to the person; `chosen` has every name of `preferences.CHOICES`.

    `time_zone` is empty for the browser's. `Invalid` names the first value that is not in its list.
    """
    if time_zone and zone_named(time_zone) is None:
        raise refused("time_zone", _("This machine does not know the time zone."))
    person.time_zone, person.single_keys = time_zone, single_keys
    for name in CHOICES:
        setattr(person, name, _chosen(name, chosen[name]))
    person.save(update_fields=["time_zone", "single_keys", *CHOICES])


def show_times_in_utc(person: User, *, wanted: bool) -> None:
    """Show every time in UTC, or again in the person's own zone."""
    person.times_in_utc = wanted
    person.save(update_fields=["times_in_utc"])


def _chosen(name: str, value: str) -> str:
    if value not in CHOICES[name].values:
        allowed = ", ".join(CHOICES[name].values)
        raise refused(name, _("One of these is possible: %(allowed)s.") % {"allowed": allowed})
    return value
