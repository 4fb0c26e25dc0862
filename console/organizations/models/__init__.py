"""The tables of people, organizations, rights, messages and keys."""

from console.organizations.models.keys import ApiCallCount, ApiKey, IdempotentCall
from console.organizations.models.messages import Notification, NotificationSwitch, OutgoingMail
from console.organizations.models.people import (
    ROLE_CHOICES,
    SLUG,
    Installation,
    Invitation,
    Membership,
    Organization,
    OrganizationGroupObjectPermission,
    OrganizationUserObjectPermission,
    User,
    UserManager,
)
from console.organizations.models.saved_views import SavedView

__all__ = [
    "ROLE_CHOICES",
    "SLUG",
    "ApiCallCount",
    "ApiKey",
    "IdempotentCall",
    "Installation",
    "Invitation",
    "Membership",
    "Notification",
    "NotificationSwitch",
    "Organization",
    "OrganizationGroupObjectPermission",
    "OrganizationUserObjectPermission",
    "OutgoingMail",
    "SavedView",
    "User",
    "UserManager",
]
