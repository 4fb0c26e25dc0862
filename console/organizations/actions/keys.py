"""API keys: made, rotated, allowed to push, and revoked. A key never may more than the person who made it may now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit.clock import database_time
from audit.log import record, verb
from console.organizations import policies
from console.organizations.actor import Actor
from console.organizations.errors import Conflict, NotFound, SlugTaken
from console.organizations.keys import digest_of, new_key, prefix_of
from console.organizations.models import ApiKey, Organization, User
from console.organizations.names import checked_name, refused
from console.organizations.roles import PEOPLE_ONLY, Role, permissions_of

LIFETIME_DAYS = 90  # G26
LONGEST_DAYS = 366
OVERLAP_HOURS = 24
LONGEST_OVERLAP_HOURS = 7 * 24
PER_PERSON = 50
NAME_LENGTH = 100
SLUG = re.compile(r"[a-z0-9_-]{1,63}")


@dataclass(frozen=True)
class MadeKey:
    """A key and its text, which is shown this once and kept nowhere."""

    key: ApiKey
    secret: str


@verb("key.created")
def create_key(
    organization: Organization,
    *,
    actor: Actor,
    name: str,
    role: str,
    kind: str = ApiKey.Kind.PERSONAL,
    environments: Sequence[str] = (),
    days: int = LIFETIME_DAYS,
) -> MadeKey:
    """Make a key that acts with this role, at most with the rights that its maker holds at each moment.

    Keys of service accounts are made by whoever manages the organization's keys, own ones by everybody.
    `environments` are slugs; none means everywhere. Pushing to Production is off until `allow_push`.
    A key makes no key that reaches further, in place or time, than itself, and what it made ends with it.
    """
    organization = Organization.objects.steady(organization)
    wanted = "manage_keys" if kind == ApiKey.Kind.SERVICE else "create_own_keys"
    owner = policies.require(actor, wanted, organization)
    if actor.key is None:
        policies.require_fresh_sign_in(actor, organization)
    _require_role(actor, organization, role)
    maker = _maker(actor, environments)
    _require_kind_and_room(organization, owner, kind, days)
    now = database_time()
    made = _keep(
        ApiKey(
            organization=organization,
            owner=owner,
            name=checked_name(name)[:NAME_LENGTH],
            kind=kind,
            role=role,
            environments=_places(environments),
            created_at=now,
            expires_at=_end(now, days, maker),
            made_by=maker,
        )
    )
    record("key.created", made.key.audit_target(), actor=actor, data=_facts(made.key))
    return made


@verb("key.rotated")
def rotate_key(key: ApiKey, *, actor: Actor, overlap_hours: int = OVERLAP_HOURS) -> MadeKey:
    """Make the key's successor with the same name, role and limits; the old one works for the overlap and then ends.

    The successor's text is as good as the key's, so a person proves who they are, and a program rotates only its own.
    """
    organization = Organization.objects.locked(key.organization)
    current = _changeable(key, actor, organization)
    if actor.key is None:
        policies.require_fresh_sign_in(actor, organization)
    _require_rotatable(current, actor, overlap_hours)
    now = database_time()
    lifetime = current.expires_at - current.created_at
    successor = ApiKey(
        organization=organization,
        owner=current.owner,
        name=current.name,
        kind=current.kind,
        role=current.role,
        environments=current.environments,
        may_push=current.may_push,
        created_at=now,
        expires_at=now + lifetime,
        # What a program made of its key ends with the key; what a person made of it takes the key's place.
        made_by=current if actor.key else current.made_by,
    )
    current.replaced_by_id, current.expires_at = successor.pk, min(current.expires_at, _after(now, overlap_hours))
    # The old key points to its successor first: the name belongs to whichever key has none (a deferred foreign key).
    current.save(update_fields=["replaced_by", "expires_at"])
    made = _keep(successor)
    record("key.rotated", current.audit_target(), actor=actor, data=_facts(made.key) | {"overlap_hours": overlap_hours})
    return made


@verb("key.revoked")
def revoke_key(key: ApiKey, *, actor: Actor) -> ApiKey:
    """End a key at once, with every key that it made; one's own, or any for whoever manages the organization's keys.

    A program that ends the key which it took the place of does not end itself.
    """
    organization = Organization.objects.locked(key.organization)
    current = _changeable(key, actor, organization)
    now, made = database_time(), _made_by(current, but=actor.key)
    for one in (current, *made):
        one.revoked_at = now
        one.save(update_fields=["revoked_at"])
        with_it = {} if one is current else {"ended_with": current.prefix}
        record("key.revoked", one.audit_target(), actor=actor, data=_facts(one) | with_it)
    return current


def end_keys_of(person: User, organization: Organization) -> int:
    """End the keys of somebody who leaves, so that none comes to life when they return; how many there were."""
    mine = ApiKey.objects.filter(owner=person, organization=organization, revoked_at=None)
    return mine.filter(expires_at__gt=database_time()).update(revoked_at=database_time())


@verb("key.push_allowed")
def allow_push(key: ApiKey, *, actor: Actor) -> ApiKey:
    """Let a key push to Production; off until an Org Admin at a screen says so for this key (G26)."""
    return _set_push(key, actor, allowed=True)


@verb("key.push_forbidden")
def forbid_push(key: ApiKey, *, actor: Actor) -> ApiKey:
    """Take the permission to push away from a key, and from every key that it made."""
    return _set_push(key, actor, allowed=False)


def _set_push(key: ApiKey, actor: Actor, *, allowed: bool) -> ApiKey:
    organization = Organization.objects.locked(key.organization)
    policies.require(actor, "manage_keys", organization)
    if actor.key is not None:
        raise policies.missing("manage_settings", organization)
    policies.require_fresh_sign_in(actor, organization)
    current = _now(key)
    if current.kind == ApiKey.Kind.ASSISTANT:
        raise Conflict(_("A key of an assistant can never push. Nothing was changed."))
    if current.may_push == allowed:
        raise Conflict(
            _("%(current)s %(value)s push already. Nothing was changed.")
            % {"current": current, "value": "may" if allowed else "may not"}
        )
    made = [] if allowed else [one for one in _made_by(current) if one.may_push]
    for one in (current, *made):
        one.may_push = allowed
        one.save(update_fields=["may_push"])
        record("key.push_allowed" if allowed else "key.push_forbidden", one.audit_target(), actor=actor)
    return current


def _require_kind_and_room(organization: Organization, owner: User, kind: str, days: int) -> None:
    if kind not in ApiKey.Kind.values:
        raise refused(
            "kind",
            _("There is no kind %(kind)s; there are %(choices)s.")
            % {"kind": f"{kind[:20]!r}", "choices": ", ".join(ApiKey.Kind.values)},
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise refused("days", f"A key lives 1 to {LONGEST_DAYS} days.")
    if ApiKey.objects.usable().filter(organization=organization, owner=owner).count() >= PER_PERSON:
        raise Conflict(
            _("You have %(limit)s keys already. Nothing was changed. Revoke one that is not used.")
            % {"limit": PER_PERSON}
        )


def _require_rotatable(current: ApiKey, actor: Actor, overlap_hours: int) -> None:
    if not 0 <= overlap_hours <= LONGEST_OVERLAP_HOURS:
        raise refused("overlap_hours", f"Choose 0 to {LONGEST_OVERLAP_HOURS} hours.")
    if current.replaced_by_id:
        raise Conflict(
            _("%(current)s was rotated already. Nothing was changed. Rotate its successor.") % {"current": current}
        )
    if current.owner_id != (actor.user.pk if actor.user else None):
        raise Conflict(
            _("%(current)s acts for %(name)s, who alone can rotate it. Nothing was changed.")
            % {"current": current, "name": current.owner.name}
        )
    if actor.key is not None and actor.key.pk != current.pk:
        raise Conflict(
            _("A program rotates only the key it calls with, not %(current)s. Nothing was changed.")
            % {"current": current}
        )


def _require_role(actor: Actor, organization: Organization, role: str) -> None:
    """The maker holds everything the role carries, so that a key is no way to more rights."""
    if role not in {one.value for one in Role}:
        raise refused(
            "role",
            _("There is no role %(role)s; there are %(choices)s.")
            % {"role": f"{role[:20]!r}", "choices": ", ".join(one.value for one in Role)},
        )
    held = policies.permissions_on(actor.user, organization)
    lacking = sorted(permissions_of(Role(role), organization) - PEOPLE_ONLY - held - {"push_to_production"})
    if lacking:
        raise policies.missing(lacking[0], organization)


def _places(environments: Sequence[str]) -> list[str]:
    """The slugs once each; `Invalid` for what no environment can be called."""
    for slug in environments:
        if not SLUG.fullmatch(slug):
            raise refused("environments", _("An environment is named by its slug: small letters, digits and hyphens."))
    return sorted(set(environments))


def _maker(actor: Actor, environments: Sequence[str]) -> ApiKey | None:
    """The key that makes another one, held as it is until the new one is there: it may have ended a moment ago.

    A key that is limited to environments makes only keys that are limited to some of them.
    """
    if actor.key is None:
        return None
    maker = ApiKey.objects.usable().select_for_update(of=("self",), no_key=True).filter(pk=actor.key.pk).first()
    if maker is None:
        raise Conflict(_("The key of this call has ended. Nothing was changed."))
    if maker.environments and not (environments and set(environments) <= set(maker.environments)):
        raise policies.beyond_key(maker.environments)
    return maker


def _made_by(key: ApiKey, but: ApiKey | None = None) -> list[ApiKey]:
    """The keys that a key made, that those made, and so on, which are still good; without one of them and its own."""
    found: list[ApiKey] = []
    makers = [key.pk]
    while makers:
        made = ApiKey.objects.select_for_update(of=("self",), no_key=True).select_related("owner", "organization")
        some = [one for one in made.filter(made_by__in=makers).order_by("pk") if but is None or one.pk != but.pk]
        makers = [one.pk for one in some]
        found += [one for one in some if one.revoked_at is None and one.expires_at > database_time()]
    return found


def _changeable(key: ApiKey, actor: Actor, organization: Organization) -> ApiKey:
    """The key as it is now, of the actor, or any for who manages keys; `Conflict` when it has ended."""
    held = policies.permissions_on(actor.user, organization)
    is_own = actor.user is not None and actor.user.pk == key.owner_id and "create_own_keys" in held
    if not is_own and "manage_keys" not in held:
        raise policies.missing("manage_keys", organization)
    current = _now(key)
    if current.revoked_at or current.expires_at <= database_time():
        raise Conflict(_("%(current)s has ended already. Nothing was changed.") % {"current": current})
    return current


def _now(key: ApiKey) -> ApiKey:
    """The row as it is, locked until the transaction ends."""
    keys = ApiKey.objects.select_for_update(of=("self",), no_key=True).select_related("owner", "organization")
    found = keys.filter(pk=key.pk).first()
    if found is None:
        raise NotFound(_("There is no such key."))
    return found


def _keep(key: ApiKey) -> MadeKey:
    """Write a new key; a name that only an expired key has is free again, a failed create never burns it (S24)."""
    secret = new_key()
    key.prefix, key.digest = prefix_of(secret), digest_of(secret)
    same = ApiKey.objects.filter(organization=key.organization, name__iexact=key.name, revoked_at=None)
    same.filter(expires_at__lte=key.created_at).update(revoked_at=F("expires_at"))
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:
        raise SlugTaken(
            _("A key named %(name)s exists already. Choose another name. Nothing was changed.") % {"name": key.name}
        ) from None
    return MadeKey(key, secret)


def _end(now: datetime, days: int, maker: ApiKey | None) -> datetime:
    """When a new key ends: not after the key that makes it."""
    ends = now + timedelta(days=days)
    return min(ends, maker.expires_at) if maker else ends


def _after(now: datetime, hours: int) -> datetime:
    """The end of an overlap; a key always ends after it began, also with no overlap at all."""
    return now + timedelta(hours=hours, seconds=1)


def _facts(key: ApiKey) -> dict[str, Any]:
    """What the event keeps of a key; never its text or digest."""
    return {
        "prefix": key.prefix,
        "kind": key.kind,
        "role": key.role,
        "environments": key.environments,
        "may_push": key.may_push,
        "expires_at": key.expires_at.isoformat(),
    }
