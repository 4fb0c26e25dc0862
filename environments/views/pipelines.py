"""The organization's pipeline: its environments in order, each with what it asks for (ux.md S26)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from console.organizations.doors import actor_of, organization_for, person_of, posted, typed_before
from console.organizations.errors import Conflict, Invalid, SlugTaken, Stale
from console.organizations.models import Organization
from console.organizations.policies import permissions_on, require
from environments.actions import (
    Changes,
    change_environment,
    create_environment,
    delete_environment,
    environment_token,
)
from environments.models import Environment
from environments.pipeline import environment_named, environments_of
from environments.pipeline_forms import EnvironmentForm, NewEnvironmentForm, shown


@require_http_methods(["GET", "HEAD", "POST"])
def pipeline(request: HttpRequest, organization: str) -> HttpResponseBase:
    """The pipeline in order, and a form to add to it."""
    tenant = organization_for(request, organization)
    form = NewEnvironmentForm(posted(request))
    if form.is_valid():
        try:
            made = create_environment(tenant, actor=actor_of(request), **form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        except SlugTaken as refusal:
            form.add_error("name", refusal.detail)
        else:
            messages.success(request, _("%(name)s is part of the pipeline now.") % {"name": made.name})
            return redirect("environments:pipeline", tenant.slug)
    require(actor_of(request), "view_settings", tenant)
    context = _context(request, tenant) | {"form": form, "places": environments_of(tenant)}
    return render(request, "environments/pipeline.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def environment(request: HttpRequest, organization: str, environment: str) -> HttpResponseBase:
    """One environment: name, place in the order, and its rules."""
    tenant = organization_for(request, organization)
    place, status = _place(tenant, environment), 200
    form = EnvironmentForm(posted(request), initial=shown(place, environment_token(place)) | typed_before(request))
    if form.is_valid():
        try:
            changed = change_environment(
                place, actor=actor_of(request), changes=_changes(form), token=form.cleaned_data["token"]
            )
        except Invalid as refusal:
            form.take(refusal)
        except Stale as refusal:
            form.add_error(None, refusal.detail)
            status = 412
        else:
            messages.success(request, _("%(name)s is changed.") % {"name": changed.name})
            return redirect("environments:pipeline", tenant.slug)
    require(actor_of(request), "view_settings", tenant)
    status = status if status == 412 or not form.errors else 422
    context = _context(request, tenant) | {"form": form, "place": place}
    return render(request, "environments/pipeline_place.html", context, status=status)


@require_POST
def remove(request: HttpRequest, organization: str, environment: str) -> HttpResponseBase:
    """Take an environment out of the pipeline."""
    tenant = organization_for(request, organization)
    place = _place(tenant, environment)
    try:
        delete_environment(place, actor=actor_of(request))
    except Conflict as refusal:
        messages.error(request, refusal.detail)
        return redirect("environments:pipeline-place", tenant.slug, place.slug)
    messages.success(request, _("%(name)s is gone.") % {"name": place.name})
    return redirect("environments:pipeline", tenant.slug)


def _changes(form: EnvironmentForm) -> Changes:
    data = form.cleaned_data
    return Changes(
        name=data["name"],
        description=data["description"],
        position=data["position"],
        rules=form.rules(),
        is_default=True if data["is_default"] else None,
    )


def _place(organization: Organization, slug: str) -> Environment:
    place = environment_named(organization, slug)
    if place is None:
        raise Http404(_("No such environment."))
    place.organization = organization
    return place


def _context(request: HttpRequest, organization: Organization) -> dict[str, Any]:
    return {"organization": organization, "permissions": permissions_on(person_of(request), organization)}
