"""Questions about people that other rooms ask as well; compiled (ADR 018)."""

from uuid import UUID

from django.db.models import QuerySet

from console.organizations.compiled import compiled
from console.organizations.models import User


@compiled
def people_called(wanted: list[UUID]) -> QuerySet[User]:
    """People by id, in no order."""
    return User.objects.filter(pk__any=wanted)
