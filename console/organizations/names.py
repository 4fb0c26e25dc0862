"""What people call themselves, their organization and each other by, checked before it is kept (T25)."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from console.organizations.errors import ContentError, Invalid

NAME_LENGTH = 200
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def checked_name(value: str, field: str = "name") -> str:
    """The name in NFC without outer spaces; `Invalid` when it is empty, too long or holds what nobody sees."""
    name = unicodedata.normalize("NFC", value).strip()
    if not name:
        raise refused(field, "Give a name.")
    if len(name) > NAME_LENGTH:
        raise refused(
            field,
            _("The name has %(name)s characters; %(limit)s are allowed.") % {"name": len(name), "limit": NAME_LENGTH},
        )
    for character in name:
        if unicodedata.category(character) in _UNSEEN:
            raise refused(
                field,
                _("The character U+%(character)s cannot be seen; take it out.")
                % {"character": f"{ord(character):04X}"},
            )
    return name


def checked_email(value: str, field: str = "email") -> str:
    """The address in lower case; `Invalid` when it is none."""
    email = value.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise refused(field, _("This is not an e-mail address.")) from None
    if len(email) > 254:
        raise refused(field, _("The address is longer than 254 characters."))
    return email


def refused(field: str, message: str) -> Invalid:
    """The refusal of one value, pointing at its field."""
    return Invalid(_("%(message)s Nothing was changed.") % {"message": message}, [ContentError(f"/{field}", message)])
