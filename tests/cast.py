"""The people of the tests: one per role and a stranger, made by the verbs that make people anywhere.

Ask for the people a test speaks of as fixtures (`dana`, `quinn`, `mara`, `avery`, `sam`); `organization` is
theirs, Sam is Org Admin of another one. `person.client()` is a browser that is signed in, `person.actor()`
the same person for calling a verb directly.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string
from pytest_django import Settings

from console.founding import Charter, found_organization
from console.organizations.actions import accept_invitation, invite_member
from console.organizations.actor import Actor
from console.organizations.models import Membership, Organization, User
from console.organizations.prepared import insert
from tests.remembering import remembered

PASSWORD = "correct horse battery staple"
ADDRESS = "192.0.2.7"


@dataclass(frozen=True)
class Person:
    """One of the cast with what tests ask of them."""

    user: User

    @property
    def name(self) -> str:
        """As the screen says it."""
        return self.user.name

    def actor(self) -> Actor:
        """The person behind a verb that is called directly; their sign-in is fresh."""
        return Actor(user=self.user, door="page", address=ADDRESS, proven_at=timezone.now())

    def client(self) -> Client:
        """A browser in which the person signed in just now."""
        return signed_in(self.user, minutes_ago=0)

    def stale_client(self) -> Client:
        """A browser in which the person signed in 16 minutes ago."""
        return signed_in(self.user, minutes_ago=16)

    def membership_in(self, organization: Organization) -> Membership:
        """The person's membership."""
        return Membership.objects.get(organization=organization, user=self.user)


def signed_in(user: User, *, minutes_ago: float) -> Client:
    """A browser with the session that a sign-in leaves behind, written at once; the tests of signing in do sign in."""
    client, key = Client(REMOTE_ADDR=ADDRESS), get_random_string(32)
    kept = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        **proof(user, minutes_ago),
    }
    until = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    insert(Session(session_key=key, session_data=Session.objects.encode(kept), expire_date=until))
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def prove(client: Client, user: User, *, minutes_ago: float = 0) -> None:
    """Note in the browser's session when the person last proved who they are."""
    session = client.session
    session.update(proof(user, minutes_ago))
    session.save()


def proof(user: User, minutes_ago: float) -> dict[str, object]:
    """What a session says about when and how the person proved who they are."""
    at = timezone.now().timestamp() - 60 * minutes_ago
    return {
        AUTHENTICATION_METHODS_SESSION_KEY: [{"method": "password", "at": at, "reauthenticated": True}],
        _AUTHENTICATION_METHODS_USER_SESSION_KEY: str(user.pk),
    }


@remembered
def new_account(email: str, name: str) -> Person:
    """Somebody with an account and no organization."""
    return Person(User.objects.create_user(email=email, name=name, password=PASSWORD))


@remembered
def found(founder: Person, slug: str, name: str, **rules: object) -> Organization:
    """An organization with its pipeline and its first Org Admin."""
    return found_organization(Charter(slug=slug, name=name, rules=rules), actor=founder.actor())


@remembered
def join(organization: Organization, admin: Person, person: Person, *roles: str) -> Membership:
    """Bring a person in by an invitation, as every member comes in."""
    invitation, _ = invite_member(organization, actor=admin.actor(), email=person.user.email, roles=list(roles))
    return accept_invitation(invitation, actor=person.actor())


@pytest.fixture
def cold(settings: Settings) -> None:
    """Every page costs what its first showing costs: for tests that count queries."""
    settings.QUEUE_COUNT_SECONDS = 0


@pytest.fixture
def founder(db: None) -> Person:
    """Mara Lindqvist before there is an organization."""
    return new_account("mara.lindqvist@example.com", "Mara Lindqvist")


@pytest.fixture
def organization(founder: Person) -> Organization:
    """The organization of the cast, under the default rules; Mara founded it."""
    return found(founder, "harbourline", "Harbourline")


@pytest.fixture
def mara(organization: Organization, founder: Person) -> Person:
    """Mara Lindqvist, Org Admin."""
    return founder


@pytest.fixture
def dana(organization: Organization, mara: Person) -> Person:
    """Dana Reyes, Developer."""
    person = new_account("dana.reyes@example.com", "Dana Reyes")
    join(organization, mara, person, "developer")
    return person


@pytest.fixture
def quinn(organization: Organization, mara: Person, dana: Person) -> Person:
    """Quinn Abara, QA."""
    person = new_account("quinn.abara@example.com", "Quinn Abara")
    join(organization, mara, person, "qa")
    return person


@pytest.fixture
def avery(organization: Organization, mara: Person, quinn: Person) -> Person:
    """Avery Stone, Auditor."""
    person = new_account("avery.stone@example.com", "Avery Stone")
    join(organization, mara, person, "auditor")
    return person


@pytest.fixture
def stranger(db: None) -> Person:
    """Sam Outsider before there is an organization."""
    return new_account("sam.outsider@example.com", "Sam Outsider")


@pytest.fixture
def other_organization(stranger: Person) -> Organization:
    """The organization of the stranger."""
    return found(stranger, "elsewhere", "Elsewhere")


@pytest.fixture
def sam(other_organization: Organization, stranger: Person) -> Person:
    """Sam Outsider, Org Admin of another organization."""
    return stranger
