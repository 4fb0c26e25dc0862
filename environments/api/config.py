"""The hot path's address for everybody whom environments.serving does not answer, with the same bytes."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from ninja import Router
from pydantic import Field

from agents.contents import part_bodies
from agents.doors import agent_called
from agents.models import Agent, Version
from agents.schemas import Number
from console.organizations.doors import person_of
from console.organizations.errors import NotFound
from console.organizations.models import User
from environments.errors import ContradictingParameters, EnvironmentUnpinned
from environments.models import Deployment, Environment, Pin
from environments.pipeline import default_environment, environment_called, environments_of
from environments.policies import (
    OPENING,
    beyond_key,
    can_read_config,
    environments_open_to,
    holder_of,
    missing,
    permissions_on_agent,
)
from environments.schemas import ConfigOut
from environments.serving.answers import Served, answer, ready

router = Router(tags=["Serving"])

Name = Annotated[str, Field(min_length=1, max_length=63)]


@router.api_operation(["HEAD"], "/agents/{agent}/config", include_in_schema=False)
@router.get("/agents/{agent}/config", response={200: ConfigOut, 304: None}, summary="The configuration that is served")
def read_config(
    request: HttpRequest, agent: str, environment: Name | None = None, version: Annotated[int, Number] | None = None
) -> HttpResponse:
    """What an environment serves of an agent, or one version by number; without either, the default environment.

    `ETag` is the digest: send it back as `If-None-Match` and get 304 while nothing has changed. Nothing pinned
    there is 404 `environment_unpinned`, never another environment's version. Calls that are answered from the
    memory of a web process do not count against the calls per minute.
    """
    if environment is not None and version is not None:
        raise ContradictingParameters("Ask by environment or by version, not by both. Nothing was changed.")
    found, person = agent_called(request, agent), person_of(request)
    if version is None:
        place, wanted = _pinned(found, person, environment)
    else:
        place, wanted = None, _numbered(found, person, version)
    served = Served(str(found.organization.pk), found.slug, place, wanted.number, wanted.digest)
    return _response(request, served, wanted)


def _pinned(agent: Agent, person: User, name: str | None) -> tuple[str, Version]:
    """What the named environment serves, or the default one."""
    tenant = agent.organization
    place = default_environment(tenant) if name is None else environment_called(tenant, name)
    if place is None:
        raise NotFound(
            f"There is no environment {name!r}." if name else "No environment is the default one. Name an environment."
        )
    _require(agent, person, [(place.slug, place.kind)])
    pin = Pin.objects.filter(agent=agent, environment=place).select_related("version__manifest").first()
    if pin is None:
        raise EnvironmentUnpinned(f"{place.name} serves nothing of {agent.name}.", environment=place.slug)
    return place.slug, pin.version


def _numbered(agent: Agent, person: User, number: int) -> Version:
    version = Version.objects.filter(agent=agent, number=number).select_related("manifest").first()
    if version is None:
        raise NotFound(f"There is no version {number} of {agent.name}.")
    ran = set(Deployment.objects.filter(version=version).values_list("environment_id", flat=True))
    # It was cut in Development, also where the pipeline has no such place.
    places = [("", Environment.Kind.DEVELOPMENT.value)]
    for place in environments_of(agent.organization):
        if place.pk in ran or place.kind == Environment.Kind.DEVELOPMENT:
            places.append((place.slug, place.kind))
    _require(agent, person, places)
    return version


def _require(agent: Agent, person: User, places: list[tuple[str, str]]) -> None:
    """Let the caller read what runs, or ran, in one of these places (slug, kind), or refuse in words."""
    rights, limited_to = permissions_on_agent(person, agent), environments_open_to(person)
    if can_read_config(rights, places, limited_to):
        return
    right = OPENING[places[-1][1]]
    if limited_to and can_read_config(rights, places):
        raise beyond_key(limited_to, holder_of(right, agent.organization))
    raise missing(right, agent.organization)


def _response(request: HttpRequest, served: Served, version: Version) -> HttpResponse:
    entries = version.manifest.entries
    bodies = part_bodies(served.organization, list(entries.values()))
    found = ready(served, {path: bodies[part] for path, part in entries.items()})
    sent = answer(found, request.headers.get("If-None-Match"), request.headers.get("Accept-Encoding"))
    if sent is None:
        raise NotFound(f"There is no version {served.number} of {served.agent}.")
    response = HttpResponseNotModified() if sent.status == 304 else HttpResponse(sent.body)
    for name, value in sent.headers:
        response.headers[name] = value
    return response
