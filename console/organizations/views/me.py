"""A person's own pages: organizations, profile, preferences, the session."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.organizations import actions
from console.organizations.doors import person_of, posted
from console.organizations.errors import Invalid
from console.organizations.forms import PreferencesForm, ProfileForm
from console.organizations.models import Membership


@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    """The person's organizations, to switch between them."""
    memberships = Membership.objects.filter(user=person_of(request)).select_related("organization")
    context = {"memberships": memberships.order_by("organization__name")}
    return render(request, "organizations/organizations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponseBase:
    """One's name, and the ways to preferences, password, second factors and sessions."""
    person = person_of(request)
    form = ProfileForm(posted(request), initial={"name": person.name})
    if form.is_valid():
        try:
            actions.change_profile(person, **form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("Your profile is saved."))
            return redirect("profile")
    context = {"form": form, "page_error": bool(form.errors)}
    return render(request, "organizations/profile.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponseBase:
    """How the console looks and answers to the person."""
    person = person_of(request)
    names = list(PreferencesForm().fields)
    form = PreferencesForm(posted(request), initial={name: getattr(person, name) for name in names})
    if form.is_valid():
        try:
            actions.change_preferences(person, **form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("Your preferences are saved."))
            return redirect("preferences")
    context = {"form": form, "page_error": bool(form.errors), "now": timezone.now()}
    return render(request, "organizations/preferences.html", context, status=422 if form.errors else 200)


@require_POST
def times(request: HttpRequest) -> HttpResponseBase:
    """Show times in UTC or in one's own zone, and stay on the page."""
    actions.show_times_in_utc(person_of(request), wanted=request.POST.get("utc") == "yes")
    return redirect(_back(request))


@require_POST
def theme(request: HttpRequest) -> HttpResponseBase:
    """Switch the theme and stay on the page; the page's own script asks quietly and gets no page for it."""
    actions.change_theme(person_of(request), theme=request.POST.get("theme", ""))
    if request.headers.get("X-Slipway-Quiet"):
        return HttpResponse(status=204)
    return redirect(_back(request))


@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where the small window of "Sign in again" ends."""
    return render(request, "organizations/signed_in.html")


@require_safe
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in and the token of their forms, for a page whose session was renewed in another window."""
    return JsonResponse({"person": str(person_of(request).pk), "token": get_token(request)})


def closed(request: HttpRequest, rest: str = "") -> HttpResponse:
    """A page of the sign-in library that this console does not offer."""
    raise Http404(_("This page is not offered."))


def _back(request: HttpRequest) -> str:
    """The page of this console that the form names, else the start."""
    back = request.POST.get("next", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if safe else "/"
