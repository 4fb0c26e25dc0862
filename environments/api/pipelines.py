"""The API of the organization's pipeline: environments with their rules."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from audit.cursors import LIMIT, Cursor, Limit, read_cursor, write_cursor
from console.organizations.api import tenant_of
from console.organizations.doors import actor_of
from console.organizations.errors import NotFound
from console.organizations.models import Organization
from environments.actions import (
    Changes,
    change_environment,
    create_environment,
    delete_environment,
    environment_token,
)
from environments.models import Environment
from environments.pipeline import environments_of
from environments.policies import require_within_key
from environments.schemas import EnvironmentIn, EnvironmentOut, EnvironmentPatch, EnvironmentsOut

router = Router(tags=["Environments"])


@router.get("/environments", response=EnvironmentsOut, summary="The pipeline in order")
def list_environments(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """Every environment with its kind and rules."""
    binding = f"environments:{tenant_of(request).pk}"
    after = read_cursor(cursor, binding) if cursor else -1
    rows = [place for place in environments_of(tenant_of(request)) if place.position > after]
    shown = rows[:limit]
    more = write_cursor(shown[-1].position, binding) if len(rows) > limit else None
    return {"items": [environment_out(place) for place in shown], "next_cursor": more}


@router.post("/environments", response={201: EnvironmentOut}, summary="Add an environment")
def add(request: HttpRequest, response: HttpResponse, body: EnvironmentIn) -> Any:
    """Without a position a staging environment comes before the production ones, a production one last."""
    rules = body.rules.model_dump(mode="json", exclude_unset=True) if body.rules else None
    place = create_environment(
        tenant_of(request),
        actor=actor_of(request),
        name=body.name,
        slug=body.slug,
        kind=body.kind,
        position=body.position,
        description=body.description,
        rules=rules,
    )
    response.headers["Location"] = f"/api/v1/environments/{place.slug}"
    return Status(201, environment_out(place))


@router.get("/environments/{environment}", response=EnvironmentOut, summary="One environment")
def read(request: HttpRequest, response: HttpResponse, environment: str) -> dict[str, Any]:
    """With its kind, position and rules; `ETag` may be sent back in `If-Match` with a change."""
    place = environment_called(tenant_of(request), environment)
    response.headers["ETag"] = f'"{environment_token(place)}"'
    return environment_out(place)


@router.patch("/environments/{environment}", response=EnvironmentOut, summary="Rename, reorder, change rules")
def change(request: HttpRequest, environment: str, body: EnvironmentPatch) -> dict[str, Any]:
    """A field that is left out stays; `rules` replace all rules. The slug stays, because programs use it."""
    changes = Changes(
        name=body.name,
        position=body.position,
        description=body.description,
        rules=body.rules.model_dump(mode="json", exclude_unset=True) if body.rules else None,
        is_default=body.is_default,
    )
    token = request.headers.get("If-Match", "").strip('"') or None
    place = environment_called(tenant_of(request), environment)
    return environment_out(change_environment(place, actor=actor_of(request), changes=changes, token=token))


@router.delete("/environments/{environment}", response={204: None}, summary="Delete an environment")
def remove(request: HttpRequest, environment: str) -> Any:
    """409 while anything is pinned there."""
    delete_environment(environment_called(tenant_of(request), environment), actor=actor_of(request))
    return Status(204, None)


def environment_called(organization: Organization, name: str) -> Environment:
    """The environment of this slug or id, or 404; never another one instead (R4)."""
    for place in environments_of(organization):
        if place.slug == name or _is(place.pk, name):
            place.organization = organization
            return place
    raise NotFound(f"There is no environment {name[:63]!r}.")


def environment_reached(request: HttpRequest, name: str) -> Environment:
    """The environment of this slug or id, or 404; 403 for a key that is limited to others."""
    place = environment_called(tenant_of(request), name)
    require_within_key(actor_of(request), place)
    return place


def environment_out(place: Environment) -> dict[str, Any]:
    """An environment as the API shows it."""
    return {
        "id": place.pk,
        "slug": place.slug,
        "name": place.name,
        "description": place.description,
        "kind": place.kind,
        "position": place.position,
        "is_default": place.is_default,
        "rules": place.rules.model_dump(mode="json"),
    }


def _is(pk: UUID, name: str) -> bool:
    return len(name) == 36 and str(pk) == name.lower()
