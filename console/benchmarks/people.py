"""An organization with one person per role, for measuring; made by the verbs that make any."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from console.founding import Charter, found_organization
from console.organizations.actions import accept_invitation, invite_member
from console.organizations.actor import Actor
from console.organizations.models import Organization, User


@dataclass(frozen=True)
class Crew:
    """Who measures: a developer, a tester and an admin of one organization."""

    organization: Organization
    developer: Actor
    tester: Actor
    admin: Actor


def found_crew(slug: str = "bench", *, further: Sequence[tuple[str, str]] = ()) -> Crew:
    """A new organization of the measurements; `further` people are names with the role of each."""
    admin = _person("admin", slug)
    organization = found_organization(Charter(slug=slug, name=slug.title(), rules={}), actor=admin)
    crew = Crew(organization, _join(organization, admin, "developer"), _join(organization, admin, "qa"), admin)
    for name, role in further:
        _join(organization, admin, role, name)
    return crew


def crew_of(slug: str) -> Crew:
    """The first of each role in an organization that is there; `LookupError` where one is missing."""
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise LookupError(f"there is no organization {slug}")
    return Crew(organization, *(_first(organization, role) for role in ("developer", "qa", "org_admin")))


def _first(organization: Organization, role: str) -> Actor:
    member = organization.memberships.with_role(role).select_related("user").order_by("joined_at").first()
    if member is None:
        raise LookupError(f"the organization has no {role}")
    return Actor(user=member.user, proven_at=timezone.now())


def _person(name: str, slug: str) -> Actor:
    user = User.objects.create_user(f"{name}@{slug}.example", name.replace("-", " ").title())
    return Actor(user=user, proven_at=timezone.now())


def _join(organization: Organization, admin: Actor, role: str, name: str = "") -> Actor:
    actor = _person(name or role, organization.slug)
    if actor.user is None:
        raise LookupError("a person was just made")
    invitation, _ = invite_member(organization, actor=admin, email=actor.user.email, roles=[role])
    accept_invitation(invitation, actor=actor)
    return actor
