"""The views that a person keeps of a page, as the page shows them (components/_saved_views.html)."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest
from django.urls import reverse

from console.organizations.doors import person_of
from console.organizations.models import Organization, SavedView

MARKS = frozenset({"after", "before", "cursor"})  # where a list was open is no part of what it lists
ADDRESSES = {
    "dashboard": "organization",
    "agents": "environments:agent-list",
    "queue": "environments:queue",
    "audit": "audit",
}


def saved_views(request: HttpRequest, organization: Organization, page: str) -> dict[str, Any]:
    """The person's own views of this page, and what is needed to keep the present one; one query."""
    own = SavedView.objects.filter(person=person_of(request), organization=organization, page=page)
    here = filters_of(request.GET.urlencode())
    return {
        "items": [_item(view, here) for view in own.order_by("name")],
        "page": page,
        "query": here,
        "save_url": reverse("save_view", args=[organization.slug]),
    }


def filters_of(query: str) -> str:
    """The filters of a query string, without empty ones and without page marks, in one spelling."""
    pairs = [(name, value) for name, value in parse_qsl(query.lstrip("?")) if name not in MARKS]
    return urlencode(sorted(pairs))


def address_of(view: SavedView) -> str:
    """Where the view leads."""
    return f"{page_address(view.page, view.organization)}?{view.query}"


def page_address(page: str, organization: Organization) -> str:
    """The page without filters."""
    return reverse(ADDRESSES[page], args=[organization.slug])


def _item(view: SavedView, here: str) -> dict[str, Any]:
    names = [view.organization.slug, view.pk]
    return {
        "id": str(view.pk),
        "name": view.name,
        "url": address_of(view),
        "current": view.query == here,
        "rename_url": reverse("rename_view", args=names),
        "delete_url": reverse("delete_view", args=names),
    }
