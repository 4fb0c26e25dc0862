"""Keeping, renaming and forgetting filtered lists; every answer leads back to the list."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from console.organizations.actions import delete_view, rename_view, save_view
from console.organizations.doors import organization_for, person_of
from console.organizations.models import SavedView
from console.organizations.saved_views import address_of, page_address


@require_POST
def save(request: HttpRequest, organization: str) -> HttpResponseBase:
    """Keep the filters that the page shows."""
    tenant, typed = organization_for(request, organization), request.POST
    view = save_view(
        person_of(request),
        tenant,
        page=typed.get("page", ""),
        name=typed.get("name", ""),
        query=typed.get("query", ""),
    )
    messages.success(request, _("The view “%s” is kept.") % view.name)
    return redirect(address_of(view))


@require_POST
def rename(request: HttpRequest, organization: str, view: UUID) -> HttpResponseBase:
    """Call a view otherwise."""
    found = _own(request, organization, view)
    rename_view(found, name=request.POST.get("name", ""))
    return redirect(address_of(found))


@require_POST
def delete(request: HttpRequest, organization: str, view: UUID) -> HttpResponseBase:
    """Forget a view."""
    found = _own(request, organization, view)
    page = page_address(found.page, found.organization)
    delete_view(found)
    messages.success(request, _("The view “%s” is deleted.") % found.name)
    return redirect(page)


def _own(request: HttpRequest, organization: str, view: UUID) -> SavedView:
    tenant = organization_for(request, organization)
    own = SavedView.objects.select_related("organization").filter(organization=tenant, person=person_of(request))
    return get_object_or_404(own, pk=view)
