"""API keys: one's own, and those of the organization for who looks after them (ux.md S24)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from console.organizations import policies
from console.organizations.actions import MadeKey, allow_push, create_key, forbid_push, revoke_key, rotate_key
from console.organizations.doors import actor_of, organization_for, person_of, posted, typed_before
from console.organizations.errors import Invalid, SlugTaken
from console.organizations.forms import KeyForm
from console.organizations.models import ApiKey, Organization

SEEING_ALL = frozenset({"manage_keys", "view_settings"})


@require_http_methods(["GET", "HEAD", "POST"])
def api_keys(request: HttpRequest, organization: str) -> HttpResponse:
    """The keys with when they were last used; a new one is shown once, right after it was made."""
    current = organization_for(request, organization)
    form = KeyForm(posted(request), initial=typed_before(request))
    if form.is_valid():
        try:
            made = create_key(current, actor=actor_of(request), **form.key())
        except Invalid as refusal:
            form.take(refusal)
        except SlugTaken as refusal:
            form.add_error("name", refusal.detail)
        else:
            return _shown_once(request, current, made)
    return render(
        request, "organizations/keys.html", _context(request, current, form), status=422 if form.errors else 200
    )


@require_POST
def rotate(request: HttpRequest, organization: str, key: UUID) -> HttpResponse:
    """A successor, shown once; the old key works for another day."""
    current = organization_for(request, organization)
    return _shown_once(request, current, rotate_key(_key(request, current, key), actor=actor_of(request)))


@require_POST
def revoke(request: HttpRequest, organization: str, key: UUID) -> HttpResponseBase:
    """End a key at once."""
    current = organization_for(request, organization)
    ended = revoke_key(_key(request, current, key), actor=actor_of(request))
    messages.success(request, _("%(name)s opens nothing any more.") % {"name": ended.name})
    return redirect("api_keys", current.slug)


@require_POST
def set_push(request: HttpRequest, organization: str, key: UUID) -> HttpResponseBase:
    """Allow a key to push to Production, or forbid it again."""
    current = organization_for(request, organization)
    act = allow_push if request.POST.get("may_push") == "yes" else forbid_push
    changed = act(_key(request, current, key), actor=actor_of(request))
    text = _("%(name)s may push to Production.") if changed.may_push else _("%(name)s may not push to Production.")
    messages.success(request, text % {"name": changed.name})
    return redirect("api_keys", current.slug)


def _shown_once(request: HttpRequest, organization: Organization, made: MadeKey) -> HttpResponse:
    address = request.build_absolute_uri("/api/v1/me")
    context = {"organization": organization, "key": made.key, "secret": made.secret, "address": address}
    return render(request, "organizations/key_made.html", context)


def _context(request: HttpRequest, organization: Organization, form: KeyForm) -> dict[str, Any]:
    held = policies.permissions_on(person_of(request), organization)
    keys = _visible(request, organization, held).select_related("owner", "replaced_by").order_by("-pk")[:200]
    return {
        "organization": organization,
        "keys": list(keys),
        "form": form,
        "permissions": held,
        "page_error": bool(form.errors),
        "address": request.build_absolute_uri("/api/v1/"),
    }


def _key(request: HttpRequest, organization: Organization, key: UUID) -> ApiKey:
    held = policies.permissions_on(person_of(request), organization)
    found: ApiKey = get_object_or_404(
        _visible(request, organization, held).select_related("organization", "owner"), pk=key
    )
    return found


def _visible(request: HttpRequest, organization: Organization, held: frozenset[str]) -> Any:
    return ApiKey.objects.visible_to(person_of(request), organization, all_keys=bool(held & SEEING_ALL))
