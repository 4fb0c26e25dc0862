"""What happens to every request: an id, a closed door, and refusals in words."""

import logging
from collections.abc import Callable
from time import monotonic

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from console.api.rates import spend
from console.organizations.doors import asked_by_script
from console.organizations.errors import Refusal, TooManyForms
from console.organizations.ids import request_id_of
from console.organizations.sessions import note_visit
from console.reader import ZONE_COOKIE, reading_as
from console.refusals import fragment_response, refusal_response

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
OPEN_ALWAYS = {"/healthz"}
NOTED_SECONDS = 60
NOTED_SESSIONS = 10_000


def request_id(get_response: GetResponse) -> GetResponse:
    """Give every request an id, taken from `X-Request-ID` when it is harmless, and say it in the answer."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.request_id = request_id_of(request.headers.get("X-Request-ID", ""))  # type: ignore[attr-defined]
        response = get_response(request)
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def own_sessions(get_response: GetResponse) -> GetResponse:
    """Overlook a session cookie that we never gave: its text reaches the database, which refuses NUL (T24)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if given and not (given.isascii() and given.isalnum()):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        return get_response(request)

    return middleware


def not_kept(get_response: GetResponse) -> GetResponse:
    """No browser and no proxy keeps a page, unless its view says so: what it showed may be taken away (ASVS 14.3.2)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def closed_for_work(get_response: GetResponse) -> GetResponse:
    """While SLIPWAY_MAINTENANCE has words, every address but the health check answers 503 with them (ux.md S27)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not settings.MAINTENANCE or request.path in OPEN_ALWAYS:
            return get_response(request)
        context = {"status": 503, "title": _("Closed for maintenance"), "detail": settings.MAINTENANCE}
        if request.path.startswith("/api/"):
            told = getattr(request, "request_id", "")
            problem = {"type": "about:blank", "code": "maintenance", "request_id": told} | context
            response: HttpResponse = JsonResponse(problem, status=503, content_type="application/problem+json")
        elif asked_by_script(request):
            response = fragment_response(request, context)
        else:
            response = HttpResponse(render_to_string("maintenance.html", context), status=503)
        response.headers["Retry-After"] = "300"
        return response

    return middleware


def readers_times(get_response: GetResponse) -> GetResponse:
    """Show times in the zone and by the clock of the person who asks (ux.md 3.7)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return get_response(request)  # nobody is signed in: no reason to ask the database
        with reading_as(request.user, request.COOKIES.get(ZONE_COOKIE, "")):
            return get_response(request)

    return middleware


def activity(get_response: GetResponse) -> GetResponse:
    """Keep when and where each session was last seen, for the page of one's sessions; written once a minute.

    The library's own middleware writes at every request, in six statements.
    """
    noted: dict[tuple[str | None, str, str], float] = {}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            device = get_adapter().get_client_ip(request), request.headers.get("User-Agent", "")
            key, now = (request.session.session_key, *device), monotonic()
            if now - noted.get(key, -NOTED_SECONDS) >= NOTED_SECONDS:
                note_visit(request.user, request.session, *device)
                if len(noted) >= NOTED_SESSIONS:
                    noted.clear()
                noted[key] = now
        return get_response(request)

    return middleware


def paced(get_response: GetResponse) -> GetResponse:
    """A person sends so many forms a minute through the pages; one more answers 429, and no verb is asked (ADR 016).

    Every attempt that a verb sees stays an event of its own; this bounds how many there can be.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method in SAFE or request.path.startswith("/api/") or not request.user.is_authenticated:
            return get_response(request)
        allowance = spend(f"forms:{request.user.pk}", settings.FORMS_PER_MINUTE)
        if not allowance.wait:
            return get_response(request)
        logger.warning("%s sends too many forms; %s was not asked.", request.user.pk, request.path)
        response = refusal_response(request, TooManyForms(TooManyForms.words(allowance.limit, allowance.wait)))
        response.headers["Retry-After"] = str(allowance.wait)
        return response

    return middleware


class SignedIn(LoginRequiredMiddleware):
    """A new route is closed unless it says otherwise; a script of an open page is told 401, not a sign-in page."""

    def handle_no_permission(  # type: ignore[override]  # the library only redirects
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """The sign-in page, or for a script the words that the page shows while it offers to sign in again."""
        if not asked_by_script(request):
            return super().handle_no_permission(request, view_func)
        title, detail = _("You are signed out"), _("Nothing was changed. Sign in again; what you typed stays here.")
        return fragment_response(request, {"status": 401, "title": title, "detail": detail})


class RefusalMiddleware:
    """Turns a refusal that a view let through into its page; one table says which status (contract.md)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; every other exception stays what it is."""
        return refusal_response(request, exception) if isinstance(exception, Refusal) else None
