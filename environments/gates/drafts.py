"""What is asked of a draft before it becomes a version: that it has no errors."""

from django.utils.translation import gettext as _

from environments.errors import GateFailed
from environments.gates.frame import Gate


def has_errors(count: int) -> GateFailed:
    """The refusal of a publish while the draft has errors; warnings never keep it back."""
    message = _("The draft has %(count)s: see its problems.") % {
        "count": "1 error" if count == 1 else f"{count} errors"
    }
    gate = Gate("draft_errors", "fail", message)
    return GateFailed(_("%(message)s Nothing was published.") % {"message": message}, gates=[gate.as_json()])
