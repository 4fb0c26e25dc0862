"""The API of the organization's pipeline."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from console.organizations.api import tenant_of
from environments.models import Environment
from environments.pipeline import environments_of
from environments.schemas import EnvironmentOut

router = Router(tags=["Environments"])


@router.get("/environments", response=list[EnvironmentOut], summary="The pipeline in order")
def list_environments(request: HttpRequest) -> list[dict[str, Any]]:
    """Every environment with its kind and rules."""
    return [environment_out(place) for place in environments_of(tenant_of(request))]


def environment_out(place: Environment) -> dict[str, Any]:
    """An environment as the API shows it."""
    return {
        "id": place.pk,
        "slug": place.slug,
        "name": place.name,
        "description": "",
        "kind": place.kind,
        "position": place.position,
        "rules": {"requires_sign_off": place.requires_sign_off},
    }
