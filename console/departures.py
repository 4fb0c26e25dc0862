"""How a person leaves an organization: a verb over two rooms, because grants on agents go with the member."""

from agents.grants import drop_grants_of
from audit.log import record, verb
from console.organizations import policies
from console.organizations.actions.keys import end_keys_of
from console.organizations.actions.members import end_invitations_of, membership_now, refuse_without_admin
from console.organizations.actor import Actor
from console.organizations.models import Membership, Organization
from console.organizations.tracking import credit


@verb("member.removed")
def remove_member(membership: Membership, *, actor: Actor) -> None:
    """End a membership with all its rights; the person's account and what the logs say of them stay."""
    organization = Organization.objects.locked(membership.organization)
    policies.require(actor, "manage_members", organization)
    policies.require_fresh_sign_in(actor, organization)
    current = membership_now(membership)
    refuse_without_admin(organization, current)
    target, roles = current.audit_target(), current.roles
    policies.sync_member_groups(current.user, organization, [])
    grants = drop_grants_of(current.user, organization)
    ended = end_invitations_of(current.user, organization)
    keys = end_keys_of(current.user, organization)
    credit(current, by=actor.user)
    current.delete()
    data = {"before": roles, "grants_ended": grants, "invitations_withdrawn": ended, "keys_revoked": keys}
    record("member.removed", target, actor=actor, data=data)
