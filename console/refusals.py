"""The one table from refusal codes to statuses, and the page that shows a refusal to a person."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from console.organizations.doors import asked_by_script, confirm_address, keep_typed, referring_page
from console.organizations.errors import Invalid, PermissionMissing, Refusal, SignInNotFresh

STATUS = {
    "not_found": 404,
    "environment_unpinned": 404,
    "permission_denied": 403,
    "self_approval": 403,
    "reauthentication_required": 403,
    "invalid": 422,
    "url_not_allowed": 422,
    "too_large": 413,
    "stale": 412,
    "precondition_required": 428,
    "bad_request": 400,
    "unknown_parameter": 400,
    "contradicting_parameters": 400,
    "too_many_requests": 429,
    "unauthenticated": 401,
    "invitation_invalid": 400,
    "invalid_filter": 400,
    "invalid_cursor": 400,
    "unavailable": 503,
    "audit_unavailable": 503,
}
REFUSED_IN_PLACE = {"HX-Retarget": "#alert", "HX-Reswap": "innerHTML", "X-Slipway-Refusal": "yes"}
CONFLICT = 409  # every other code speaks of the present state


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal (contract.md, ground rules)."""
    return STATUS.get(refusal.code, CONFLICT)


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as a readable page that keeps what the user typed."""
    context = {
        "status": status_of(refusal),
        "code": refusal.code,
        "title": refusal.heading,
        "detail": refusal.detail,
        "holder": refusal.holder if isinstance(refusal, PermissionMissing) else None,
        "errors": refusal.errors if isinstance(refusal, Invalid) else [],
        "gates": refusal.extra.get("gates", []),
        "typed": _typed(request),
        "back": referring_page(request),
        "actions": _ways_on(request, refusal),
        "request_id": getattr(request, "request_id", ""),
    }
    if asked_by_script(request):
        return fragment_response(request, context)
    return _retried(render(request, "refusal.html", context, status=context["status"]))


def fragment_response(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The refusal for a script of an open page: htmx puts it into `#alert`, so that nothing typed is replaced."""
    shown = context | {"is_fragment": True, "request_id": getattr(request, "request_id", "")}
    # Without the request: context processors would ask a database that may be the trouble.
    response = HttpResponse(render_to_string("_refusal.html", shown), status=context["status"])
    for name, value in REFUSED_IN_PLACE.items():
        response.headers[name] = value
    return _retried(response)


def _retried(response: HttpResponse) -> HttpResponse:
    if response.status_code == 503:
        response.headers["Retry-After"] = "5"
    return response


def _ways_on(request: HttpRequest, refusal: Refusal) -> list[dict[str, str]]:
    """The next step where there is one: a fresh proof of identity, with the form kept for afterwards."""
    if not isinstance(refusal, SignInNotFresh):
        return []
    keep_typed(request)
    return [{"label": "Confirm who you are", "url": confirm_address(request)}]


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The texts of the refused form, so that nothing typed is lost; never a password or a token."""
    if request.method != "POST":
        return []
    hidden = ("csrfmiddlewaretoken", "password", "base", "expected", "token")
    return [
        (name, value)
        for name, value in request.POST.items()
        if value and isinstance(value, str) and not any(word in name for word in hidden)
    ]
