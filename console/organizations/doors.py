"""What every page door does first: who asks, for which organization, and how fresh their sign-in is."""

from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import quote, urlsplit
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from console.organizations.actor import Actor
from console.organizations.compiled import compiled
from console.organizations.models import Organization, User
from console.organizations.policies import permissions_on

API = "/api/"
LAST_ORGANIZATION = "organization"  # session: the slug of the organization seen last
TYPED = "typed"  # session: what was typed into a form that asked for a fresh sign-in, by page
TYPED_PAGES = 5
TYPED_LENGTH = 64 * 1024
SECRET_FIELDS = ("csrfmiddlewaretoken", "password", "token", "seen", "base", "expected")


def person_of(request: HttpRequest) -> User:
    """The signed-in person; the login-required middleware let nobody else through."""
    return cast("User", request.user)


def actor_of(request: HttpRequest) -> Actor:
    """The person behind a verb, with what the audit event keeps of the request. A key proves no identity of now."""
    person = person_of(request)
    records = get_authentication_records(request, person) if person.key is None else []
    proven = max((record["at"] for record in records if "at" in record), default=None)
    return Actor(
        user=person,
        door="api" if request.path.startswith(API) else "page",
        request_id=getattr(request, "request_id", ""),
        address=address_of(request),
        proven_at=datetime.fromtimestamp(proven, UTC) if proven else None,
    )


def visitor_of(request: HttpRequest, name: str) -> Actor:
    """Somebody without an account who acts under this name (set-up, an invitation)."""
    return Actor(
        user=None,
        door="page",
        request_id=getattr(request, "request_id", ""),
        address=address_of(request),
        proven_at=datetime.now(UTC),
        name=name,
    )


def address_of(request: HttpRequest) -> str:
    """The network address of the browser, behind one trusted proxy where the settings say so."""
    return str(get_adapter().get_client_ip(request))


def organization_for(request: HttpRequest, slug: str) -> Organization:
    """The organization of the address, or 404 for an unknown and a foreign one alike (T15)."""
    person = person_of(request)
    organization = _of_member.first(slug, person.pk) if person.is_active else None
    if organization is None:
        raise Http404(_("No such organization."))
    request.organization = organization  # type: ignore[attr-defined]  # the frame's navigation reads it
    if request.session.get(LAST_ORGANIZATION) != slug:
        request.session[LAST_ORGANIZATION] = slug
    return organization


@compiled
def _of_member(slug: str, person: UUID) -> QuerySet[Organization]:
    return Organization.objects.visible_to(User(pk=person)).filter(slug=slug)


def rights_in(request: HttpRequest, organization: Organization) -> frozenset[str]:
    """What the person may do in the organization, as it was when this request first asked.

    For what a page shows and lets read; a verb asks the database again, under its locks (ADR 010).
    """
    known = getattr(request, "organization_rights", None)
    if known is None or known[0] != organization.pk:
        known = (organization.pk, permissions_on(person_of(request), organization))
        request.organization_rights = known  # type: ignore[attr-defined]
    rights: frozenset[str] = known[1]
    return rights


def sign_in(request: HttpRequest, person: User, to: str) -> HttpResponseBase:
    """Sign a person in who just chose their password, with a new session, and go on to a page."""
    login = Login(user=person, redirect_url=to)
    return cast("HttpResponseBase", perform_password_login(request, {"email": person.email}, login))


def asked_by_script(request: HttpRequest) -> bool:
    """Whether a script of an open page asks (htmx, fetch), so that a whole page would be no answer to it."""
    if "HX-Request" in request.headers or any(name.startswith("X-Slipway-") for name in request.headers):
        return True
    return request.headers.get("Sec-Fetch-Dest") == "empty"  # sent by every browser on https and on localhost


def posted(request: HttpRequest) -> QueryDict | None:
    """The sent form, also an empty one; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def referring_page(request: HttpRequest) -> str:
    """The page of this host that led here, or nothing."""
    referrer = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(referrer, allowed_hosts={request.get_host()}):
        parts = urlsplit(referrer)
        if parts.path.startswith("/") and not parts.path.startswith("//"):
            return f"{parts.path}?{parts.query}" if parts.query else f"{parts.path}"
    return ""


def way_back(request: HttpRequest) -> str:
    """The page a form was sent from, else the form's own address."""
    return referring_page(request) or request.path


def confirm_address(request: HttpRequest) -> str:
    """Where a person proves who they are and comes back to the page the refused form was sent from."""
    return f"{reverse('account_reauthenticate')}?next={quote(way_back(request))}"


def keep_typed(request: HttpRequest) -> None:
    """Keep the refused form's texts in the session for `typed_before`; never a password or a token."""
    typed = {
        name: values[0] if len(values) == 1 else values
        for name, values in request.POST.lists()
        if not any(word in name for word in SECRET_FIELDS)
    }
    if sum(len(str(value)) for value in typed.values()) > TYPED_LENGTH:
        return  # the page's own script keeps long texts in the browser
    pages = dict(list(request.session.get(TYPED, {}).items())[1 - TYPED_PAGES :])
    pages.pop(_page(way_back(request)), None)
    request.session[TYPED] = pages | {_page(way_back(request)): typed}


def typed_before(request: HttpRequest) -> dict[str, Any]:
    """What was typed into this page's form before the detour, once; fit for a form's `initial`."""
    pages = request.session.get(TYPED, {})
    if request.method != "GET" or request.path not in pages:
        return {}
    typed = pages.pop(request.path)
    request.session[TYPED] = pages
    return cast("dict[str, Any]", typed)


def _page(address: str) -> str:
    return address.partition("?")[0]
