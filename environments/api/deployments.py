"""The API of moves: publish, promote, roll back, activate, lift a hold, and the timeline."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Status

from agents.doors import NO_ID, agent_called
from agents.models import Agent, Version
from agents.schemas import Body
from audit.clock import database_time
from audit.cursors import LIMIT, Cursor, Limit, Moment, Text, read_cursor, write_cursor
from console.organizations.actor import Actor
from console.organizations.compiled import compiled
from console.organizations.doors import actor_of, person_of
from console.organizations.errors import NotFound
from console.organizations.models import Organization
from environments.actions import activate, lift_hold, promote, publish, push_to_production, rollback
from environments.api.pipelines import environment_called, environment_reached
from environments.api.shapes import deployment_out, version_out
from environments.api.versions import numbered
from environments.errors import EnvironmentUnpinned
from environments.gates import Move, checklist
from environments.models import Deployment, Environment, Pin
from environments.moves import current_pin
from environments.pipeline import next_environment, previous_hop
from environments.policies import environments_open_to
from environments.schemas import (
    ActivateIn,
    DeploymentOut,
    DeploymentsOut,
    GateOut,
    LiftIn,
    PromoteIn,
    PublishIn,
    RollbackIn,
    ServedAtOut,
    VersionOut,
)
from environments.timeline import moves_of

router = Router(tags=["Deployments"])


@router.post("/agents/{agent}/deployments/publish", response={201: DeploymentOut}, summary="Publish the draft")
def publish_draft(request: HttpRequest, agent: str, body: PublishIn = PublishIn()) -> Any:  # noqa: B008
    """Freeze the draft as the next version and put it into the first environment after Development."""
    found = agent_called(request, agent)
    move = publish(found, actor=actor_of(request), **_with_slug(found, body))
    return Status(201, _made(move))


@router.post("/agents/{agent}/deployments/{deployment}/promote", response={201: DeploymentOut}, summary="Promote")
def promote_deployment(
    request: HttpRequest,
    agent: str,
    deployment: str,
    body: PromoteIn = PromoteIn(),  # noqa: B008
) -> Any:
    """That deployment's version into the next environment; into a production environment this is Push to Production."""
    found = agent_called(request, agent)
    source = _source(request, found, deployment)
    target = _target(found.organization, source.environment, body.environment)
    return Status(201, _made(_move(found, source.version.number, target, actor_of(request), body)))


@router.post("/agents/{agent}/deployments/{deployment}/rollback", response={201: DeploymentOut}, summary="Rollback")
def roll_back(request: HttpRequest, agent: str, deployment: str, body: RollbackIn) -> Any:
    """The environment serves that deployment's version again; the version rolled away from is put on hold."""
    found = agent_called(request, agent)
    source = _source(request, found, deployment)
    move = rollback(
        found,
        actor=actor_of(request),
        environment=_with_slug(found, body)["environment"] or source.environment.slug,
        number=source.version.number,
        reason=body.reason,
    )
    return Status(201, _made(move))


@router.post("/agents/{agent}/versions/{number}/activate", response={201: DeploymentOut}, summary="Activate a version")
def activate_version(request: HttpRequest, agent: str, number: str, body: ActivateIn) -> Any:
    """Pin a published version to an environment, under the gates of a promotion or push into it."""
    found = agent_called(request, agent)
    move = activate(found, actor=actor_of(request), number=numbered(number), **_with_slug(found, body))
    return Status(201, _made(move))


@router.post("/agents/{agent}/hold/lift", response=VersionOut, summary="Lift hold")
def lift(request: HttpRequest, agent: str, body: LiftIn) -> dict[str, Any]:
    """The only way a held version may be promoted again."""
    found = agent_called(request, agent)
    version = lift_hold(found, actor=actor_of(request), number=body.version, reason=body.reason)
    version.agent = found
    places = Pin.objects.filter(version=version).order_by("environment__position")
    return version_out(version, places.values_list("environment__slug", flat=True), on_hold=False)


@router.get("/agents/{agent}/deployments", response=DeploymentsOut, summary="The timeline of an agent")
def timeline(
    request: HttpRequest, agent: str, environment: Text = "", limit: Limit = LIMIT, cursor: Cursor = ""
) -> dict[str, Any]:
    """Every move, newest first: from version, to version, who, why, sign-off, and until when it served."""
    found = agent_called(request, agent)
    moves = _moves(request, found)
    if environment:
        moves = moves.filter(environment=environment_reached(request, environment))
    binding = f"deployments:{found.pk}:{environment}"
    if cursor:
        moves = moves.filter(pk__lt=read_cursor(cursor, binding))
    rows = list(moves.order_by("-pk")[: limit + 1])
    shown = rows[:limit]
    standing = set(Pin.objects.filter(agent=found).values_list("deployment_id", flat=True))
    return {
        "items": [deployment_out(move, current=move.pk in standing) for move in shown],
        "next_cursor": write_cursor(str(shown[-1].pk), binding) if len(rows) > limit else None,
    }


@router.get("/agents/{agent}/deployments/{deployment}", response=DeploymentOut, summary="One move")
def one_deployment(request: HttpRequest, agent: str, deployment: str) -> dict[str, Any]:
    """One move of a pin."""
    return _shown(_deployment(request, agent_called(request, agent), deployment))


@router.get("/agents/{agent}/environments/{environment}", response=ServedAtOut, summary="What was served at a time")
def served_at(request: HttpRequest, agent: str, environment: str, at: Moment | None = None) -> dict[str, Any]:
    """What the environment served of the agent then, or serves now; 404 `environment_unpinned` for nothing."""
    found = agent_called(request, agent)
    place, moment = environment_reached(request, environment), at or database_time()
    moves = moves_of(found).select_related("key", "sign_off__key", "sign_off__environment", "version__release")
    move = moves.filter(environment=place, at__lte=moment).first()
    if move is None:
        raise EnvironmentUnpinned(f"{place.name} served nothing of {found.name} then.", environment=place.slug)
    return {
        "agent": found.slug,
        "environment": place.slug,
        "at": moment,
        "version": move.version.number,
        "digest": move.version.digest,
        "state": move.version.release.state,
        "deployment": _shown(move),
    }


@router.get("/agents/{agent}/gates", response=list[GateOut], summary="The promotion checklist")
def gates(request: HttpRequest, agent: str, environment: Text) -> list[dict[str, Any]]:
    """Every gate of moving what the environment before serves into this one, by this caller, now."""
    found = agent_called(request, agent)
    place = environment_reached(request, environment)
    version = _candidate(found, place)
    move = Move(agent=found, version=version, environment=place, actor=actor_of(request), now=database_time())
    return [gate.as_json() for gate in checklist(move)]


def _candidate(agent: Agent, place: Environment) -> Version:
    """What would move into the environment: what the one before it serves, else the latest version."""
    before = previous_hop(place)
    pin = current_pin(agent, before) if before else None
    if before is not None and pin is None:
        raise EnvironmentUnpinned(f"{before.name} serves nothing of {agent.name}.", environment=before.slug)
    if pin is not None:
        return pin.version
    latest = Version.objects.filter(agent=agent).select_related("release").newest_first().first()
    if latest is None:
        raise NotFound(f"{agent.name} has no version yet.")
    latest.agent = agent
    return latest


def _move(agent: Agent, number: int, target: Environment, actor: Actor, body: PromoteIn) -> Deployment:
    """The verb for the kind of environment; it alone decides."""
    seen = body.expected_digest
    if target.is_production:
        return push_to_production(
            agent,
            actor=actor,
            number=number,
            environment=target.slug,
            note=body.note,
            ticket=body.ticket,
            expected_digest=seen,
        )
    return promote(agent, actor=actor, number=number, environment=target.slug, note=body.note, expected_digest=seen)


def _target(organization: Organization, source: Environment, name: str | None) -> Environment:
    if name:
        return environment_called(organization, name)
    following = next_environment(source)
    if following is None:
        raise NotFound(f"No environment comes after {source.name}. Nothing was changed.")
    return following


def _with_slug(agent: Agent, body: Body) -> dict[str, Any]:
    """The fields of a body whose environment may be named by slug or id."""
    fields = body.model_dump()
    if fields.get("environment"):
        fields["environment"] = environment_called(agent.organization, fields["environment"]).slug
    return fields


def _moves(request: HttpRequest, agent: Agent) -> Any:
    """The agent's moves, as far as the caller's key knows their environments."""
    moves = moves_of(agent).select_related("key", "sign_off__key", "sign_off__environment")
    limit = environments_open_to(person_of(request))
    return moves.filter(environment__slug__in=limit) if limit else moves


def _deployment(request: HttpRequest, agent: Agent, name: str) -> Deployment:
    """A move of this agent by id; a foreign one and what is no id are the same 404."""
    move: Deployment | None = _moves(request, agent).filter(pk=_id(name)).first()
    if move is None:
        raise _unknown(agent, name)
    return move


def _source(request: HttpRequest, agent: Agent, name: str) -> Deployment:
    """The same move for an act that starts from it: where it was and what it moved, without ten tables more."""
    move = _started_from.first(agent.pk, _id(name))
    limit = environments_open_to(person_of(request))
    if move is None or (limit and move.environment.slug not in limit):
        raise _unknown(agent, name)
    return move


@compiled
def _started_from(agent: UUID, move: UUID) -> QuerySet[Deployment]:
    return Deployment.objects.filter(agent=agent, pk=move).select_related("environment", "version")


def _id(name: str) -> UUID:
    """The id that was named; for what is none, one that nothing has."""
    try:
        return UUID(name)
    except ValueError:
        return NO_ID


def _unknown(agent: Agent, name: str) -> NotFound:
    return NotFound(f"There is no deployment {name[:40]!r} of {agent.name}.")


def _made(move: Deployment) -> dict[str, Any]:
    return deployment_out(move, current=True)


def _shown(move: Deployment) -> dict[str, Any]:
    return deployment_out(move, current=Pin.objects.filter(deployment=move).exists())
