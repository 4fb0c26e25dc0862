"""Free text that people type into verbs: bounded, and without characters the database cannot keep."""

from django.utils.translation import gettext as _

from console.organizations.errors import ContentError, Invalid

NOTE_LENGTH = 2000


def checked_text(value: str, name: str, *, required: bool = False, limit: int = NOTE_LENGTH) -> str:
    """The text, trimmed; refuses NUL and lone surrogates, more than `limit` characters, and a missing one."""
    text = value.strip()
    message = ""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        message = _("Remove the character that cannot be stored (NUL or a lone surrogate).")
    elif len(text) > limit:
        message = _("At most %(limit)s characters; this has %(length)s.") % {"limit": limit, "length": len(text)}
    elif required and not text:
        message = _("Say why; this is kept on record.")
    if message:
        raise Invalid(
            _("%(field)s: %(message)s Nothing was changed.") % {"field": name.capitalize(), "message": message},
            [ContentError(f"/{name}", message)],
        )
    return text
