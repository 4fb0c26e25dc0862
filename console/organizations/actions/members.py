"""Who holds which roles; one Org Admin always stays (T43)."""

from django.utils.translation import gettext as _

from audit.clock import database_time
from audit.log import record, verb
from console.organizations import policies
from console.organizations.actor import Actor
from console.organizations.errors import Conflict, LastAdmin, NotFound, Stale
from console.organizations.models import Invitation, Membership, Organization, User
from console.organizations.names import refused
from console.organizations.roles import Role
from console.organizations.tracking import credit


def checked_roles(roles: list[str]) -> list[str]:
    """The roles once each in the order of the role table; `Invalid` for none and for an unknown one."""
    known = [role.value for role in Role]
    unknown = sorted(set(roles) - set(known))
    if unknown:
        raise refused(
            "roles",
            _("%(unknown)s is no role; there are %(choices)s.")
            % {"unknown": f"{unknown[0]!r}", "choices": ", ".join(known)},
        )
    if not roles:
        raise refused("roles", _("Choose at least one role."))
    return [role for role in known if role in roles]


def refuse_without_admin(organization: Organization, leaving: Membership) -> None:
    """Refuse when nobody else would be Org Admin; the caller holds the organization's lock."""
    admins = Membership.objects.filter(organization=organization).with_role(Role.ORG_ADMIN)
    if Role.ORG_ADMIN in leaving.roles and not admins.exclude(pk=leaving.pk).exists():
        raise LastAdmin(
            _(
                "%(name)s is the last Org Admin of %(organization_name)s, and an organization keeps at least one. "
                "Nothing was changed. Make somebody else Org Admin first."
            )
            % {"name": leaving.user.name, "organization_name": organization.name}
        )


def membership_now(membership: Membership) -> Membership:
    """The membership as it is under the lock; `NotFound` when the person left meanwhile."""
    current = Membership.objects.filter(pk=membership.pk).select_related("organization", "user").first()
    if current is None:
        raise NotFound(_("This person is no member any more."))
    return current


def end_invitations_of(person: User, organization: Organization) -> int:
    """Withdraw what a person invited while they might, when they may no longer; how many there were."""
    if "manage_members" in policies.permissions_on(person, organization):
        return 0
    return Invitation.objects.open().filter(organization=organization, invited_by=person).withdraw()


@verb("member.roles_changed")
def change_roles(
    membership: Membership, *, actor: Actor, roles: list[str], expected: list[str] | None = None
) -> Membership:
    """Give a member exactly these roles; rights follow on their next request.

    `expected` are the roles the caller saw: `Stale` when they changed meanwhile.
    """
    organization = Organization.objects.locked(membership.organization)
    policies.require(actor, "manage_members", organization)
    policies.require_fresh_sign_in(actor, organization)
    current = membership_now(membership)
    roles, before = checked_roles(roles), current.roles
    if expected is not None and sorted(expected) != sorted(before):
        raise Stale(
            _(
                "Somebody changed the roles of %(name)s meanwhile: %(current)s. "
                "Nothing was changed. Look again and decide anew."
            )
            % {"name": current.user.name, "current": _spoken(current)}
        )
    if sorted(roles) == sorted(before):
        raise Conflict(
            _("%(name)s has exactly these roles already. Nothing was changed.") % {"name": current.user.name}
        )
    if Role.ORG_ADMIN not in roles:
        refuse_without_admin(organization, current)
    current.roles = roles
    credit(current, by=actor.user, at=database_time())
    current.save(update_fields=["roles"])
    policies.sync_member_groups(current.user, organization, roles)
    ended = end_invitations_of(current.user, organization)
    data = {"before": before, "after": roles, "invitations_withdrawn": ended}
    record("member.roles_changed", current.audit_target(), actor=actor, data=data)
    return current


def _spoken(membership: Membership) -> str:
    return ", ".join(role.label for role in membership.role_list)
