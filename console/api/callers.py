"""Who calls: a program with an API key, or a person's browser with the console's session."""

from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from django.utils.translation import gettext

from console.organizations.compiled import compiled
from console.organizations.doors import LAST_ORGANIZATION, address_of
from console.organizations.errors import Refusal
from console.organizations.keys import digest_of, looks_like_key
from console.organizations.models import ApiKey, Membership, Organization, User

NOTED_EVERY = timedelta(minutes=1)  # how exact "last used" is; every call would be a write
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Unauthenticated(Refusal):
    """No key or session that opens anything; one answer for unknown, revoked and expired keys."""

    code = "unauthenticated"
    title = "Who are you?"


class ForgedRequest(Refusal):
    """A session's request that changes something came without the token that only our pages have (T36)."""

    code = "permission_denied"
    title = "The CSRF token is missing"


def caller_of(request: HttpRequest) -> User:
    """The person behind the request, limited to their key's rights; sets `request.user` and `.organization`.

    Raises `Unauthenticated`, and `ForgedRequest` for a session without a CSRF token.
    """
    given = _given_key(request)
    person = _by_key(request, given) if given is not None else _by_session(request)
    request.user = person
    return person


def _given_key(request: HttpRequest) -> str | None:
    header, bearer = request.headers.get("x-api-key"), request.headers.get("Authorization")
    if bearer is not None:
        scheme, _, token = bearer.partition(" ")
        bearer = token.strip() if scheme.lower() == "bearer" else ""
        if header is not None and header != bearer:
            raise Unauthenticated(gettext("Two different keys were sent. Nothing was changed. Send one."))
    return bearer if bearer is not None else header


def _by_key(request: HttpRequest, text: str) -> User:
    found = None
    if looks_like_key(text):
        found = _usable_key.first(digest_of(text))
    if found is None:
        raise _unknown_key()
    _note_use(found, address_of(request))
    person = found.owner
    person.key = found
    request.organization = found.organization  # type: ignore[attr-defined]  # as pages do
    return person


@compiled
def _usable_key(digest: str) -> QuerySet[ApiKey]:
    return ApiKey.objects.usable().select_related("owner", "organization").filter(digest=digest)


def _unknown_key() -> Unauthenticated:
    return Unauthenticated(gettext("This key is unknown, revoked or expired. Nothing was changed."))


def _note_use(key: ApiKey, address: str) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > NOTED_EVERY:
        # Said of the row as it is after a wait for who ends the key; with a join PostgreSQL would not look again.
        still = ApiKey.objects.filter(pk=key.pk, revoked_at=None, expires_at__gt=Now())
        if not still.update(last_used_at=now, last_used_from=address[:64]):
            raise _unknown_key()


def _by_session(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Unauthenticated(gettext("Send a key as Authorization: Bearer or x-api-key. Nothing was changed."))
    if request.method not in SAFE and CsrfViewMiddleware(_nothing).process_view(request, _nothing, (), {}):
        raise ForgedRequest(
            gettext("The session needs a CSRF token for this. Nothing was changed. Send X-CSRFToken, or use a key.")
        )
    request.organization = _last_organization(request, request.user)  # type: ignore[attr-defined]
    return request.user


def _last_organization(request: HttpRequest, person: User) -> Organization:
    """The organization that the person looked at last, or the first of theirs."""
    memberships = Membership.objects.filter(user=person).select_related("organization").order_by("joined_at")
    mine = [membership.organization for membership in memberships]
    if not mine:
        raise Unauthenticated(gettext("You belong to no organization. Nothing was changed."))
    wanted = request.session.get(LAST_ORGANIZATION)
    return next((organization for organization in mine if organization.slug == wanted), mine[0])


def _nothing(request: HttpRequest) -> HttpResponse:
    """Stands where the CSRF check wants the view behind it; it is never called."""
    return HttpResponse()
