"""How environments, pins, moves and decisions are listed."""

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from environments.models import Claim, Deployment, Environment, Pin, SignOff  # noqa: F401  # named in a string below


class EnvironmentQuerySet(models.QuerySet["Environment"]):
    """Environments."""

    def in_order(self) -> Self:
        """Along the pipeline."""
        return self.order_by("position")


class PinQuerySet(models.QuerySet["Pin"]):
    """Pins."""

    def with_facts(self) -> Self:
        """With everything a pin strip shows, in one query."""
        return self.select_related(
            "environment", "version", "version__release", "version__author", "deployment", "deployment__by"
        )


class DeploymentQuerySet(models.QuerySet["Deployment"]):
    """Moves of pins."""

    def newest_first(self) -> Self:
        """The timeline, backwards."""
        return self.order_by("-at", "-id")

    def with_facts(self) -> Self:
        """With everything a release record shows, in one query."""
        return self.select_related("environment", "version__author", "from_version", "by", "sign_off__by", "agent")


class SignOffQuerySet(models.QuerySet["SignOff"]):
    """QA's decisions."""

    def with_facts(self) -> Self:
        """With everything a timeline or a record shows, in one query."""
        return self.select_related("by", "version__author", "version__release", "environment")

    def newest_first(self) -> Self:
        """The decision in force is the first one."""
        return self.order_by("-at", "-id")


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Who is on what."""

    LIFE = timedelta(hours=2)

    def in_force(self) -> Self:
        """Not older than two hours."""
        return self.filter(at__gt=timezone.now() - self.LIFE)
