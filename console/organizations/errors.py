"""Refusals: why a verb did not happen, in words a person and a program can act on.

They know nothing of HTTP; `console.refusals` maps each code to a status. Every room derives its
own refusals from these, so that one door handles them all.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop


class Refusal(Exception):
    """A verb was refused and changed nothing.

    `code` is stable and machine readable (contract.md, ground rules), `detail` says what happened,
    what was not changed and what to do next, `extra` holds the members the contract names.
    """

    code = "refused"
    title = noop("Refused")

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra

    @property
    def heading(self) -> str:
        """The title in the reader's language."""
        return gettext(self.title)


@dataclass(frozen=True)
class ContentError:
    """One mistake in a document: a JSON pointer into it and, for text, where the mistake stands."""

    pointer: str
    message: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Holder:
    """Who could do what was refused: the permission in words, the roles that carry it, the people."""

    permission: str
    roles: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)


class NotFound(Refusal):
    """Unknown or foreign: the two answers are the same (T15)."""

    code = "not_found"
    title = noop("Not found")


class PermissionMissing(Refusal):
    """The object is visible to the caller, the right is missing."""

    code = "permission_denied"
    title = noop("Permission missing")

    def __init__(self, detail: str, holder: Holder, **extra: Any) -> None:
        super().__init__(detail, permission=holder.permission, roles=holder.roles, people=holder.people, **extra)
        self.holder = holder


class SignInNotFresh(Refusal):
    """The organization asks for a proof of identity at most 15 minutes old before this verb."""

    code = "reauthentication_required"
    title = noop("Please confirm who you are")


class Invalid(Refusal):
    """Well-formed but wrong content; `errors` names each place."""

    code = "invalid"
    title = noop("The content is not valid")

    def __init__(self, detail: str, errors: list[ContentError] | None = None, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.errors = errors or []


class InvalidContent(Invalid):
    """A document, a section or an uploaded file that cannot be taken as it is."""


class TooLarge(Refusal):
    """Over one of the published limits (design.md section 8)."""

    code = "too_large"
    title = noop("Too large")


class TooManyForms(Refusal):
    """More forms in a minute than a person sends."""

    code = "too_many_requests"
    title = noop("Too many requests")

    @staticmethod
    def words(limit: int, wait: int) -> str:
        """What happened, what did not, and when it works again."""
        return (
            f"You sent more than {limit} forms within a minute. Nothing was changed."
            f" Send it again in {wait} s; what you typed is below."
        )


class Conflict(Refusal):
    """Not possible in the present state."""

    code = "conflict"
    title = noop("Not possible now")


class SlugTaken(Conflict):
    """Another object of the organization has that name already; names differ by more than case."""

    code = "slug_taken"
    title = noop("This name is taken")


class LastAdmin(Conflict):
    """An organization keeps at least one Org Admin (issue: the last one cannot go)."""

    code = "last_admin"
    title = noop("The last Org Admin cannot go")


class Stale(Refusal):
    """What the caller saw is no longer what is there (If-Match, expected digest, expected live version)."""

    code = "stale"
    title = noop("Changed meanwhile")


class InvitationSpent(Refusal):
    """Unknown, expired, used, revoked or somebody else's invitation: one answer for all (T39)."""

    code = "invitation_invalid"
    title = noop("This invitation cannot be used")
