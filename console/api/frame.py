"""What happens to every call of the API before and after its route: who, how much, how often, once only.

Everything below `/api/` is answered in JSON; errors are problems (RFC 9457), also those of Django itself.
"""

import sys
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from console.api.callers import SAFE, ForgedRequest, Unauthenticated, caller_of
from console.api.idempotency import once
from console.api.problems import problem
from console.api.rates import STRANGERS, Allowance, limit_of_callers, spend
from console.organizations.doors import address_of
from console.organizations.errors import Refusal
from console.organizations.models import User

PREFIX = "/api/"
# Vapi's clients call agents assistants; both names lead to the same routes (contract.md, Later).
OTHER_NAME = ("/api/v1/assistants", "/api/v1/agents")
OPEN = frozenset({"/api/v1/openapi.json", "/api/v1/docs"})
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LARGEST_BODY = 1024 * 1024
LARGEST_IMPORT = 16 * 1024 * 1024
JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})
PROBLEM = "application/problem+json"

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ApiFrame:
    """Stands around every call of the API and leaves all other requests alone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        if request.path in OPEN and request.method in SAFE:
            return self.get_response(request)
        request.path_info = request.path_info.replace(*OTHER_NAME, 1)
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"  # the same headers, the body is left out below (RFC 9110, 9.3.2)
        try:
            response = self._answer(request)
            return _without_body(response) if is_head else response
        except (OperationalError, InterfaceError):
            return problem(request, 503)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A mistake of ours, or a database that is away, in the form of every other error."""
        if not request.path.startswith(PREFIX):
            return None
        if isinstance(exception, RequestDataTooBig):
            return problem(request, 413)
        if isinstance(exception, OperationalError | InterfaceError):
            return problem(request, 503)
        return None  # logged by Django as an error; `_as_problem` writes the answer

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        try:
            person = caller_of(request)
        except (Unauthenticated, ForgedRequest) as refusal:
            return self._unknown(request, refusal)
        allowance = spend(_counted_as(person), limit_of_callers())
        if allowance.wait:
            return _too_many(request, allowance)
        refused = _refused_body(request)
        if refused is not None:
            return refused
        key = request.headers.get("Idempotency-Key")
        if key is not None and request.method in CHANGING:
            response: HttpResponseBase = once(request, person, key, self._routed)
        else:
            response = self._routed(request)
        response.headers["X-RateLimit-Limit"] = str(allowance.limit)
        response.headers["X-RateLimit-Remaining"] = str(allowance.left)
        return response

    def _routed(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return _as_problem(request, response)  # type: ignore[arg-type]  # the API streams exports only

    def _unknown(self, request: HttpRequest, refusal: Refusal) -> HttpResponse:
        allowance = spend(f"address:{address_of(request)}", STRANGERS)
        if allowance.wait:
            return _too_many(request, allowance)
        if isinstance(refusal, ForgedRequest):
            return problem(request, 403, refusal.code, refusal.detail, title=refusal.heading)
        answer = problem(request, 401, refusal.code, refusal.detail, title=refusal.heading)
        answer.headers["WWW-Authenticate"] = 'Bearer realm="slipway"'
        return answer


def _without_body(response: HttpResponseBase) -> HttpResponseBase:
    """The answer to HEAD."""
    head = HttpResponse(status=response.status_code, headers=dict(response.items()))
    if isinstance(response, HttpResponse):
        head.headers["Content-Length"] = str(len(response.content))
    return head


def _counted_as(person: User) -> str:
    return f"key:{person.key.pk}" if person.key else f"person:{person.pk}"


def _too_many(request: HttpRequest, allowance: Allowance) -> HttpResponse:
    answer = problem(request, 429, limit=allowance.limit)
    answer.headers["Retry-After"] = str(allowance.wait)
    return answer


def _refused_body(request: HttpRequest) -> HttpResponse | None:
    """413 and 415, from the headers alone: a body that is too large is not read. 400 where it broke off.

    A caller that hangs up within the body asked for something else than what came: no act, and no kept answer.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    size = int(length) if length.isascii() and length.isdigit() else 0
    most = LARGEST_IMPORT if _is_import(request) else LARGEST_BODY
    if size > most:
        return problem(
            request, 413, detail=f"The body has {size:,} bytes; this address takes {most:,}. Nothing was changed."
        )
    if size and request.method not in SAFE and request.content_type not in JSON_TYPES:
        return problem(request, 415)
    if size and len(request.body) < size:
        return problem(request, 400, detail="The body broke off. Nothing was changed. Send it again.")
    return None


def _is_import(request: HttpRequest) -> bool:
    """Whether a whole document comes in: `PUT /agents/{agent}` (also below its other name)."""
    steps = request.path.removeprefix("/api/v1/").strip("/").split("/")
    return request.method == "PUT" and len(steps) == 2 and steps[0] in {"agents", "assistants"}


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Django's own error pages in the form that programs expect; everything else as it is."""
    if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(PROBLEM):
        return response
    is_away = response.status_code == 500 and isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    answer = problem(request, 503 if is_away else response.status_code)
    for name in ("Allow", "Retry-After"):
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer
