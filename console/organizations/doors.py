"""What every page door does first: who asks, and for which organization."""

from datetime import UTC, datetime
from typing import cast

from allauth.account.authentication import get_authentication_records
from django.http import Http404, HttpRequest

from console.organizations.actor import Actor
from console.organizations.models import Organization, User


def person_of(request: HttpRequest) -> User:
    """The signed-in person; the login-required middleware let nobody else through."""
    return cast("User", request.user)


def actor_of(request: HttpRequest) -> Actor:
    """The person behind a page's verb, with what the audit event keeps of the request."""
    records = get_authentication_records(request)
    proven = max((record["at"] for record in records if "at" in record), default=None)
    return Actor(
        user=person_of(request),
        door="page",
        request_id=getattr(request, "request_id", ""),
        address=request.META.get("REMOTE_ADDR", ""),
        proven_at=datetime.fromtimestamp(proven, UTC) if proven else None,
    )


def organization_for(request: HttpRequest, slug: str) -> Organization:
    """The organization of the address, or 404 for an unknown and a foreign one alike (T15)."""
    organization = Organization.objects.visible_to(person_of(request)).filter(slug=slug).first()
    if organization is None:
        raise Http404("No such organization.")
    request.organization = organization  # type: ignore[attr-defined]  # the frame's navigation reads it
    return organization
