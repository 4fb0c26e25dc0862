"""The role table: which role carries which permission (design.md section 3).

Seed data. Policies ask permissions; only this table, the members page and the words of a refusal
speak of roles.
"""

from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """The four roles of an organization, with the words that the screen shows."""

    DEVELOPER = "developer"
    QA = "qa"
    ORG_ADMIN = "org_admin"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The role as people read it."""
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.DEVELOPER: "Developer",
    Role.QA: "QA",
    Role.ORG_ADMIN: "Org Admin",
    Role.AUDITOR: "Auditor",
}

# Permissions that make sense on one agent as well as on the whole organization.
AGENT_PERMISSIONS = {
    "view_agent_releases": "see an agent that has left Development, its pins and states",
    "view_development": "see agents in Development and read their versions",
    "view_draft": "read the draft and its history",
    "edit_draft": "edit the draft",
    "promote_to_staging": "promote to Staging",
    "view_staging": "open Staging",
    "mark_ready": "mark ready for Production or request changes",
    "revoke_ready": "revoke an approval",
    "approve_release": "approve a version that is ready, where an environment asks for more approvals",
    "view_production": "open Production",
    "push_to_production": "push to Production",
    "roll_back": "roll back",
    "lift_hold": "lift a hold",
    "break_glass": "push past failing gates in an emergency",
}

# Permissions on the organization as a whole.
ORGANIZATION_PERMISSIONS = {
    "create_agent": "create and import agents",
    "archive_agent": "archive agents",
    "view_members": "see members and roles",
    "manage_members": "invite, change and remove members",
    "view_settings": "see the organization's settings",
    "manage_settings": "change the organization's settings",
    "manage_environments": "add, order and change environments and their rules",
    "create_own_keys": "make API keys for oneself",
    "manage_webhooks": "add, change, test and delete webhooks",
    "manage_keys": "make, allow and revoke all API keys of the organization",
    "view_own_events": "see one's own audit events",
    "view_release_events": "see the audit events of releases",
    "view_all_events": "see the whole audit log",
}

PERMISSIONS = AGENT_PERMISSIONS | ORGANIZATION_PERMISSIONS

_EVERYBODY = {"view_agent_releases", "view_own_events", "create_own_keys"}

ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.DEVELOPER: frozenset(
        _EVERYBODY | {"view_development", "view_draft", "edit_draft", "promote_to_staging", "create_agent"}
    ),
    Role.QA: frozenset(
        _EVERYBODY | {"view_staging", "mark_ready", "revoke_ready", "approve_release", "view_release_events"}
    ),
    Role.ORG_ADMIN: frozenset(set(PERMISSIONS) - {"mark_ready"}),
    Role.AUDITOR: frozenset(
        _EVERYBODY
        | {"view_development", "view_draft", "view_staging", "view_production"}
        | {"view_members", "view_settings", "view_release_events", "view_all_events"}
    ),
}

# What a key of kind *assistant* may do at most, whatever its role: read, draft, test and propose.
ASSISTANT_PERMISSIONS = frozenset(
    {
        "view_agent_releases",
        "view_development",
        "view_draft",
        "edit_draft",
        "promote_to_staging",
        "view_staging",
        "view_production",
        "create_agent",
        "view_own_events",
    }
)

# What no key may do: who may act by program, and who belongs to the organization, is decided by people at a screen.
PEOPLE_ONLY = frozenset({"manage_members", "manage_settings", "break_glass"})

# What belongs to Development: a key that is limited to other environments has none of it.
DRAFT_PERMISSIONS = frozenset({"view_draft", "edit_draft", "create_agent"})
DEVELOPMENT_SLUGS = frozenset({"development", "draft"})  # of every pipeline's Development; no other place may have them

# What an organization may open to a role by a setting: setting -> (role, permission).
OPTIONAL_READING = {
    "developers_read_staging": (Role.DEVELOPER, "view_staging"),
    "developers_read_production": (Role.DEVELOPER, "view_production"),
    "qa_reads_production": (Role.QA, "view_production"),
}


class ReadingRules(Protocol):
    """The settings of an organization that widen reading."""

    developers_read_staging: bool
    developers_read_production: bool
    qa_reads_production: bool


def permissions_of(role: Role, rules: ReadingRules) -> frozenset[str]:
    """Every permission that the role carries in an organization with these reading rules."""
    opened = {
        permission
        for setting, (reader, permission) in OPTIONAL_READING.items()
        if reader is role and getattr(rules, setting)
    }
    return ROLE_PERMISSIONS[role] | opened


def agent_permissions_of(role: Role, rules: ReadingRules) -> frozenset[str]:
    """The part of a role that can be granted on a single agent."""
    return permissions_of(role, rules) & frozenset(AGENT_PERMISSIONS)


def roles_carrying(permission: str, rules: ReadingRules) -> list[Role]:
    """The roles that hold a permission, for the words of a refusal."""
    return [role for role in Role if permission in permissions_of(role, rules)]
