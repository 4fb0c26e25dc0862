"""What every page shows around its content: navigation, organization, theme, version."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from console.organizations.compiled import compiled
from console.organizations.doors import LAST_ORGANIZATION, rights_in
from console.organizations.models import Membership, Notification, Organization, User
from environments.boards.dashboard import waiting_count
from environments.compare_look import layout_for
from environments.doors import ACTING
from environments.frame import agent_frame

try:
    VERSION = version("slipway")
except PackageNotFoundError:  # run from a checkout that is not installed
    VERSION = "0.1.0"

# label, address below the organization's, icon, permission (any of them; nothing asked when empty)
AREAS = [
    (_("Dashboard"), "", "layout-grid", ()),
    (_("My queue"), "queue", "inbox", tuple(ACTING)),
    (_("Agents"), "agents/", "bot", ()),
    (_("Releases"), "releases", "rocket", ("view_agent_releases",)),
    (_("History"), "history", "history", ("view_agent_releases",)),
    (_("Audit"), "audit", "scroll-text", ("view_own_events", "view_release_events", "view_all_events")),
    (_("Members"), "members", "users", ("view_members",)),
    (_("Settings"), "settings", "settings", ("view_settings",)),
    (_("Environments"), "settings/environments", "workflow", ("view_settings",)),
    (_("Bulk promotion"), "bulk", "list-checks", ("promote_to_staging", "push_to_production")),
    (_("Webhooks"), "settings/webhooks", "external-link", ("manage_webhooks", "view_settings")),
    (_("API keys"), "settings/api-keys", "key-round", ("create_own_keys",)),
]
# The second key of "g a": by the area's address below the organization's.
CHORDS = {
    "": "d",
    "queue": "q",
    "agents/": "a",
    "releases": "r",
    "history": "h",
    "audit": "l",
    "members": "m",
    "settings": "s",
}
NEW_COUNTED = 99
PERSONAL = [
    (_("Profile"), "profile", "circle-user"),
    (_("Notifications"), "notification_switches", "bell"),
    (_("Preferences"), "preferences", "sliders-horizontal"),
    (_("Password"), "account_change_password", "key-round"),
    (_("Second factors"), "mfa_index", "badge-check"),
    (_("Sessions"), "usersessions_list", "monitor"),
]


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame; pages inside an organization add their own."""
    person = getattr(request, "user", None)
    frame = {"version": VERSION, "request_id": getattr(request, "request_id", "")}
    if not isinstance(person, User):
        return frame | {"theme": "system", "nav": {"items": [], "organizations": []}}
    frame |= _comfort(request, person) | {"nav": _navigation(request, person)}
    agent: Agent | None = getattr(request, "agent", None)  # set by agents.doors.agent_for
    return frame | agent_frame(request, agent) if agent else frame


def _comfort(request: HttpRequest, person: User) -> dict[str, Any]:
    """The preferences that the document itself shows, and in which zone its times are."""
    zone = timezone.get_current_timezone_name()
    return {
        "theme": person.theme,
        "density": person.density,
        "motion": person.motion,
        "diff_layout": layout_for(request, person.diff_layout),
        "keys": "on" if person.single_keys else "off",
        "times": {"zone": zone.replace("_", " "), "in_utc": person.times_in_utc, "url": reverse("times")},
    }


def _navigation(request: HttpRequest, person: User) -> dict[str, Any]:
    memberships = _memberships(person.pk)
    current: Organization | None = getattr(request, "organization", None)
    # One's own pages belong to no organization: the one seen last stays around them.
    slug = current.slug if current else request.session.get(LAST_ORGANIZATION)
    here = next((item for item in memberships if item.organization.slug == slug), None)
    user = {
        "id": str(person.pk),
        "name": person.name,
        "email": person.email,
        "roles": [role.label for role in here.role_list] if here else [],
        "links": [{"label": str(label), "url": reverse(name), "icon": icon} for label, name, icon in PERSONAL],
    }
    return {
        "home_url": reverse("home"),
        "items": _areas(request, here.organization) if here else [],
        "organization": _organization(here.organization, here=True) if here else None,
        "organizations": [_organization(item.organization, here=item is here) for item in memberships],
        **(_queue(request, here.organization) if here else {}),
        **(_finding(request, here.organization) if here else {}),
        **_notifications(person, here.organization if here else None),
        "user": user,
        "theme_url": reverse("theme"),
        "sign_out_url": reverse("account_logout"),
    }


def _finding(request: HttpRequest, organization: Organization) -> dict[str, str]:
    """Where words are looked up: the palette for scripts, the search page for everybody."""
    return {
        "palette_url": reverse("palette", args=[organization.slug]),
        "search_url": reverse("search", args=[organization.slug]),
        "search_text": request.GET.get("q", "") if request.path.endswith("/search") else "",
    }


def _areas(request: HttpRequest, organization: Organization) -> list[dict[str, Any]]:
    """The areas the person can ever use here; the others are not shown (ux.md 3.6)."""
    held = rights_in(request, organization)
    start = reverse("organization", args=[organization.slug])
    # The longest address that this page stands below: Settings is not current on the pages of API keys.
    inside = [path for _, path, _, _ in AREAS if path and f"{request.path}/".startswith(f"{start}{path.rstrip('/')}/")]
    here = max(inside, key=len, default="" if request.path == start else None)
    return [
        {
            "label": str(label),
            "url": start + path,
            "icon": icon,
            "go": CHORDS.get(path, CHORDS.get(f"{path}/", "")),
            "current": path == here,
        }
        for label, path, icon, permissions in AREAS
        if not permissions or held.intersection(permissions)
    ]


def _queue(request: HttpRequest, organization: Organization) -> dict[str, Any]:
    """What waits for the person, counted up to a cap; nothing is shown to who can only look on."""
    count, acts = waiting_count(request, organization)
    if not count and not acts:
        return {}
    return {"queue_url": reverse("environments:queue", args=[organization.slug]), "queue_count": count}


def _notifications(person: User, organization: Organization | None) -> dict[str, Any]:
    """Where the person reads what they were told, and how much of it is new, counted up to a cap."""
    if organization is None:
        return {}
    new = len(_unread(person.pk, organization.pk))
    return {
        "notifications_url": f"{reverse('organization', args=[organization.slug])}notifications",
        "notifications_count": f"{NEW_COUNTED}+" if new > NEW_COUNTED else new,
    }


@compiled
def _memberships(person: UUID) -> QuerySet[Membership]:
    return Membership.objects.filter(user=person).select_related("organization")


@compiled
def _unread(person: UUID, organization: UUID) -> QuerySet[Notification, UUID]:
    mine = Notification.objects.of(User(pk=person), Organization(pk=organization))
    return mine.unread().order_by().values_list("pk", flat=True)[: NEW_COUNTED + 1]


def _organization(organization: Organization, *, here: bool) -> dict[str, Any]:
    return {
        "name": organization.name,
        "url": reverse("organization", args=[organization.slug]),
        "current": here,
    }
