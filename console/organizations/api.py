"""The API of callers: who am I, and API keys."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field, StrictBool

from audit.cursors import LIMIT, Cursor, Limit, read_cursor, write_cursor
from console.organizations.actions import allow_push, create_key, forbid_push, revoke_key, rotate_key
from console.organizations.actions.keys import (
    LIFETIME_DAYS,
    LONGEST_DAYS,
    LONGEST_OVERLAP_HOURS,
    OVERLAP_HOURS,
    MadeKey,
)
from console.organizations.doors import actor_of, person_of
from console.organizations.errors import NotFound
from console.organizations.models import ApiKey, Membership, Organization
from console.organizations.policies import permissions_on, require

router = Router(tags=["Callers and keys"])


class Closed(Schema):
    """A body that refuses what it does not name (T18)."""

    model_config = ConfigDict(extra="forbid")


class KeyIn(Closed):
    """A new key."""

    name: str = Field(max_length=100)
    role: Literal["developer", "qa", "org_admin", "auditor"]
    kind: Literal["personal", "service", "assistant"] = "personal"
    environments: list[str] = Field(default=[], max_length=50)
    expires_in_days: int = Field(default=LIFETIME_DAYS, ge=1, le=LONGEST_DAYS, strict=True)


class RotateIn(Closed):
    """How long the old key still works."""

    overlap_hours: int = Field(default=OVERLAP_HOURS, ge=0, le=LONGEST_OVERLAP_HOURS, strict=True)


class PushIn(Closed):
    """Whether the key may push to Production."""

    may_push: StrictBool


class KeyOut(Schema):
    """A key; never its text."""

    id: UUID
    name: str
    prefix: str
    kind: str
    role: str
    environments: list[str]
    may_push: bool
    owner: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class MadeKeyOut(KeyOut):
    """A new key with its text, shown this once."""

    key: str


class KeysOut(Schema):
    """A page of keys, newest first."""

    items: list[KeyOut]
    next_cursor: str | None


class MeOut(Schema):
    """Who calls."""

    id: UUID
    name: str
    email: str
    organization: str
    roles: list[str]
    permissions: list[str]
    key: KeyOut | None


@router.get("/me", response=MeOut, summary="Who am I")
def me(request: HttpRequest) -> dict[str, Any]:
    """The person behind the key or session, the organization, and what may be done now."""
    person, tenant = person_of(request), tenant_of(request)
    membership = Membership.objects.filter(user=person, organization=tenant).first()
    roles = [person.key.role] if person.key else [role.value for role in membership.role_list] if membership else []
    return {
        "id": person.pk,
        "name": person.name,
        "email": person.email,
        "organization": tenant.slug,
        "roles": roles,
        "permissions": sorted(permissions_on(person, tenant)),
        "key": key_out(person.key) if person.key else None,
    }


@router.get("/api-keys", response=KeysOut, summary="List keys")
def list_keys(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """One's own keys, or all of the organization for who manages them or audits them."""
    binding = f"keys:{tenant_of(request).pk}"
    found = _visible(request).select_related("owner").order_by("-pk")
    if cursor:
        found = found.filter(pk__lt=read_cursor(cursor, binding))
    rows = list(found[: limit + 1])
    shown = rows[:limit]
    more = write_cursor(str(shown[-1].pk), binding) if len(rows) > limit else None
    return {"items": [key_out(key) for key in shown], "next_cursor": more}


@router.post("/api-keys", response={201: MadeKeyOut}, summary="Make a key")
def make_key(request: HttpRequest, response: HttpResponse, body: KeyIn) -> Any:
    """The text of the key is in this answer and nowhere else."""
    made = create_key(
        tenant_of(request),
        actor=actor_of(request),
        name=body.name,
        role=body.role,
        kind=body.kind,
        environments=body.environments,
        days=body.expires_in_days,
    )
    return _shown_once(response, made)


@router.post("/api-keys/{key}/rotate", response={201: MadeKeyOut}, summary="Rotate a key")
def rotate(
    request: HttpRequest,
    response: HttpResponse,
    key: str,
    body: RotateIn = RotateIn(),  # noqa: B008
) -> Any:
    """A successor with the same name and limits; the old key works for the overlap."""
    made = rotate_key(_key(request, key), actor=actor_of(request), overlap_hours=body.overlap_hours)
    return _shown_once(response, made)


@router.patch("/api-keys/{key}", response=KeyOut, summary="Allow or forbid pushes")
def set_push(request: HttpRequest, key: str, body: PushIn) -> dict[str, Any]:
    """Only a person at a screen may allow it; a key never can."""
    act = allow_push if body.may_push else forbid_push
    return key_out(act(_key(request, key), actor=actor_of(request)))


@router.delete("/api-keys/{key}", response={204: None}, summary="Revoke a key")
def delete_key(request: HttpRequest, key: str) -> Any:
    """It opens nothing any more, at once and in every process."""
    revoke_key(_key(request, key), actor=actor_of(request))
    return Status(204, None)


def key_out(key: ApiKey) -> dict[str, Any]:
    """A key as the API shows it."""
    names = ("name", "prefix", "kind", "role", "environments", "may_push")
    times = ("created_at", "expires_at", "last_used_at", "revoked_at")
    return {"id": key.pk, "owner": key.owner.name} | {name: getattr(key, name) for name in (*names, *times)}


def _shown_once(response: HttpResponse, made: MadeKey) -> Any:
    """A key with its text, in an answer that nobody keeps: no cache, no proxy, no Idempotency-Key."""
    response.headers["Cache-Control"] = "no-store"
    return Status(201, key_out(made.key) | {"key": made.secret})


def tenant_of(request: HttpRequest) -> Organization:
    """The organization of the key or session."""
    found: Organization = request.organization  # type: ignore[attr-defined]  # set with the caller
    return found


def _visible(request: HttpRequest) -> Any:
    tenant, held = tenant_of(request), permissions_on(person_of(request), tenant_of(request))
    if not held & {"create_own_keys", "manage_keys", "view_settings"}:
        require(actor_of(request), "create_own_keys", tenant)
    all_keys = bool(held & {"manage_keys", "view_settings"})
    return ApiKey.objects.visible_to(person_of(request), tenant, all_keys=all_keys)


def _key(request: HttpRequest, name: str) -> ApiKey:
    try:
        pk = UUID(name)
    except ValueError:
        pk = None
    found: ApiKey | None = _visible(request).select_related("owner", "organization").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such key, or not for you.")
    return found
