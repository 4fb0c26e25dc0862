"""The OpenAPI document: what ninja writes of the routes, and every error that each call can answer."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `detail` says what happened, what was not changed and what to do next.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "message": {"type": "string"}},
                "required": ["pointer", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "code", "detail", "request_id"],
}

ALWAYS = {
    400: "Malformed request, unknown query parameter, or two that exclude each other",
    401: "No key, or an unknown, revoked or expired one",
    403: "Visible, but the permission is missing (`permission_denied`, `self_approval`)",
    404: "Unknown or foreign: the two answers are the same",
    429: "Too many requests; see Retry-After",
    503: "A dependency is down; see Retry-After",
}
CHANGING = {
    409: "Not possible in the present state; `code` says why",
    412: "What the caller saw is no longer there; the answer carries the current ETag where there is one",
    413: "The body is larger than this address takes",
    415: "Send application/json",
    422: "Well-formed but invalid content, an unknown or read-only field, or a reused Idempotency-Key",
}
NEEDS_IF_MATCH = {428: "If-Match is missing"}
IDEMPOTENT = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and request by the same caller is carried out once and answered again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that was read; required where 428 is listed.",
    "schema": {"type": "string", "maxLength": 200},
}


class DocumentedAPI(NinjaAPI):
    """A NinjaAPI whose document names every status."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The document with problems, idempotency keys and entity tags."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"].setdefault("schemas", {})["Problem"] = PROBLEM
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                _complete(path, method, operation)
        return schema


EXPORT = {
    form: {"schema": {"type": "string", "description": described}}
    for form, described in (("application/jsonl", "One event a line, with its chain"), ("text/csv", "For spreadsheets"))
}


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    changes = method in {"post", "put", "patch", "delete"}
    statuses = ALWAYS | (CHANGING if changes else {})
    if path.endswith("/draft") and changes:
        statuses = statuses | NEEDS_IF_MATCH
    if not changes and path.endswith(("/compare", "/gates", "/environments/{environment}", "/config")):
        statuses = statuses | {409: CHANGING[409]}
    if path.endswith("/audit/export"):
        operation["responses"][200]["content"] = EXPORT
    for status, description in statuses.items():
        operation["responses"].setdefault(
            status,
            {
                "description": description,
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
    if changes:
        parameters = operation.setdefault("parameters", [])
        parameters.append(IDEMPOTENT)
        if "/draft" in path or path.endswith(("/environments/{environment}", "/webhooks/{webhook}")):
            parameters.append(IF_MATCH)
