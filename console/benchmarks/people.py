"""An organization with one person per role, for measuring; made by the verbs that make any."""

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


def found_crew() -> Crew:
    """The organization of the measurements, in an empty database."""
    admin = _person("admin")
    organization = found_organization(Charter(slug="bench", name="Bench", rules={}), actor=admin)
    return Crew(organization, _join(organization, admin, "developer"), _join(organization, admin, "qa"), admin)


def _person(name: str) -> Actor:
    user = User.objects.create_user(f"{name}@bench.example", name.title())
    return Actor(user=user, proven_at=timezone.now())


def _join(organization: Organization, admin: Actor, role: str) -> Actor:
    actor = _person(role)
    if actor.user is None:
        raise LookupError("a person was just made")
    invitation, _ = invite_member(organization, actor=admin, email=actor.user.email, roles=[role])
    accept_invitation(invitation, actor=actor)
    return actor
