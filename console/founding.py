"""How an organization begins: its role groups, its pipeline and its first Org Admin, all or nothing."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.clock import database_time
from audit.log import record
from console.organizations import policies
from console.organizations.actions import new_person
from console.organizations.actor import Actor
from console.organizations.errors import NotFound, SlugTaken
from console.organizations.models import SLUG, Installation, Membership, Organization, User
from console.organizations.names import checked_name, refused
from console.organizations.roles import Role
from console.organizations.tracking import credit
from console.rules import checked_rules
from environments.actions import create_pipeline
from environments.presets import STANDARD, preset_named


@dataclass(frozen=True, kw_only=True)
class Charter:
    """What an organization begins with; `rules` are settings that differ from their defaults."""

    slug: str
    name: str
    preset: str = STANDARD.name
    rules: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Founder:
    """The account of the first person of a console."""

    email: str
    name: str
    password: str


def is_set_up() -> bool:
    """Whether the first organization exists, which closes `/setup` for good."""
    return Installation.objects.exists()


def set_up(charter: Charter, *, actor: Actor, founder: Founder) -> Organization:
    """Make the first organization with its Org Admin, once; afterwards `NotFound` for ever, also in a race.

    No `verb` frame: before the organization exists there is no log that could keep a refusal.
    """
    with transaction.atomic(durable=True):
        _open_installation()
        person = new_person(email=founder.email, name=founder.name, password=founder.password)
        return _found(charter, person, replace(actor, user=person))


def found_organization(charter: Charter, *, actor: Actor) -> Organization:
    """Make an organization whose first Org Admin is the actor, for operators and the demo; no page leads here.

    It closes `/setup` as well.
    """
    if actor.user is None:
        raise NotFound(_("An organization is founded by a person."))
    with transaction.atomic(durable=True):
        Installation.objects.get_or_create(pk=1)
        return _found(charter, actor.user, actor)


def _found(charter: Charter, founder: User, actor: Actor) -> Organization:
    organization = _new_organization(charter, founder)
    policies.sync_role_groups(organization)
    membership = Membership(
        organization=organization, user=founder, roles=[Role.ORG_ADMIN.value], joined_at=database_time()
    )
    credit(membership, by=founder, at=membership.joined_at)
    membership.save(force_insert=True)
    policies.sync_member_groups(founder, organization, membership.roles)
    preset = preset_named(charter.preset)
    if preset is None:
        raise refused("preset", _("There is no such pipeline to begin with."))
    create_pipeline(organization, actor=actor, preset=preset)
    data = {"slug": organization.slug, "name": organization.name, "rules": charter.rules}
    record("organization.created", organization.audit_target(), actor=actor, data=data)
    return organization


def _new_organization(charter: Charter, founder: User) -> Organization:
    try:
        SLUG(charter.slug)
    except ValidationError:
        raise refused("slug", str(SLUG.message)) from None
    name, rules = checked_name(charter.name, "organization"), checked_rules(charter.rules)
    organization = Organization(**(rules | {"slug": charter.slug, "name": name}))
    credit(organization, by=founder)
    try:
        with transaction.atomic():
            organization.save(force_insert=True)
    except IntegrityError:
        raise SlugTaken(
            _("There is an organization %(slug)s already. Nothing was created.") % {"slug": charter.slug}
        ) from None
    return organization


def _open_installation() -> None:
    try:
        with transaction.atomic():
            Installation.objects.create(pk=1)
    except IntegrityError:
        raise NotFound(_("The console is set up.")) from None


set_up.audit_verb = "organization.created"  # type: ignore[attr-defined]  # read by the guard test
found_organization.audit_verb = "organization.created"  # type: ignore[attr-defined]
