"""Which organizations, members and invitations a person may see."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from console.organizations.models import Invitation, Membership, Organization, User  # noqa: F401  # named in a string below


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Organizations."""

    def visible_to(self, user: "User") -> Self:
        """The organizations a person belongs to; every other one does not exist for them."""
        if not user.is_active:
            return self.none()
        return self.filter(memberships__user=user)

    def locked(self, organization: "Organization") -> "Organization":
        """The row as it is now, locked until the transaction ends: verbs about people queue up here.

        The lock leaves the key alone (FOR NO KEY UPDATE): a stronger one would wait for every row that
        somebody else adds to the organization and could deadlock with the audit chain.
        """
        return self.select_for_update(no_key=True).get(pk=organization.pk)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships."""

    def with_role(self, role: str) -> Self:
        """Members who hold a role and can sign in."""
        return self.filter(roles__contains=[role], user__is_active=True)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations."""

    def open(self) -> Self:
        """Neither used nor revoked nor expired."""
        now: Any = timezone.now()
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)

    def withdraw(self) -> int:
        """Make these links useless; how many there were."""
        return self.update(revoked_at=timezone.now())
