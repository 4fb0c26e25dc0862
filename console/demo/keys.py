"""An API key for each person of the demo, written into the credentials as soon as it is made."""

from typing import Any

from django.utils import timezone

from console.demo import credentials
from console.demo.people import BY_KEY, FOUNDER, ORGANIZATION_SLUG, PEOPLE
from console.organizations.actions import allow_push, create_key, revoke_key
from console.organizations.actor import Actor
from console.organizations.models import ApiKey, Organization, User
from console.organizations.roles import Role

NAME = "Demo key of {name}"
EVENTS = len(PEOPLE) + 1  # one key each, and that the Org Admin's may push


def make_keys(written: dict[str, Any]) -> None:
    """Give everybody a key of their role; a key whose text a killed load lost is revoked and made anew."""
    organization = Organization.objects.get(slug=ORGANIZATION_SLUG)
    founder = _actor(User.objects.get(email=FOUNDER.email), FOUNDER.address)
    for person, told in zip(PEOPLE, written["users"], strict=True):
        user = User.objects.filter(email=person.email, memberships__organization=organization).first()
        if "api_key" in told or user is None:
            continue
        actor = _actor(user, BY_KEY[person.key].address)
        name = NAME.format(name=person.name)
        for lost in ApiKey.objects.usable().filter(organization=organization, name=name):
            revoke_key(lost, actor=actor)
        made = create_key(organization, actor=actor, name=name, role=person.role.value)
        if person.role is Role.ORG_ADMIN:
            allow_push(made.key, actor=founder)
        told["api_key"] = made.secret
        credentials.note(written)


def _actor(user: User, address: str) -> Actor:
    return Actor(user=user, door="page", address=address, proven_at=timezone.now())
