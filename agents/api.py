"""The API of drafts (contract.md): thin doors to the verbs, with ETag and If-Match."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router

from agents.actions import (
    discard_draft,
    draft_token,
    fork_draft,
    merge_draft,
    restore_draft,
    save_draft,
)
from agents.canonical import normalise
from agents.contents import load
from agents.doors import agent_called
from agents.errors import PreconditionMissing
from agents.history import saves_of
from agents.merge_patch import merge_patch
from agents.models import Agent, Draft
from agents.policies import require
from agents.reading import draft_of_agent
from agents.schemas import DraftIn, DraftOut, ForkIn, MergeIn, PersonOut, RestoreIn, SavesOut
from audit.cursors import LIMIT, Cursor, Limit, read_cursor, write_cursor
from console.organizations.doors import actor_of

router = Router(tags=["Drafts"])


@router.get("/agents/{agent}/draft", response=DraftOut, summary="Read the draft")
def read_draft(request: HttpRequest, response: HttpResponse, agent: str) -> dict[str, Any]:
    """The Development configuration. `ETag` is what a save must name in `If-Match`."""
    return _shown(response, _readable(request, agent))


@router.put("/agents/{agent}/draft", response=DraftOut, summary="Replace the draft")
def replace_draft(request: HttpRequest, response: HttpResponse, agent: str, body: DraftIn) -> dict[str, Any]:
    """The whole configuration anew; 422 with a pointer per mistake, 412 when somebody saved meanwhile."""
    found, token = agent_called(request, agent), _if_match(request)
    save_draft(found, actor=actor_of(request), config=normalise(body.config), token=token)
    return _shown(response, found)


@router.patch("/agents/{agent}/draft", response=DraftOut, summary="Patch the draft")
def patch_draft(request: HttpRequest, response: HttpResponse, agent: str, body: Body[dict[str, Any]]) -> dict[str, Any]:
    """A JSON Merge Patch (RFC 7396) of the configuration: null takes away, objects are merged, all else replaces."""
    found, token = agent_called(request, agent), _if_match(request)
    require(actor_of(request), "edit_draft", found)
    draft = draft_of_agent(found)
    config = normalise(merge_patch(load(draft.manifest, draft.layout), body))
    save_draft(found, actor=actor_of(request), config=config, token=token or draft_token(draft))
    return _shown(response, found)


@router.delete("/agents/{agent}/draft", response=DraftOut, summary="Discard the draft")
def delete_draft(request: HttpRequest, response: HttpResponse, agent: str) -> dict[str, Any]:
    """Back to the most recent published version; what is thrown away stays in the history."""
    found, token = agent_called(request, agent), _if_match(request)
    discard_draft(found, actor=actor_of(request), token=token)
    return _shown(response, found)


@router.get("/agents/{agent}/draft/history", response=SavesOut, summary="Every save of the draft")
def draft_history(request: HttpRequest, agent: str, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """Newest first, with who and why."""
    found = _readable(request, agent)
    binding = f"saves:{found.pk}"
    saves = saves_of(found, before=read_cursor(cursor, binding) if cursor else None, size=limit)
    shown = saves[:limit]
    items = [
        {
            "history_id": save.pk,
            "digest": save.digest,
            "at": save.at,
            "by": save.by,
            "reason": save.reason,
            "base_version": save.base,
            "changed": save.paths,
        }
        for save in shown
    ]
    return {"items": items, "next_cursor": write_cursor(shown[-1].pk, binding) if len(saves) > len(shown) else None}


@router.post("/agents/{agent}/draft/restore", response=DraftOut, summary="Restore an earlier save")
def restore(request: HttpRequest, response: HttpResponse, agent: str, body: RestoreIn) -> dict[str, Any]:
    """Make an earlier save the draft again, as a new save; `If-Match` is honoured when it is sent."""
    found = agent_called(request, agent)
    token = _if_match(request, required=False)
    restore_draft(found, actor=actor_of(request), history_id=body.history_id, token=token)
    return _shown(response, found)


@router.post("/agents/{agent}/draft/fork", response=DraftOut, summary="Start the draft from a version")
def fork(request: HttpRequest, response: HttpResponse, agent: str, body: ForkIn) -> dict[str, Any]:
    """Start anew from a version; what the draft held stays in the history."""
    found, token = agent_called(request, agent), _if_match(request, required=False)
    fork_draft(found, actor=actor_of(request), number=body.version, token=token)
    return _shown(response, found)


@router.post("/agents/{agent}/draft/merge", response=DraftOut, summary="Merge a version into the draft")
def merge(request: HttpRequest, response: HttpResponse, agent: str, body: MergeIn) -> dict[str, Any]:
    """Three-way merge; conflicts are 409 with both sides per path unless a strategy says who wins."""
    found, token = agent_called(request, agent), _if_match(request, required=False)
    merge_draft(found, actor=actor_of(request), number=body.version, strategy=body.strategy, token=token)
    return _shown(response, found)


def person_out(name: str, pk: UUID | None, key: str | None = None) -> dict[str, Any]:
    """A person as the API names them."""
    return PersonOut(id=pk, name=name, key=key).model_dump()


def _readable(request: HttpRequest, name: str) -> Agent:
    found = agent_called(request, name)
    require(actor_of(request), "view_draft", found)
    return found


def _shown(response: HttpResponse, agent: Agent) -> dict[str, Any]:
    draft: Draft = draft_of_agent(agent)
    response.headers["ETag"] = f'"{draft_token(draft)}"'
    return {
        "config": load(draft.manifest, draft.layout),
        "base_version": draft.base.number if draft.base else None,
        "digest": draft.manifest.digest,
        "updated_at": draft.updated_at,
        "updated_by": person_out(draft.updated_by.name, draft.updated_by.pk),
    }


def _if_match(request: HttpRequest, *, required: bool = True) -> Any:
    """The entity tag of `If-Match` (RFC 9110, 13.1.1); `PreconditionMissing` where it must be sent.

    A weak tag never matches, `*` matches every draft: each agent has exactly one.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given and required:
        raise PreconditionMissing(
            "Send If-Match with the ETag that you read, so that nobody's save is overwritten. Nothing was changed."
        )
    if not given or given == "*":
        return None
    return given.removeprefix('"').removesuffix('"')
