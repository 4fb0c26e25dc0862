"""What autosave.js says, so that it is translated where all text is."""

from django.utils.translation import gettext as _


def autosave_words() -> dict[str, str]:
    """State or status -> its words; `%(name)s` is filled in by the script."""
    return {
        "waiting": _("Not saved yet"),
        "saving": _("Saving..."),
        "saved": _("Saved %(clock)s"),
        "kept": _("Not saved: offline, %(count)s change(s) kept in this browser"),
        "invalid": _("Not saved: look at the problems. Your text is kept in this browser"),
        "paused_conflict": _("Paused: conflict"),
        "paused_signed-out": _("Paused: you are signed out. Your text is kept in this browser"),
        "paused_refused": _("Paused: not saved. Your text is kept in this browser"),
        "status": _("The server answered %(status)s."),
        "status_403": _("You may no longer edit this. Nothing was saved."),
        "status_404": _("This agent or part is no longer there for you. Nothing was saved."),
        "not_saved": _("Not saved."),
        "copied": _("Copied."),
        "not_copied": _("This browser does not let a page copy. Select the text and copy it."),
        "full": _("This browser cannot keep unsaved text: its storage is full. Save before you close this page."),
    }
