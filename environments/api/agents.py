"""The API of agents: list, create, put by slug, change, archive."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from agents.actions import agent_token, change_agent, create_agent, put_agent
from agents.canonical import normalise
from agents.doors import agent_called
from agents.models import Agent
from agents.schemas import AgentIn, AgentPatch
from agents.uploads import read_upload
from audit.cursors import LIMIT, Cursor, Limit, Text, read_cursor, write_cursor
from console.organizations.doors import actor_of, person_of
from console.organizations.errors import NotFound
from console.organizations.models import Organization
from environments.actions import archive_agent
from environments.api.shapes import agents_out
from environments.listing import listed
from environments.pipeline import environment_named
from environments.policies import beyond_key, environments_open_to
from environments.schemas import AgentOut, AgentsOut

router = Router(tags=["Agents"])


@router.get("/agents", response=AgentsOut, summary="List agents")
def list_agents(
    request: HttpRequest,
    label: Text = "",
    q: Text = "",
    environment: Text = "",
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """The agents that this key may list, newest first. `label` is `key` or `key:value`, `q` a part of name or slug."""
    tenant = tenant_of(request)
    if environment and environment_named(tenant, environment) is None:
        raise NotFound(f"There is no environment {environment[:63]!r}.")
    reach = environments_open_to(person_of(request))
    if environment and reach and environment not in reach:
        raise beyond_key(reach)
    wanted = {"label": label, "q": q, "environment": environment}
    binding = f"agents:{tenant.pk}:{wanted}"
    found = listed(person_of(request), tenant, wanted).order_by("-pk")
    if cursor:
        found = found.filter(pk__lt=read_cursor(cursor, binding))
    rows = list(found[: limit + 1])
    shown = rows[:limit]
    more = write_cursor(str(shown[-1].pk), binding) if len(rows) > limit else None
    return {"items": agents_out(shown, tenant, reach), "next_cursor": more}


@router.post("/agents", response={201: AgentOut}, summary="Create an agent")
def create(request: HttpRequest, response: HttpResponse, body: AgentIn) -> dict[str, Any]:
    """A new agent with its draft; it is in Development."""
    agent = create_agent(
        tenant_of(request),
        actor=actor_of(request),
        slug=body.slug,
        name=body.name,
        description=body.description,
        labels=body.labels,
        config=normalise(body.config),
    )
    response.headers["Location"] = f"/api/v1/agents/{agent.slug}"
    return _out(request, agent)


@router.get("/agents/{agent}", response=AgentOut, summary="Read an agent")
def read_agent(request: HttpRequest, agent: str) -> dict[str, Any]:
    """The agent with its active versions map: what each environment serves."""
    return _out(request, agent_called(request, agent))


@router.put("/agents/{agent}", response={200: AgentOut, 201: AgentOut}, summary="Create or update by slug")
def put(request: HttpRequest, response: HttpResponse, agent: str) -> Any:
    """From a whole document: ours, or a Vapi or ElevenLabs configuration. The same document again changes nothing."""
    upload = read_upload(request.body, f"{agent}.json")
    put_one, is_new = put_agent(
        tenant_of(request), actor=actor_of(request), slug=agent, document=upload.document, source="the API"
    )
    response.status_code = 201 if is_new else 200
    return Status(response.status_code, _out(request, put_one))


@router.patch("/agents/{agent}", response=AgentOut, summary="Rename or relabel")
def patch(request: HttpRequest, agent: str, body: AgentPatch) -> dict[str, Any]:
    """Name, description, labels; a field that is left out stays."""
    found = agent_called(request, agent)
    changed = change_agent(
        found,
        actor=actor_of(request),
        name=found.name if body.name is None else body.name,
        description=found.description if body.description is None else body.description,
        labels=found.labels if body.labels is None else body.labels,
        token=agent_token(found),
    )
    return _out(request, changed)


@router.delete("/agents/{agent}", response={204: None}, summary="Archive an agent")
def delete(request: HttpRequest, agent: str) -> Any:
    """Put it away; 409 while a production environment serves it. Everything stays readable in the console."""
    archive_agent(agent_called(request, agent), actor=actor_of(request))
    return Status(204, None)


def tenant_of(request: HttpRequest) -> Organization:
    """The organization of the key or session."""
    found: Organization = request.organization  # type: ignore[attr-defined]  # set with the caller
    return found


def _out(request: HttpRequest, agent: Agent) -> dict[str, Any]:
    return agents_out([agent], tenant_of(request), environments_open_to(person_of(request)))[0]
