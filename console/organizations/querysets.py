"""Which organizations, members and invitations a person may see."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from console.organizations.prepared import rows

if TYPE_CHECKING:
    from console.organizations.models import (  # noqa: F401  # named in strings below
        ApiKey,
        Invitation,
        Membership,
        Notification,
        Organization,
        User,
    )


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Organizations."""

    def visible_to(self, user: "User") -> Self:
        """The organizations a person belongs to; every other one does not exist for them."""
        if not user.is_active:
            return self.none()
        return self.filter(memberships__user=user)

    def locked(self, organization: "Organization") -> "Organization":
        """The row as it is now, locked until the transaction ends: verbs about people and rules queue up here.

        They wait for the acts under way (`steady`), and acts that come later wait for them. The row lock leaves
        the key alone (FOR NO KEY UPDATE): a stronger one would wait for every row that somebody else adds to
        the organization and could deadlock with the audit chain.
        """
        _lock_rules("pg_advisory_xact_lock", organization)
        return self.select_for_update(no_key=True).get(pk=organization.pk)

    def steady(self, organization: "Organization") -> "Organization":
        """The row as it is now; people, roles and rules stay as they are until the transaction ends (G16).

        Any number of acts share this. It comes before every row lock. An advisory lock, because it is fair:
        with row locks, a stream of acts could keep a removal of their own author waiting for ever (T50).
        """
        self.hold_still(organization)
        return self.get(pk=organization.pk)

    def hold_still(self, organization: "Organization") -> None:
        """The lock of `steady` for who reads the row in the next statement anyway."""
        _lock_rules("pg_advisory_xact_lock_shared", organization)


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


class NotificationQuerySet(models.QuerySet["Notification"]):
    """What people were told."""

    def of(self, user: "User", organization: "Organization") -> Self:
        """One's own, in one organization."""
        return self.filter(user=user, organization=organization)

    def unread(self) -> Self:
        """Not looked at yet."""
        return self.filter(read_at=None)

    def newest_first(self) -> Self:
        """In the order in which they were written, backwards: ids are sorted by time."""
        return self.order_by("-id")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """API keys."""

    def usable(self) -> Self:
        """Neither revoked nor expired by the database's clock, of somebody who can sign in (T41)."""
        return self.filter(revoked_at=None, expires_at__gt=Now(), owner__is_active=True)

    def visible_to(self, user: "User", organization: "Organization", *, all_keys: bool) -> Self:
        """One's own keys, or all of the organization for who looks after its people."""
        found = self.filter(organization=organization)
        return found if all_keys else found.filter(owner=user)


def _lock_rules(function: str, organization: "Organization") -> None:
    rows(f"SELECT {function}(hashtext('rules'), hashtext(%s))", [str(organization.pk)])
