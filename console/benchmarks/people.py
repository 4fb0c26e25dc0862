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
