"""The page behind an invitation's link: reading it changes nothing, a form joins (T58)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from console.organizations import actions
from console.organizations.actions.invitations import check_addressee
from console.organizations.doors import actor_of, person_of, posted, sign_in, visitor_of
from console.organizations.errors import Invalid
from console.organizations.forms import ConfirmForm, JoinForm
from console.organizations.models import Invitation, User


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Join: with the account that is signed in, or with a new one."""
    found = actions.find_invitation(token)
    response = _join_signed_in(request, found) if request.user.is_authenticated else _join_new(request, found)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address of this page is a secret
    return response


def _join_signed_in(request: HttpRequest, found: Invitation) -> HttpResponseBase:
    check_addressee(found, person_of(request))
    form = ConfirmForm(posted(request))
    if form.is_valid():
        membership = actions.accept_invitation(found, actor=actor_of(request))
        return redirect("organization", membership.organization.slug)
    return render(request, "organizations/invitation.html", {"invitation": found, "form": form})


def _join_new(request: HttpRequest, found: Invitation) -> HttpResponseBase:
    if User.objects.filter(email=found.email).exists():
        return render(request, "organizations/invitation_sign_in.html", {"invitation": found})
    form = JoinForm(posted(request))
    if form.is_valid():
        try:
            visitor = visitor_of(request, found.email)
            membership = actions.accept_invitation(found, actor=visitor, **form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            return sign_in(request, membership.user, "/")
    context = {"invitation": found, "form": form, "page_error": bool(form.errors)}
    return render(request, "organizations/invitation.html", context, status=422 if form.errors else 200)
