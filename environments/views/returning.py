"""Rollback, and lifting a hold."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents.doors import agent_for, rights_of
from agents.models import Agent
from console.organizations.doors import actor_of, posted
from console.organizations.errors import NotFound
from environments.actions import lift_hold, rollback
from environments.attempts import Attempt, attempt, without_field
from environments.available import address
from environments.boards.queue import way_on
from environments.doors import standing_for
from environments.forms import ReasonForm, RollbackForm
from environments.models import Deployment, Hold
from environments.policies import missing
from environments.rollback import way_back_of
from environments.timeline import outcome


@require_http_methods(["GET", "HEAD", "POST"])
def rollback_page(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """The versions that the environment served before, the previous one chosen, and what changes back."""
    found = agent_for(request, organization, agent)
    form = RollbackForm(posted(request))
    slug = request.GET.get("environment", "")
    tried = attempt(request, form, lambda data: _roll_back(request, found, slug, data))
    if tried.done:
        held = (
            _(" v%(from_version)s is on hold.") % {"from_version": tried.done.from_version.number}
            if _is_held(tried.done)
            else ""
        )
        messages.success(request, f"{outcome(tried.done)}.{held}", extra_tags=request.path)
        return redirect(address(found, "release", tried.done.pk))
    if "roll_back" not in rights_of(request, found):  # after the verb, which keeps the refused attempt
        raise missing("roll_back", found.organization)
    way = way_back_of(request, found, slug, form)
    context = {"agent": found, "form": form, "way": way, "refusal": tried.refusal, "env_kind": way.place.kind}
    context["button"] = (
        _("Rollback to v%(version)s") % {"version": way.chosen.version.number} if way.chosen else "Rollback"
    )
    context["page_error"] = tried.status >= 400
    context["typed"] = without_field(form, {"number", "category", "reason"} if way.chosen else {"number"})
    return render(request, "environments/rollback.html", context, status=tried.status)


@require_http_methods(["GET", "HEAD", "POST"])
def lift_hold_page(request: HttpRequest, organization: str, agent: str, number: int) -> HttpResponse:
    """Free a version that was rolled back."""
    found = agent_for(request, organization, agent)
    form = ReasonForm(posted(request))
    tried = attempt(
        request, form, lambda data: lift_hold(found, actor=actor_of(request), number=number, reason=data["reason"])
    )
    if tried.done:
        text = _("The hold on v%(number)s is lifted. It may be promoted again and then needs a new sign-off.") % {
            "number": number
        }
        messages.success(request, text, extra_tags=request.path)
        return redirect(way_on(request, found.organization, address(found, "agent-overview")))
    if "lift_hold" not in rights_of(request, found):
        raise missing("lift_hold", found.organization)
    return _hold_page(request, found, number, form, tried)


def _hold_page(request: HttpRequest, agent: Agent, number: int, form: forms.Form, tried: Attempt) -> HttpResponse:
    hold = next((hold for hold in standing_for(request, agent).holds if hold.version.number == number), None)
    if hold is None and tried.refusal is None:
        raise NotFound(_("v%(number)s is not on hold.") % {"number": number})
    context: dict[str, Any] = {"agent": agent, "number": number, "hold": hold, "form": form, "refusal": tried.refusal}
    context["page_error"] = tried.status >= 400
    context["typed"] = without_field(form, {"reason"} if hold else set())
    return render(request, "environments/lift_hold.html", context, status=tried.status)


def _roll_back(request: HttpRequest, agent: Agent, slug: str, data: dict[str, Any]) -> Deployment:
    return rollback(agent, actor=actor_of(request), environment=slug or _first_live(agent), **data)


def _first_live(agent: Agent) -> str:
    place = agent.organization.environments.filter(kind="production").order_by("position").first()
    if place is None:
        raise NotFound(_("The pipeline has no production environment."))
    return str(place.slug)


def _is_held(move: Deployment) -> bool:
    return Hold.objects.filter(version=move.from_version, lifted_at=None).exists()
