"""The verbs about people: every door calls these and nothing else changes who belongs and who may."""

from console.organizations.actions.invitations import (
    accept_invitation,
    find_invitation,
    invite_member,
    revoke_invitation,
)
from console.organizations.actions.keys import (
    MadeKey,
    allow_push,
    create_key,
    forbid_push,
    revoke_key,
    rotate_key,
)
from console.organizations.actions.members import change_roles, checked_roles, refuse_without_admin
from console.organizations.actions.notifications import mark_read, switch_notifications
from console.organizations.actions.people import (
    change_preferences,
    change_profile,
    change_theme,
    new_person,
    show_times_in_utc,
)
from console.organizations.actions.saved_views import delete_view, rename_view, save_view

__all__ = [
    "MadeKey",
    "accept_invitation",
    "allow_push",
    "change_preferences",
    "change_profile",
    "change_roles",
    "change_theme",
    "checked_roles",
    "create_key",
    "delete_view",
    "find_invitation",
    "forbid_push",
    "invite_member",
    "mark_read",
    "new_person",
    "refuse_without_admin",
    "rename_view",
    "revoke_invitation",
    "revoke_key",
    "rotate_key",
    "save_view",
    "show_times_in_utc",
    "switch_notifications",
]
