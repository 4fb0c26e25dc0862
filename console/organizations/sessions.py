"""Who is signed in, asked at every request: Django's sessions and allauth's people, with compiled questions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from console.organizations import prepared
from console.organizations.compiled import compiled
from console.organizations.models import User
from console.organizations.questions import people_called

_SEEN_AGAIN = """ON CONFLICT (session_key) DO UPDATE SET user_id = EXCLUDED.user_id, ip = EXCLUDED.ip,
    user_agent = EXCLUDED.user_agent, last_seen_at = EXCLUDED.last_seen_at"""


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
        person = people_called.first([user_id])
        return person if person and self.user_can_authenticate(person) else None


def note_visit(person: User, session: SessionBase, ip: str, browser: str) -> None:
    """Keep when and where a session was last seen, for the page of one's sessions; one statement."""
    if not session.session_key:
        session.save()
    length = UserSession._meta.get_field("user_agent").max_length
    visit = UserSession(
        session_key=session.session_key, user=person, ip=ip, user_agent=browser[:length], last_seen_at=timezone.now()
    )
    prepared.insert(visit, _SEEN_AGAIN)


@compiled
def _kept(key: str, now: datetime) -> QuerySet[Session, str]:
    return Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data", flat=True)
