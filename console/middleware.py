"""What happens to every request: an id, a closed door, and refusals in words."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from console.organizations.errors import Refusal
from console.organizations.ids import new_id
from console.refusals import refusal_response

GetResponse = Callable[[HttpRequest], HttpResponseBase]
_REQUEST_ID = re.compile(r"^[A-Za-z0-9_.-]{8,64}\Z")


def request_id(get_response: GetResponse) -> GetResponse:
    """Give every request an id, taken from `X-Request-ID` when it is harmless, and say it in the answer."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _REQUEST_ID.match(given) else new_id().hex  # type: ignore[attr-defined]
        response = get_response(request)
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def not_kept(get_response: GetResponse) -> GetResponse:
    """No browser and no proxy keeps a page, unless its view says so: what it showed may be taken away (ASVS 14.3.2)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class RefusalMiddleware:
    """Turns a refusal that a view let through into its page; one table says which status (contract.md)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; every other exception stays what it is."""
        return refusal_response(request, exception) if isinstance(exception, Refusal) else None
