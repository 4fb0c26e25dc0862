"""Refusals of the audit log."""

from console.organizations.errors import Refusal


class AuditUnavailable(Refusal):
    """The event could not be written, so the act did not happen (reliability.md T12)."""

    code = "audit_unavailable"
    title = "The audit log cannot be written"

    def __init__(self) -> None:
        super().__init__(
            "Nothing was changed: every act is recorded, and at the moment the audit log cannot be written."
            " Please try again in a minute; if it stays so, tell whoever runs this console."
        )


class InvalidFilter(Refusal):
    """A filter of the audit page that does not exist or has an impossible value (contract.md: 400)."""

    code = "invalid_filter"
    title = "This filter is not known"


class InvalidCursor(Refusal):
    """A page mark that was changed, or that belongs to another organization or filter (T48)."""

    code = "invalid_cursor"
    title = "This page mark cannot be used"
