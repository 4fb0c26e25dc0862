"""The page where an Org Admin gives a person a role on one agent alone."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from agents.doors import agent_for
from agents.grants import grant_role, take_role
from agents.models import Agent, AgentGrant
from console.organizations import policies
from console.organizations.doors import actor_of, person_of, typed_before
from console.organizations.errors import Invalid
from console.organizations.forms import ExactForm
from console.organizations.models import ROLE_CHOICES, Organization, User


class GrantForm(ExactForm):
    """Which member gets which role; the people offered are the organization's members."""

    user = forms.ModelChoiceField(queryset=User.objects.none(), label="Person", empty_label="Choose a person")
    role = forms.ChoiceField(label=gettext_lazy("Role on this agent"), choices=ROLE_CHOICES)

    def __init__(self, *args: object, organization: Organization, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through as given
        members = User.objects.filter(memberships__organization=organization).order_by("name")
        self.fields["user"].queryset = members  # type: ignore[attr-defined]  # of ModelChoiceField


@require_safe
def grants(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """Who holds a role on this agent beside the roles of the organization."""
    found = agent_for(request, organization, agent)
    form = GrantForm(organization=found.organization, initial=typed_before(request))
    return _page(request, found, form)


@require_POST
def grant(request: HttpRequest, organization: str, agent: str) -> HttpResponseBase:
    """Give a role on this agent."""
    found = agent_for(request, organization, agent)
    form = GrantForm(request.POST, organization=found.organization)
    if form.is_valid():
        try:
            given = grant_role(found, actor=actor_of(request), **form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(
                request,
                _("%(name)s is %(role)s on %(agent)s from now on.")
                % {"name": given.user.name, "role": given.get_role_display(), "agent": found.name},
            )
            return redirect("grants", organization, agent)
    return _page(request, found, form, status=422)


@require_POST
def take(request: HttpRequest, organization: str, agent: str) -> HttpResponseBase:
    """Take a role on this agent away."""
    found = agent_for(request, organization, agent)
    form = GrantForm(request.POST, organization=found.organization)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    take_role(found, actor=actor_of(request), **form.cleaned_data)
    messages.success(
        request,
        _("%(name)s has lost that role on %(agent)s.") % {"name": form.cleaned_data["user"].name, "agent": found.name},
    )
    return redirect("grants", organization, agent)


def _page(request: HttpRequest, agent: Agent, form: GrantForm, status: int = 200) -> HttpResponse:
    policies.require(actor_of(request), "view_members", agent.organization)
    held = policies.permissions_on(person_of(request), agent.organization)
    context = {
        "agent": agent,
        "grants": AgentGrant.objects.filter(agent=agent).select_related("user", "granted_by").order_by("user__name"),
        "form": form,
        "permissions": held,
        "page_error": status != 200,
        "organization": agent.organization,
    }
    return render(request, "agents/grants.html", context, status=status)
