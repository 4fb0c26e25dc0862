"""QA's page: what changed, and the decision."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agents.doors import agent_for, rights_of
from agents.models import Agent
from console.organizations.doors import actor_of
from console.organizations.policies import holder_of
from environments.actions import mark_ready, request_changes, revoke_ready, withdraw_request
from environments.attempts import attempt, without_field
from environments.available import address
from environments.boards.queue import way_on
from environments.deciding import DECISIONS, case_of
from environments.doors import only_looks_on, require_open
from environments.forms import DecisionForm
from environments.models import SignOff
from environments.moves import current_pin
from environments.pipeline import sign_off_environment


@require_http_methods(["GET", "HEAD", "POST"])
def decide_page(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """The candidate in the last staging environment, and what QA can say about it."""
    found = agent_for(request, organization, agent)
    rights, place = rights_of(request, found), sign_off_environment(found.organization)
    if place is None:
        raise Http404(_("The pipeline has no staging environment."))
    form = _form(request)
    tried = attempt(request, form, lambda data: _decide(request, found, data)) if form else None
    if tried and tried.done:
        messages.success(request, _said(tried.done), extra_tags=request.path)
        return redirect(way_on(request, found.organization, address(found, "decide")))
    require_open(rights, place, found)  # after the verb, which keeps the refused attempt
    case = case_of(request, found, form)
    context = {
        "agent": found,
        "place": place,
        "case": case,
        "form": form,
        "typed": without_field(form, case.fields_for(form) if case else ()) if form else [],
        "refusal": tried.refusal if tried else None,
        "looks_on": only_looks_on(rights),
        "env_kind": place.kind,
        "page_error": bool(tried and tried.status >= 400),
    }
    return render(request, "environments/decide.html", context, status=tried.status if tried else 200)


@require_safe
def candidate_now(request: HttpRequest, organization: str, agent: str, seen: int) -> HttpResponse:
    """The bar of an open page: which version took the place of the one it shows. Asked for every few seconds."""
    found = agent_for(request, organization, agent)
    place = sign_off_environment(found.organization)
    if place is None:
        raise Http404(_("The pipeline has no staging environment."))
    require_open(rights_of(request, found), place, found)
    context = {"pin": current_pin(found, place), "seen": seen, "agent": found}
    return render(request, "environments/_candidate_news.html", context)


def _form(request: HttpRequest) -> DecisionForm | None:
    """The form that was sent; a decision that does not exist is 404."""
    if request.method != "POST":
        return None
    decision = request.POST.get("decision", "")
    if decision not in DECISIONS:
        raise Http404(_("No such decision."))
    return DecisionForm(request.POST, decision=decision)


def _decide(request: HttpRequest, agent: Agent, data: dict[str, Any]) -> SignOff:
    actor, number, digest = actor_of(request), data["number"], data["expected_digest"]
    match data["decision"]:
        case "mark_ready":
            return mark_ready(agent, actor=actor, number=number, note=data["note"], expected_digest=digest)
        case "request_changes":
            return request_changes(agent, actor=actor, number=number, reason=data["reason"], expected_digest=digest)
        case "withdraw_request":
            return withdraw_request(agent, actor=actor, number=number, note=data["note"])
    return revoke_ready(agent, actor=actor, number=number, reason=data["reason"])


def _said(sign_off: SignOff) -> str:
    number = sign_off.version.number
    if sign_off.decision == SignOff.Decision.READY:
        people = ", ".join(holder_of("push_to_production", sign_off.organization).people)
        return _("v%(number)s is Ready for Production. It waits for an Org Admin: %(people)s.") % {
            "number": number,
            "people": people,
        }
    if sign_off.decision == SignOff.Decision.CHANGES_REQUESTED:
        return _("Changes to v%(number)s are requested. %(author)s wrote it and sees your reason.") % {
            "number": number,
            "author": sign_off.version.author.name,
        }
    return _("v%(number)s is a candidate again.") % {"number": number}
