"""How people come in: an invitation is a link for the owner of one e-mail address (G40, T39)."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.clock import database_time
from audit.log import record, verb
from console.organizations import mails, policies
from console.organizations.actions.members import checked_roles
from console.organizations.actions.people import new_person
from console.organizations.actor import Actor
from console.organizations.errors import Conflict, InvitationSpent
from console.organizations.models import Invitation, Membership, Organization, User
from console.organizations.names import checked_email
from console.organizations.tracking import credit

LIFETIME = timedelta(hours=24)
SPENT = (
    "This invitation cannot be used: it is unknown, used, withdrawn, older than 24 hours, or meant for another"
    " e-mail address than yours. Nothing was changed. Ask an Org Admin of the organization for a new one."
)


def find_invitation(token: str) -> Invitation:
    """The open invitation of a raw token; `InvitationSpent` for every other one, in the same words."""
    digest = sha256(token.encode("utf-8", "replace")).hexdigest()
    found = Invitation.objects.open().filter(token_digest=digest).select_related("organization", "invited_by").first()
    if found is None:
        raise InvitationSpent(SPENT)
    return found


def check_addressee(invitation: Invitation, person: User) -> None:
    """Refuse, in the words of every useless invitation, when it was meant for somebody else."""
    if person.email.lower() != invitation.email:
        raise InvitationSpent(SPENT)


@verb("member.invited")
def invite_member(organization: Organization, *, actor: Actor, email: str, roles: list[str]) -> tuple[Invitation, str]:
    """Invite the owner of an address; a former open invitation of that address is void from now on.

    Returns the invitation and the raw token, which is kept nowhere. The mail leaves after the commit.
    """
    organization = Organization.objects.locked(organization)
    inviter = policies.require(actor, "manage_members", organization)
    policies.require_fresh_sign_in(actor, organization)
    email, roles = checked_email(email), checked_roles(roles)
    if Membership.objects.filter(organization=organization, user__email=email).exists():
        raise Conflict(
            _("%(email)s is a member already. Nothing was changed; change the roles in the list instead.")
            % {"email": email}
        )
    now = timezone.now()
    Invitation.objects.open().filter(organization=organization, email=email).withdraw()
    token = token_urlsafe(32)
    invitation = Invitation.objects.create(
        organization=organization,
        email=email,
        roles=roles,
        token_digest=sha256(token.encode()).hexdigest(),
        invited_by=inviter,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    transaction.on_commit(lambda: mails.send_invitation(invitation, link_of(token)), robust=True)
    record("member.invited", invitation.audit_target(), actor=actor, data={"email": email, "roles": roles})
    return invitation, token


@verb("member.invitation_revoked")
def revoke_invitation(invitation: Invitation, *, actor: Actor) -> None:
    """Make the link useless."""
    organization = Organization.objects.locked(invitation.organization)
    policies.require(actor, "manage_members", organization)
    current = Invitation.objects.open().filter(pk=invitation.pk).first()
    if current is None:
        raise Conflict(_("This invitation is used, withdrawn or expired already. Nothing was changed."))
    current.revoked_at = timezone.now()
    current.save(update_fields=["revoked_at"])
    record("member.invitation_revoked", current.audit_target(), actor=actor, data={"email": current.email})


@verb("member.joined")
def accept_invitation(invitation: Invitation, *, actor: Actor, name: str = "", password: str = "") -> Membership:
    """Make the invited person a member, once; without a signed-in person an account is created first.

    Whoever is signed in must own the invited address.
    """
    organization = Organization.objects.locked(invitation.organization)
    current = Invitation.objects.open().filter(pk=invitation.pk).first()
    if current is None:
        raise InvitationSpent(SPENT)
    if actor.user is not None:
        check_addressee(current, actor.user)
    person = actor.user or new_person(email=current.email, name=name, password=password)
    if Membership.objects.filter(organization=organization, user=person).exists():
        raise InvitationSpent(SPENT)
    membership = Membership(organization=organization, user=person, roles=current.roles, joined_at=database_time())
    credit(membership, by=person, at=membership.joined_at)
    membership.save(force_insert=True)
    policies.sync_member_groups(person, organization, membership.roles)
    current.accepted_at = timezone.now()
    current.save(update_fields=["accepted_at"])
    record(
        "member.joined",
        membership.audit_target(),
        actor=replace(actor, user=person),
        data={"email": current.email, "roles": current.roles, "invited_by": current.invited_by.name},
    )
    return membership


def link_of(token: str) -> str:
    """The link that is mailed: its host comes from the settings, never from a request (T39)."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("invitation", args=[token])
