"""Who may do what in an organization. One of the few files that talk to guardian.

Questions are about permissions, never about roles; roles appear only where they are given out.
"""

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.core import ObjectPermissionChecker
from guardian.utils import get_group_obj_perms_model, get_user_obj_perms_model

from console.organizations.compiled import compiled
from console.organizations.errors import Holder, PermissionMissing, SignInNotFresh
from console.organizations.prepared import rows
from console.organizations.roles import (
    ASSISTANT_PERMISSIONS,
    DEVELOPMENT_SLUGS,
    DRAFT_PERMISSIONS,
    PEOPLE_ONLY,
    PERMISSIONS,
    Role,
    permissions_of,
    roles_carrying,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from django.db.models import Model, QuerySet

    from console.organizations.actor import Actor
    from console.organizations.models import ApiKey, Organization, User
    from console.organizations.roles import ReadingRules

FRESH = timedelta(minutes=15)  # how long a proof of identity counts as fresh (design.md, house-style.md part 12)

HELD = """
SELECT permission.codename FROM auth_permission permission JOIN (
    SELECT permission_id FROM {0} WHERE user_id = %s AND content_object_id = %s
    UNION ALL
    SELECT held.permission_id FROM {2} belonging JOIN {1} held ON held.group_id = belonging.group_id
    WHERE belonging.user_id = %s AND held.content_object_id = %s
) held ON held.permission_id = permission.id
"""


HOLDERS = """
WITH held AS (
    SELECT permission_id, user_id FROM {0} WHERE content_object_id = %(organization)s
    UNION
    SELECT held.permission_id, belonging.user_id FROM {1} held JOIN {2} belonging ON belonging.group_id = held.group_id
    WHERE held.content_object_id = %(organization)s
)
SELECT person.name, permission.codename, person.id FROM held
JOIN auth_permission permission ON permission.id = held.permission_id JOIN {3} person ON person.id = held.user_id
WHERE permission.codename = ANY(%(wanted)s) AND person.is_active ORDER BY person.name, person.id
"""


def permissions_on(user: "User | None", organization: "Organization") -> frozenset[str]:
    """Every permission a person holds on the organization at this moment, read from the database."""
    if user is None or not user.is_active:
        return frozenset()
    return limited(user, organization, held_on(user, organization))


def held_on(user: "User", subject: "Model") -> frozenset[str]:
    """What guardian's `ObjectPermissionChecker.get_perms` answers, in one statement that costs no building.

    Every verb asks it under its locks; only a page remembers the answer, for its own request (ADR 010).
    """
    if not user.is_active or user.is_superuser:
        return frozenset(ObjectPermissionChecker(user).get_perms(subject))
    return frozenset(codename for (codename,) in rows(_written(HELD, subject._meta.model), [user.pk, subject.pk] * 2))


def limited(user: "User", organization: "Organization", held: frozenset[str]) -> frozenset[str]:
    """What is left of a person's permissions when they act by an API key: never more than the person's own.

    The key's role as it is now, its kind, and whether pushes were allowed to it; nothing outside its organization,
    and no draft for a key that is limited to environments without Development.
    """
    key = user.key
    if key is None:
        return held
    if key.organization_id != organization.pk:
        return frozenset()
    held &= allowed_to_key(key.role, key.kind, organization, may_push=key.may_push)
    return held - DRAFT_PERMISSIONS if key.environments and DEVELOPMENT_SLUGS.isdisjoint(key.environments) else held


def allowed_to_key(role: str, kind: str, rules: "ReadingRules", *, may_push: bool) -> frozenset[str]:
    """What a key of this role and kind may do at most, in an organization with these reading rules."""
    allowed = permissions_of(Role(role), rules) - PEOPLE_ONLY
    if kind == "assistant":
        allowed &= ASSISTANT_PERMISSIONS
    if not may_push:
        allowed -= {"push_to_production"}
    return allowed


def environments_open_to(user: "User | None") -> list[str]:
    """The slugs of the environments that the person's key is limited to; empty for every place, and for people."""
    return user.key.environments if user and user.key else []


def require_key_as_it_is(actor: "Actor") -> None:
    """Refuse a key that has ended since its call began; what it may push holds from here on as it is now.

    A verb asks under the lock of `Organization.objects.steady`, and whoever takes something from a key waits for that.
    """
    if (key := actor.key) is None:
        return
    may_push = _may_push.first(key.pk)
    if may_push is None:
        raise ended_key()
    key.may_push = may_push


@compiled
def _may_push(key: UUID) -> "QuerySet[ApiKey, bool]":
    keys: Any = apps.get_model("organizations", "ApiKey")
    usable: QuerySet[ApiKey, bool] = keys.objects.usable().filter(pk=key).values_list("may_push", flat=True)
    return usable


def ended_key() -> PermissionMissing:
    """The refusal for what was begun with a key that has ended meanwhile."""
    message = _("The API key that began this was revoked or has expired. Nothing was changed.")
    return PermissionMissing(message, Holder(message))


def beyond_key(limit: "Iterable[str]", holder: Holder | None = None) -> PermissionMissing:
    """The refusal for what lies outside of the environments that a key is limited to."""
    only = ", ".join(limit)
    detail = f"This key is limited to {only}. Nothing was changed. Use a key that is made for more."
    return PermissionMissing(detail, holder or Holder(_("act beyond the environments of this key")))


def holder_of(permission: str, organization: "Organization") -> Holder:
    """Who could do it: the permission in words, the roles that carry it, the people who hold it."""
    people = dict.fromkeys(holders_in(organization, {permission})[permission].values())
    roles = [role.label for role in roles_carrying(permission, organization)]
    return Holder(permission=PERMISSIONS[permission], roles=roles, people=list(people)[:10])


def holders_in(organization: "Organization", permissions: "AbstractSet[str]") -> dict[str, dict[UUID, str]]:
    """For each of these permissions who holds it, by id, in the order of their names; one query."""
    found: dict[str, dict[UUID, str]] = {permission: {} for permission in permissions}
    asked = {"organization": organization.pk, "wanted": list(found)}
    for name, permission, person_id in rows(_written(HOLDERS, organization._meta.model), asked):
        found[permission][person_id] = name
    return found


@cache
def _written(statement: str, subject: Any) -> str:
    """A statement about rights with the names of its tables: grants to people, to groups, who belongs, people."""
    user: Any = get_user_model()
    models = (get_user_obj_perms_model(subject), get_group_obj_perms_model(subject), user.groups.through, user)
    return statement.format(*(model._meta.db_table for model in models))


def missing(permission: str, organization: "Organization") -> PermissionMissing:
    """The refusal for a missing right: it names the permission, the role and the people."""
    holder = holder_of(permission, organization)
    roles = " or ".join(holder.roles) or _("no role")
    people = ", ".join(holder.people) or _("nobody at the moment")
    return PermissionMissing(
        _("You may not %(permission)s. That right is held by %(roles)s: %(people)s. Nothing was changed.")
        % {"permission": holder.permission, "roles": roles, "people": people},
        holder,
    )


def require(actor: "Actor", permission: str, organization: "Organization") -> "User":
    """Let the person pass who acts, or refuse naming who holds the permission."""
    require_key_as_it_is(actor)
    if actor.user is None or permission not in permissions_on(actor.user, organization):
        raise missing(permission, organization)
    return actor.user


def require_fresh_sign_in(actor: "Actor", organization: "Organization") -> None:
    """Refuse unless the actor proved their identity within 15 minutes; only where the organization asks for it.

    It guards pushes to Production and whatever decides who may push: members, roles, rules (T37).
    """
    if not organization.fresh_sign_in_for_production:
        return
    if actor.proven_at is None or timezone.now() - actor.proven_at > FRESH:
        raise SignInNotFresh(
            _(
                "This act needs a proof of identity that is at most 15 minutes old. Nothing was changed."
                " Confirm who you are and send the form again; what you typed is kept."
            )
        )


def sync_role_groups(organization: "Organization") -> None:
    """Make the role groups' permissions equal to the role table and the organization's reading rules."""
    groups = _role_groups(organization)
    rows: Any = get_group_obj_perms_model(organization)
    ids = dict(Permission.objects.filter(content_type__model="organization").values_list("codename", "pk"))
    wanted = {(groups[role].pk, ids[code]) for role in Role for code in permissions_of(role, organization)}
    held = {
        (row.group_id, row.permission_id): row.pk
        for row in rows.objects.filter(content_object=organization, group__in=groups.values())
    }
    rows.objects.filter(pk__in=[held[pair] for pair in held.keys() - wanted]).delete()
    rows.objects.bulk_create(
        rows(group_id=group, permission_id=permission, content_object=organization)
        for group, permission in sorted(wanted - held.keys())
    )


def sync_member_groups(user: "User", organization: "Organization", roles: list[str]) -> None:
    """Put the person into exactly the role groups of these roles; no roles takes every right away."""
    groups = _role_groups(organization)
    user.groups.remove(*[group for role, group in groups.items() if role.value not in roles])
    user.groups.add(*[group for role, group in groups.items() if role.value in roles])


def _role_groups(organization: "Organization") -> dict[Role, Group]:
    """The groups of the four roles, made when they are missing."""
    names = {role: f"{organization.pk}:{role.value}" for role in Role}
    Group.objects.bulk_create([Group(name=name) for name in names.values()], ignore_conflicts=True)
    found = {group.name: group for group in Group.objects.filter(name__in=names.values())}
    return {role: found[name] for role, name in names.items()}
