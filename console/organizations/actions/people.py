"""A person's own data: not of an organization, so not in any organization's log."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from console.organizations.errors import Conflict, ContentError, Invalid
from console.organizations.models import User
from console.organizations.names import checked_email, checked_name, refused

THEMES = ("system", "light", "dark")


def new_person(*, email: str, name: str, password: str) -> User:
    """An account that can sign in; `Invalid` for a weak password, `Conflict` when the address has one."""
    person = User(email=checked_email(email), name=checked_name(name))
    try:
        validate_password(password, person)
    except ValidationError as refusal:
        errors = [ContentError("/password", message) for message in refusal.messages]
        raise Invalid("The password cannot be taken. Nothing was changed.", errors) from None
    try:
        with transaction.atomic():
            return User.objects.create_user(email=person.email, name=person.name, password=password)
    except IntegrityError:
        raise Conflict(
            "This e-mail address has an account already. Sign in with it and open the link again. Nothing was changed."
        ) from None


def change_profile(person: User, *, name: str, theme: str) -> None:
    """Change how a person is called from now on, and their theme; what the logs say of the past stays."""
    person.name = checked_name(name)
    person.save(update_fields=["name"])
    change_theme(person, theme=theme)


def change_theme(person: User, *, theme: str) -> None:
    """Keep the person's choice of light, dark or the system's theme."""
    if theme not in THEMES:
        raise refused("theme", "The theme is system, light or dark.")
    person.theme = theme
    person.save(update_fields=["theme"])
