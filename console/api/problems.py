"""Errors of the API: application/problem+json as RFC 9457 and contract.md say; never a traceback, SQL or a path."""

from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from console.organizations.errors import ContentError, Invalid, Refusal
from console.refusals import status_of

RETRY_SECONDS = 5

# What answers say where Django or the router itself refuses.
PLAIN = {
    400: ("bad_request", "The request could not be read. Nothing was changed."),
    401: ("unauthenticated", "No key, or an unknown, revoked or expired one. Nothing was changed."),
    403: ("permission_denied", "This request is not allowed. Nothing was changed."),
    404: ("not_found", "There is nothing at this address, or not for this key."),
    405: ("method_not_allowed", "This address does not know that method. Nothing was changed."),
    406: ("not_acceptable", "This address cannot answer in that form."),
    413: ("too_large", "The body is larger than this address takes. Nothing was changed."),
    415: ("unsupported_media_type", "Send application/json. Nothing was changed."),
    429: ("too_many_requests", "Too many requests. Nothing was changed. Wait and send it again."),
    500: ("internal_error", "The console made a mistake. Name the request id when you report it."),
    503: ("unavailable", "The console cannot work at the moment. Nothing was changed. Send it again."),
}


def problem(
    request: HttpRequest,
    status: int,
    code: str = "",
    detail: str = "",
    *,
    title: str = "",
    errors: list[dict[str, Any]] | None = None,
    **extra: Any,
) -> HttpResponse:
    """The answer for an error; `extra` are the members that the contract names for it."""
    plain_code, plain_detail = PLAIN.get(status, ("refused", "Nothing was changed."))
    body = {
        "type": "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "code": code or plain_code,
        "detail": detail or plain_detail,
        "request_id": getattr(request, "request_id", ""),
    }
    if errors:
        body["errors"] = errors
    for name, value in extra.items():
        body.setdefault(name, value)
    answer = HttpResponse(orjson.dumps(body, default=str), status=status, content_type="application/problem+json")
    if status == 503:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def of_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A verb's refusal as the answer of the API; the status is that of the page (one table)."""
    errors = [_error(one) for one in refusal.errors] if isinstance(refusal, Invalid) else None
    extra = {name: value for name, value in refusal.extra.items() if name != "errors"}
    answer = problem(
        request, status_of(refusal), refusal.code, refusal.detail, title=refusal.heading, errors=errors, **extra
    )
    if isinstance(etag := refusal.extra.get("etag"), str):
        answer.headers["ETag"] = f'"{etag}"'
    return answer


def _error(error: ContentError) -> dict[str, Any]:
    found: dict[str, Any] = {"pointer": error.pointer, "message": error.message}
    if error.line is not None:
        found |= {"line": error.line, "column": error.column}
    return found
