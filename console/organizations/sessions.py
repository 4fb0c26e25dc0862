"""Who is signed in, asked at every request: Django's sessions and allauth's people, with compiled questions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from console.organizations.compiled import compiled
from console.organizations.models import User


class SessionStore(DatabaseSessions):
    """Sessions in the database."""

    def load(self) -> dict[str, Any]:
        """What the session keeps; nothing, and no key, when it has ended or never was."""
        kept = _kept.first(self.session_key, timezone.now()) if self.session_key else None
        if kept is None:
            self._session_key = None
            return {}
        return self.decode(kept)


class Accounts(AuthenticationBackend):  # type: ignore[misc]  # the library has no types
    """Signing in as allauth does it."""

    def get_user(self, user_id: UUID) -> User | None:
        """The person of a session, while they may sign in at all."""
        person = _person.first(user_id)
        return person if person and self.user_can_authenticate(person) else None


@compiled
def _kept(key: str, now: datetime) -> QuerySet[Session, str]:
    return Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data", flat=True)


@compiled
def _person(person: UUID) -> QuerySet[User]:
    return User.objects.filter(pk=person)
