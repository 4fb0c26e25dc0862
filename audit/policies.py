"""Who may read the audit log."""

from typing import TYPE_CHECKING

from console.organizations.policies import missing, permissions_on

if TYPE_CHECKING:
    from console.organizations.models import Organization, User

READING = frozenset({"view_own_events", "view_release_events", "view_all_events"})


def require_reading(user: "User | None", organization: "Organization") -> frozenset[str]:
    """The person's rights to read the log, or the refusal if there is none."""
    held = permissions_on(user, organization) & READING
    if not held:
        raise missing("view_own_events", organization)
    return held


def scope_in_words(permissions: frozenset[str]) -> str:
    """Which part of the log these rights open, as pages and exports say it."""
    if "view_all_events" in permissions:
        return "All events of the organization"
    if "view_release_events" in permissions:
        return "Your own events and what releases did"
    return "Your own events"
