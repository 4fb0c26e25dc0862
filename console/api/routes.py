"""The one NinjaAPI: routers of the rooms, the error table, and how callers are documented."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, URLResolver
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation
from ninja.security import APIKeyCookie, APIKeyHeader, HttpBearer

from agents.api import router as drafts
from agents.names import pointer
from audit.api import router as audit
from console.api.openapi import DocumentedAPI
from console.api.parsing import StrictParser, refuse_unknown
from console.api.problems import of_refusal, problem
from console.organizations.api import router as callers
from console.organizations.errors import Refusal
from console.organizations.models import User
from console.webhooks.api import router as webhooks
from environments.api.agents import router as agents
from environments.api.bulk import router as bulk
from environments.api.config import router as serving
from environments.api.deployments import router as deployments
from environments.api.pipelines import router as pipelines
from environments.api.versions import router as versions

DESCRIPTION = """The release console for AI agents. Every call checks the same rights, states and gates as the pages.
Send a key as `Authorization: Bearer` or `x-api-key`. Errors are `application/problem+json` with a stable `code`."""


class Bearer(HttpBearer):
    """`Authorization: Bearer <key>`; the frame has asked the database already."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The person behind the key."""
        return known(request)


class KeyHeader(APIKeyHeader):
    """`x-api-key: <key>`."""

    param_name = "x-api-key"

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """The person behind the key."""
        return known(request) if key else None


class Session(APIKeyCookie):
    """The console's session cookie; what changes something needs the CSRF token too, which the frame checks."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """The person who is signed in."""
        return known(request) if key else None


def known(request: HttpRequest) -> User | None:
    """Whom the frame let in."""
    return request.user if isinstance(request.user, User) else None


def only_known_parameters(run: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Around each operation: an unknown query parameter is 400, before anything is asked of the database."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]  # ninja hands us the bound method
    models = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    names = frozenset(name for model in models for name in model.__ninja_flatten_map__)

    @functools.wraps(run)
    def checked(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        try:
            refuse_unknown(request, names)
        except Refusal as refusal:
            return of_refusal(request, refusal)
        return run(request, **parameters)

    return checked


api = DocumentedAPI(
    title="Slipway",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    auth=[Bearer(), KeyHeader(), Session()],
    parser=StrictParser(),
)
api.add_decorator(only_known_parameters, mode="view")
for one in (agents, drafts, versions, serving, deployments, bulk, pipelines, webhooks, audit, callers):
    api.add_router("", one)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A verb said no."""
    return of_refusal(request, refusal)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, _: Http404) -> HttpResponse:
    """Unknown or foreign."""
    return problem(request, 404)


@api.exception_handler(AuthenticationError)
def not_known(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
    """Nobody; the frame has answered before, so this is for a key header that is not the one in use."""
    return problem(request, 401)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja refuses itself; a refusal of our reader comes wrapped in one."""
    if isinstance(error.__cause__, Refusal):
        return of_refusal(request, error.__cause__)
    return problem(request, error.status_code)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A body that is not of the shape is 422 with pointers, a query 400, and what no address can be 404."""
    places = {str(one["loc"][0]) for one in error.errors}
    if "path" in places:
        return problem(request, 404)
    errors = [{"pointer": pointer(*_place(one["loc"])), "message": str(one["msg"])} for one in error.errors]
    status, code = (422, "invalid") if "body" in places else (400, "invalid_parameter")
    detail = "; ".join(f"{one['pointer'] or '/'}: {one['message']}" for one in errors[:3])
    return problem(request, status, code, f"{detail}. Nothing was changed.", errors=errors)


def _place(loc: tuple[Any, ...]) -> Iterator[str | int]:
    """The place inside the body or query: ninja puts the source and, for a body, the argument's name before it."""
    yield from loc[2:] if loc[0] == "body" else loc[1:]


def urls() -> tuple[list[URLResolver | URLPattern], str, str]:
    """The addresses, open to the login-required middleware: the frame lets nobody in without a key or session."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback.login_required = False  # type: ignore[attr-defined]  # as login_not_required does
    return patterns, app_name, namespace
