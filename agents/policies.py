"""Who may do what with an agent. One of the few files that talk to guardian."""

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import OuterRef
from guardian.shortcuts import assign_perm, get_objects_for_user, remove_perm
from guardian.utils import get_group_obj_perms_model, get_user_obj_perms_model

from console.organizations.compiled import compiled
from console.organizations.policies import held_on, limited, missing, permissions_on, require_key_as_it_is
from console.organizations.prepared import rows
from console.organizations.roles import AGENT_PERMISSIONS, Role, agent_permissions_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from agents.models import Agent
    from console.organizations.actor import Actor
    from console.organizations.models import Organization, User

_HOLDERS = """
WITH members AS (
    SELECT person.id FROM {people} person JOIN {memberships} membership ON membership.user_id = person.id
    WHERE membership.organization_id = %(organization)s AND person.is_active
)
SELECT permission.codename, members.id FROM {by_group} held
JOIN auth_permission permission ON permission.id = held.permission_id
JOIN {belonging} belonging ON belonging.group_id = held.group_id JOIN members ON members.id = belonging.user_id
WHERE held.content_object_id = %(organization)s AND permission.codename = ANY(%(wanted)s)
UNION ALL
SELECT permission.codename, members.id FROM {alone} held
JOIN auth_permission permission ON permission.id = held.permission_id JOIN members ON members.id = held.user_id
WHERE held.content_object_id = %(agent)s AND permission.codename = ANY(%(wanted)s)
"""


@dataclass(frozen=True)
class ListingScope:
    """Which agents of an organization a person may list."""

    everything: bool = False
    released: bool = False
    whole_agents: list[UUID] = field(default_factory=list)
    released_agents: list[UUID] = field(default_factory=list)


def permissions_on_agent(user: "User | None", agent: "Agent", held: frozenset[str] | None = None) -> frozenset[str]:
    """Every permission on this agent: those of the organization (`held`, else as they are now) and those granted alone.

    A grant counts only for members, so that removing a member ends it at once.
    """
    held = permissions_on(user, agent.organization) if held is None else held
    if not held or user is None:
        return frozenset()
    return held | limited(user, agent.organization, held_on(user, agent))


def may(user: "User | None", permission: str, agent: "Agent") -> bool:
    """Whether the person holds the permission on this agent now; grants are read only where the role says no."""
    held = permissions_on(user, agent.organization)
    if permission in held or not held or user is None:
        return permission in held
    return permission in limited(user, agent.organization, held_on(user, agent))


def holders_on(agent: "Agent", permissions: "Iterable[str]") -> dict[str, set[UUID]]:
    """The members who hold each of these permissions on the agent now, by role or by a grant; one query.

    Written out, because every move asks it under its lock, and building it cost more than asking it.
    """
    held: dict[str, set[UUID]] = {permission: set() for permission in permissions}
    names: dict[str, Any] = {"organization": agent.organization_id, "agent": agent.pk, "wanted": list(held)}
    for permission, person in rows(_holders_written(), names):
        held[permission].add(person)
    return held


@cache
def _holders_written() -> str:
    """The statement with its tables: where it is written who belongs to what and holds what."""
    people: Any = get_user_model()
    organizations: Any = apps.get_model("organizations", "Organization")
    agents: Any = apps.get_model("agents", "Agent")
    models = {
        "people": people,
        "memberships": apps.get_model("organizations", "Membership"),
        "belonging": people.groups.through,
        "by_group": get_group_obj_perms_model(organizations),
        "alone": get_user_obj_perms_model(agents),
    }
    return _HOLDERS.format(**{name: model._meta.db_table for name, model in models.items()})


def require(actor: "Actor", permission: str, agent: "Agent") -> None:
    """Let the actor pass, or refuse naming who holds the permission."""
    require_key_as_it_is(actor)
    if not may(actor.user, permission, agent):
        raise missing(permission, agent.organization)


def sees(rights: frozenset[str], agent: "Agent") -> bool:
    """Whether an agent exists for who holds these rights on it: what `listing_scope` says of many (design.md 3)."""
    released = agent.released_at is not None
    return "view_development" in rights or (released and "view_agent_releases" in rights)


def listing_scope(user: "User", organization: "Organization", held: frozenset[str] | None = None) -> ListingScope:
    """What `visible_to` needs to know, in a constant number of queries."""
    held = permissions_on(user, organization) if held is None else held
    if "view_development" in held:
        return ListingScope(everything=True)
    if not held:
        return ListingScope()
    return ListingScope(
        released="view_agent_releases" in held,
        whole_agents=_granted(user, "view_development", organization),
        released_agents=_granted(user, "view_agent_releases", organization),
    )


def grants_on(agents: "Collection[Agent]") -> set[tuple[UUID, UUID, str]]:
    """Every permission granted on these agents alone: person, agent, permission; one query."""
    return set(_granted_on([agent.pk for agent in agents]))


def agents_granted(user: "User", permission: str) -> Any:
    """The ids of the agents on which a person holds a permission alone, to be asked inside another query."""
    return _grant_rows().filter(user=user, permission__codename=permission).values("content_object")


def granted_in(user: "User", organization: "Organization") -> frozenset[str]:
    """The permissions that a person holds on at least one single agent of an organization."""
    return frozenset(_granted_to(user.pk, organization.pk))


def grant_to(person: str, permission: str, agent: str) -> Any:
    """The grants that a row's person holds on its agent, to be asked inside another query by its column names."""
    return _grant_rows().filter(user=OuterRef(person), content_object=OuterRef(agent), permission__codename=permission)


def sync_grant(user: "User", agent: "Agent", roles: list[str]) -> None:
    """Make a person's permissions on one agent equal to what these granted roles carry."""
    wanted: frozenset[str] = frozenset()
    for role in roles:
        wanted |= agent_permissions_of(Role(role), agent.organization)
    held = held_on(user, agent) & frozenset(AGENT_PERMISSIONS)
    for permission in wanted - held:
        assign_perm(permission, user, agent)
    for permission in held - wanted:
        remove_perm(permission, user, agent)


def _grant_rows() -> Any:
    model: Any = apps.get_model("agents", "Agent")
    rows: Any = get_user_obj_perms_model(model)
    return rows.objects


@compiled
def _granted_on(agents: list[UUID]) -> "QuerySet[Any, tuple[UUID, UUID, str]]":
    found: QuerySet[Any, tuple[UUID, UUID, str]] = (
        _grant_rows()
        .filter(content_object__pk__any=agents)
        .values_list("user_id", "content_object_id", "permission__codename")
    )
    return found


@compiled
def _granted_to(user: UUID, organization: UUID) -> "QuerySet[Any, str]":
    rows = _grant_rows().filter(user=user, content_object__organization=organization)
    found: QuerySet[Any, str] = rows.values_list("permission__codename", flat=True)
    return found


def _granted(user: "User", permission: str, organization: "Organization") -> list[UUID]:
    if not limited(user, organization, frozenset({permission})):
        return []
    agents: QuerySet[Agent] = get_objects_for_user(user, f"agents.{permission}", use_groups=False, with_superuser=False)
    return list(agents.filter(organization=organization).values_list("pk", flat=True))
