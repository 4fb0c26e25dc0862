"""The verbs about people: every door calls these and nothing else changes who belongs and who may."""

from console.organizations.actions.invitations import (
    accept_invitation,
    find_invitation,
    invite_member,
    revoke_invitation,
)
from console.organizations.actions.members import change_roles, checked_roles, refuse_without_admin
from console.organizations.actions.notifications import mark_read, switch_notifications
from console.organizations.actions.people import change_profile, change_theme, new_person

__all__ = [
    "accept_invitation",
    "change_profile",
    "change_roles",
    "change_theme",
    "checked_roles",
    "find_invitation",
    "invite_member",
    "mark_read",
    "new_person",
    "refuse_without_admin",
    "revoke_invitation",
    "switch_notifications",
]
