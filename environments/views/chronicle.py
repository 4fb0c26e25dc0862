"""What happened in the whole organization: the releases with filters, and the project history."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.organizations.doors import organization_for, person_of
from console.organizations.policies import permissions_on
from environments.chronicle import chronicle_of, everything_of
from environments.forms import ReleaseFilter
from environments.pipeline import environments_of
from environments.release_list import address_of, binding_of, chips_of, filtered, offered_names


@require_safe
def release_list(request: HttpRequest, organization: str) -> HttpResponse:
    """Every move and decision of the agents this person may list, newest first."""
    tenant, person = organization_for(request, organization), person_of(request)
    form = ReleaseFilter(request.GET, environments_of(tenant))
    context = {"form": form, "clear_url": request.path, **offered_names(person, tenant, permissions_on(person, tenant))}
    if not form.is_valid():
        return render(request, "environments/release_list.html", context | {"wrong": True}, status=400)
    cursor = request.GET.get("cursor", "")
    page = chronicle_of(tenant, filtered(person, tenant, form), binding_of(form), cursor)
    active = form.active()
    context |= {
        "page": page,
        "chips": chips_of(form, request.path),
        "newer_url": address_of(request.path, active, cursor=page.newer) if page.newer else "",
        "older_url": address_of(request.path, active, cursor=page.older) if page.older else "",
    }
    return render(request, "environments/release_list.html", context)


@require_safe
def project_history(request: HttpRequest, organization: str) -> HttpResponse:
    """Everything that happened to the agents this person may list, newest first."""
    tenant, person = organization_for(request, organization), person_of(request)
    permissions = permissions_on(person, tenant)
    events = everything_of(person, tenant, permissions)
    page = chronicle_of(tenant, events, "history", request.GET.get("cursor", ""))
    context = {
        "page": page,
        "with_drafts": "view_draft" in permissions,
        "newer_url": address_of(request.path, {}, cursor=page.newer) if page.newer else "",
        "older_url": address_of(request.path, {}, cursor=page.older) if page.older else "",
    }
    return render(request, "environments/project_history.html", context)
