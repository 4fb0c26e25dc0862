"""Pages about people and rules whose verbs reach over several rooms: set-up, settings, removal."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import departures, founding, rules
from console.organizations import policies
from console.organizations.doors import (
    LAST_ORGANIZATION,
    actor_of,
    organization_for,
    person_of,
    posted,
    sign_in,
    typed_before,
    visitor_of,
)
from console.organizations.errors import Invalid
from console.organizations.forms import SettingsForm, SetupForm
from console.organizations.models import Membership, Organization, User


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """The start: the organization seen last or the only one, else the list; before sign-in, how to get in."""
    if not request.user.is_authenticated:
        return redirect("account_login") if founding.is_set_up() else redirect("setup")
    slugs = list(Organization.objects.visible_to(person_of(request)).values_list("slug", flat=True))
    last = request.session.get(LAST_ORGANIZATION)
    if last in slugs or len(slugs) == 1:
        return redirect("organization", last if last in slugs else slugs[0])
    return redirect("organizations")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponseBase:
    """The first admin and organization; once they exist this page does not."""
    if founding.is_set_up():
        raise Http404(_("The console is set up."))
    form = SetupForm(posted(request))
    if form.is_valid():
        try:
            charter, founder = _charter_and_founder(form.cleaned_data)
            founding.set_up(charter, actor=visitor_of(request, founder.email), founder=founder)
        except Invalid as refusal:
            form.take(refusal)
        else:
            return sign_in(request, User.objects.get(email=founder.email.strip().lower()), "/")
    context = {"form": form, "page_error": bool(form.errors)}
    return render(request, "organizations/setup.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, organization: str) -> HttpResponseBase:
    """The rules of the organization in sentences; who may not change them reads them."""
    current = organization_for(request, organization)
    shown = rules.rules_of(current) | {"seen": rules.rules_token(current)}
    form = SettingsForm(posted(request), initial=shown | typed_before(request))
    if form.is_valid():
        changes = dict(form.cleaned_data)
        try:
            expected = changes.pop("seen") or None
            rules.change_settings(current, actor=actor_of(request), changes=changes, expected=expected)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("The settings are saved and hold from everybody's next page on."))
            return redirect("settings", current.slug)
    policies.require(actor_of(request), "view_settings", current)
    permissions = policies.permissions_on(actor_of(request).user, current)
    sentences = [{"text": str(form.fields[rule].label), "on": getattr(current, rule)} for rule in rules.FLAGS]
    context = {"organization": current, "form": form, "permissions": permissions, "sentences": sentences}
    context["page_error"] = bool(form.errors)
    return render(request, "organizations/settings.html", context, status=422 if form.errors else 200)


@require_POST
def remove_member(request: HttpRequest, organization: str, membership: UUID) -> HttpResponseBase:
    """End a membership."""
    current = organization_for(request, organization)
    found = get_object_or_404(
        Membership.objects.select_related("organization", "user"), organization=current, pk=membership
    )
    departures.remove_member(found, actor=actor_of(request))
    messages.success(
        request, _("%(name)s is no member any more; every right here ended at once.") % {"name": found.user.name}
    )
    return redirect("members", current.slug)


def _charter_and_founder(typed: dict[str, Any]) -> tuple[founding.Charter, founding.Founder]:
    rules_chosen = {rule: typed[rule] for rule in ("four_eyes", "ticket_required")}
    charter = founding.Charter(slug=typed["slug"], name=typed["organization"], rules=rules_chosen)
    return charter, founding.Founder(email=typed["email"], name=typed["name"], password=typed["password"])
