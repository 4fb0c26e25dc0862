"""The API of versions: read, decide, compare."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from agents.comparison import to_json
from agents.contents import load
from agents.doors import agent_called
from agents.models import Agent, Version
from audit.cursors import LIMIT, Cursor, Limit, read_cursor, write_cursor
from console.organizations.doors import actor_of, person_of
from console.organizations.errors import NotFound
from environments.actions import approve_release, mark_ready, request_changes, revoke_ready
from environments.api.shapes import held_versions, sign_off_out, version_out
from environments.models import Pin, SignOff
from environments.policies import environments_open_to, missing, permissions_on_agent
from environments.reading import can_read, comparison_of, require_reached, side_of, within
from environments.schemas import DecisionIn, ReadyIn, ReasonIn, Sides, SignOffOut, VersionFullOut, VersionsOut

router = Router(tags=["Versions"])


@router.get("/agents/{agent}/versions", response=VersionsOut, summary="List versions")
def list_versions(request: HttpRequest, agent: str, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """Newest first, with state and where each runs."""
    found = agent_called(request, agent)
    binding = f"versions:{found.pk}"
    reach = environments_open_to(person_of(request))
    versions = within(_versions(found), reach).newest_first()
    if cursor:
        versions = versions.filter(number__lt=read_cursor(cursor, binding))
    rows = list(versions[: limit + 1])
    shown = rows[:limit]
    more = write_cursor(shown[-1].number, binding) if len(rows) > limit else None
    return {"items": _out(found, shown, reach), "next_cursor": more}


@router.get("/agents/{agent}/versions/{number}", response=VersionFullOut, summary="Read a version")
def read_version(request: HttpRequest, response: HttpResponse, agent: str, number: str) -> dict[str, Any]:
    """One version with its content, for who may read it (design.md section 3), and its decisions."""
    found = agent_called(request, agent)
    version, reach = _version(found, number), environments_open_to(person_of(request))
    require_reached(version, reach)
    if not can_read(permissions_on_agent(person_of(request), found), version):
        raise missing("view_development", found.organization)
    decisions = SignOff.objects.filter(version=version).select_related("by", "key", "environment").newest_first()
    response.headers["ETag"] = f'"{version.digest}"'
    return _out(found, [version], reach)[0] | {
        "config": load(version.manifest, version.layout),
        "sign_offs": [sign_off_out(one) for one in decisions],
    }


@router.post("/agents/{agent}/versions/{number}/ready", response=SignOffOut, summary="Mark Ready for Production")
def ready(request: HttpRequest, agent: str, number: str, body: ReadyIn = ReadyIn()) -> dict[str, Any]:  # noqa: B008
    """QA signs exactly this content off; 403 `self_approval` for its author and contributors."""
    found = agent_called(request, agent)
    return sign_off_out(mark_ready(found, actor=actor_of(request), number=numbered(number), **body.model_dump()))


@router.post("/agents/{agent}/versions/{number}/approve", response=SignOffOut, summary="Approve as well")
def approve(request: HttpRequest, agent: str, number: str, body: ReadyIn = ReadyIn()) -> dict[str, Any]:  # noqa: B008
    """One more approval of a version that is ready, where an environment asks for several; once per person."""
    found = agent_called(request, agent)
    return sign_off_out(approve_release(found, actor=actor_of(request), number=numbered(number), **body.model_dump()))


@router.post("/agents/{agent}/versions/{number}/request-changes", response=SignOffOut, summary="Request changes")
def changes(request: HttpRequest, agent: str, number: str, body: DecisionIn) -> dict[str, Any]:
    """QA sends it back to the developers."""
    found = agent_called(request, agent)
    return sign_off_out(request_changes(found, actor=actor_of(request), number=numbered(number), **body.model_dump()))


@router.post("/agents/{agent}/versions/{number}/revoke-ready", response=SignOffOut, summary="Revoke the approval")
def revoke(request: HttpRequest, agent: str, number: str, body: ReasonIn) -> dict[str, Any]:
    """QA or an Org Admin takes an approval back."""
    found = agent_called(request, agent)
    return sign_off_out(revoke_ready(found, actor=actor_of(request), number=numbered(number), reason=body.reason))


@router.get("/agents/{agent}/compare", response=dict[str, Any], summary="Compare two configurations")
def compare(request: HttpRequest, agent: str, sides: Query[Sides]) -> dict[str, Any]:
    """Structured difference; each side is a version number, `draft`, `environment:<slug>` or `history:<id>`."""
    found = agent_called(request, agent)
    rights, reach = permissions_on_agent(person_of(request), found), environments_open_to(person_of(request))
    left, right = (side_of(found, name, rights, reach) for name in (sides.before, sides.after))
    return to_json(comparison_of(found, left, right))


def numbered(text: str) -> int:
    """The version number in an address; what is none names no version."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound(f"There is no version {text[:20]!r}.")
    return int(text)


def _versions(agent: Agent) -> Any:
    related = Version.objects.filter(agent=agent).select_related("release", "author", "base", "manifest", "layout")
    return related.prefetch_related("contributors")


def _version(agent: Agent, number: str) -> Version:
    version: Version | None = _versions(agent).filter(number=numbered(number)).first()
    if version is None:
        raise NotFound(f"There is no version {number} of {agent.name}.")
    return version


def _out(agent: Agent, versions: list[Version], limit: list[str]) -> list[dict[str, Any]]:
    places: dict[Any, list[str]] = {}
    for pin in Pin.objects.filter(agent=agent).select_related("environment").order_by("environment__position"):
        if not limit or pin.environment.slug in limit:
            places.setdefault(pin.version_id, []).append(pin.environment.slug)
    held = held_versions(agent)
    for version in versions:
        version.agent = agent
    return [version_out(version, places.get(version.pk, []), version.pk in held) for version in versions]
