"""Which agents a person may see, and how versions are listed."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from agents import policies

if TYPE_CHECKING:
    from agents.models import Agent, Version  # noqa: F401  # named in a string below
    from console.organizations.models import Organization, User


class AgentQuerySet(models.QuerySet["Agent"]):
    """Agents."""

    def visible_to(self, user: "User", organization: "Organization", held: frozenset[str] | None = None) -> Self:
        """The organization's agents that a person may list; every other one does not exist for them.

        Who may see Development sees all, who may see releases sees what has left Development, and a
        grant on a single agent opens that agent in the same two ways (design.md section 3). `held` are the person's
        permissions in the organization where they have been asked for already.
        """
        scope = policies.listing_scope(user, organization, held)
        if scope.everything:
            return self.filter(organization=organization)
        seen = Q(pk__in=scope.whole_agents)
        released = Q(released_at__isnull=False)
        seen |= released if scope.released else released & Q(pk__in=scope.released_agents)
        return self.filter(seen, organization=organization)

    def current(self) -> Self:
        """Not archived."""
        return self.filter(archived_at=None)


class VersionQuerySet(models.QuerySet["Version"]):
    """Versions."""

    def newest_first(self) -> Self:
        """By number, the latest first."""
        return self.order_by("-number")
