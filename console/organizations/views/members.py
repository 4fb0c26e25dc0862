"""Members, their roles and their invitations."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.organizations import actions, members_page, policies
from console.organizations.actions.invitations import link_of
from console.organizations.doors import actor_of, organization_for, posted, typed_before
from console.organizations.errors import Invalid
from console.organizations.forms import InviteForm, RolesForm
from console.organizations.models import Invitation, Organization
from console.organizations.roles import Role


@require_safe
def members(request: HttpRequest, organization: str) -> HttpResponse:
    """Who belongs to the organization and what each role can do."""
    current = organization_for(request, organization)
    return _members_page(request, current, InviteForm(initial=typed_before(request)))


@require_POST
def invite(request: HttpRequest, organization: str) -> HttpResponse:
    """Invite by e-mail; the link is shown this once."""
    current = organization_for(request, organization)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            invitation, token = actions.invite_member(current, actor=actor_of(request), **form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            context = {"invitation": invitation, "link": link_of(token), "organization": current}
            return render(request, "organizations/invited.html", context)
    return _members_page(request, current, form, status=422)


@require_POST
def revoke(request: HttpRequest, organization: str, invitation: UUID) -> HttpResponseBase:
    """Withdraw an open invitation."""
    current = organization_for(request, organization)
    found = get_object_or_404(Invitation.objects.select_related("organization"), organization=current, pk=invitation)
    actions.revoke_invitation(found, actor=actor_of(request))
    messages.success(
        request, _("The invitation of %(email)s is withdrawn; its link does nothing any more.") % {"email": found.email}
    )
    return redirect("members", current.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, organization: str, membership: UUID) -> HttpResponseBase:
    """One member: read and change the roles."""
    current = organization_for(request, organization)
    found = get_object_or_404(members_page.members_of(current), pk=membership)
    shown = {"roles": found.roles, "expected": ",".join(found.roles)}
    form = RolesForm(posted(request), initial=shown | typed_before(request))
    if form.is_valid():
        try:
            expected = form.cleaned_data["expected"].split(",") if form.cleaned_data["expected"] else None
            actions.change_roles(found, actor=actor_of(request), roles=form.cleaned_data["roles"], expected=expected)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(
                request,
                _("The roles of %(name)s are changed and hold from their next page on.") % {"name": found.user.name},
            )
            return redirect("members", current.slug)
    policies.require(actor_of(request), "view_members", current)
    held = policies.permissions_on(actor_of(request).user, current)
    context = {"organization": current, "member": found, "form": form, "permissions": held}
    return render(request, "organizations/member.html", context, status=422 if form.errors else 200)


def _members_page(
    request: HttpRequest, organization: Organization, form: InviteForm, status: int = 200
) -> HttpResponse:
    policies.require(actor_of(request), "view_members", organization)
    context = {
        "organization": organization,
        "members": members_page.members_of(organization),
        "roles": list(Role),
        "matrix": members_page.role_matrix(organization),
        "gaps": members_page.workflow_gaps(organization),
        "invitations": Invitation.objects.open().filter(organization=organization).select_related("invited_by"),
        "permissions": policies.permissions_on(actor_of(request).user, organization),
        "form": form,
        "page_error": status != 200,
    }
    return render(request, "organizations/members.html", context, status=status)
