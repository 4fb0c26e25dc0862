"""Promote, push, activate: each page shows what replaces what before its button, and moves one pin."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents.doors import agent_for, rights_of
from agents.models import Agent, Version
from console.organizations.doors import actor_of, posted, typed_before
from console.organizations.policies import holder_of
from environments.actions import activate, break_glass, promote, publish, push_to_production
from environments.attempts import Attempt, attempt, without_field
from environments.available import address, merge_address
from environments.boards.queue import way_on
from environments.doors import only_looks_on, standing_for
from environments.emergency import emergency_address, emergency_of
from environments.forms import ActivateForm, BreakGlassForm, PromoteForm, PushForm
from environments.models import Deployment, Environment
from environments.pipeline import environments_of
from environments.policies import missing
from environments.reviewing import Review, draft_review, version_review
from environments.timeline import outcome


@require_http_methods(["GET", "HEAD", "POST"])
def promote_page(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """The draft, or with `?version=` a version that exists, into a staging environment."""
    found = agent_for(request, organization, agent)
    version, target = _version_in(request, found), _environment_in(request, found)
    form = PromoteForm(posted(request), of_draft=version is None)
    tried = attempt(request, form, lambda data: _promote(request, found, version, target, data))
    if tried.done:
        return _moved(request, found, tried.done, after=_waits_for(found, tried.done, "mark_ready"))
    if version is None and "view_draft" not in rights_of(request, found):
        raise missing("promote_to_staging", found.organization)
    target = target or next(iter(standing_for(request, found).tested), None)
    review = version_review(request, found, version, target) if version and target else draft_review(request, found)
    return _page(request, "environments/promote.html", found, form, tried, review)


@require_http_methods(["GET", "HEAD", "POST"])
def push_page(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """What Staging serves, or `?version=`, into Production: the one act that changes live traffic."""
    found = agent_for(request, organization, agent)
    asked, target = _version_in(request, found), _environment_in(request, found)
    initial = typed_before(request)
    form = PushForm(posted(request), initial=initial, needs_ticket=found.organization.ticket_required)
    tried = attempt(request, form, lambda data: _push(request, found, target, data))
    if tried.done:
        return _moved(request, found, tried.done)
    standing = standing_for(request, found)
    target = target or next(iter(standing.live), None)
    version = asked or (standing.candidate.version if standing.candidate else None)
    review = version_review(request, found, version, target) if version and target else None
    context = {"target": target, "emergency_url": emergency_address(found, review, rights_of(request, found))}
    return _page(request, "environments/push.html", found, form, tried, review, kind="production", **context)


@require_http_methods(["GET", "HEAD", "POST"])
def break_glass_page(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """The same push past gates that fail, in an emergency: what is passed over, why, and the agent's name typed out."""
    found = agent_for(request, organization, agent)
    asked, target = _version_in(request, found), _environment_in(request, found)
    form = BreakGlassForm(posted(request), initial=typed_before(request))
    tried = attempt(request, form, lambda data: _break_glass(request, found, target, data))
    if tried.done:
        return _moved(request, found, tried.done)
    if "break_glass" not in rights_of(request, found):  # after the verb, which keeps the refused attempt
        raise missing("break_glass", found.organization)
    standing = standing_for(request, found)
    target = target or next(iter(standing.live), None)
    version = asked or (standing.candidate.version if standing.candidate else None)
    review = version_review(request, found, version, target) if version and target else None
    if review:
        _show_seen(request, form, review)
    emergency = emergency_of(review) if review else None
    context = {"agent": found, "form": form, "review": review, "emergency": emergency, "refusal": tried.refusal}
    context["page_error"] = tried.status >= 400
    return render(request, "environments/break_glass.html", context, status=tried.status)


@require_http_methods(["GET", "HEAD", "POST"])
def activate_page(request: HttpRequest, organization: str, agent: str, number: int) -> HttpResponse:
    """A version into the environment of `?environment=`, under the gates of a promotion or push into it."""
    found = agent_for(request, organization, agent)
    version, target = _numbered(found, number), _environment_in(request, found)
    form = ActivateForm(posted(request), initial=typed_before(request))
    tried = attempt(request, form, lambda data: _activate(request, found, number, target, data))
    if tried.done:
        return _moved(request, found, tried.done)
    review = version_review(request, found, version, target) if target else None
    if review:
        review = replace(review, button=f"Activate v{number} in {review.target.name}")
    places = standing_for(request, found).places
    context = {"places": places, "number": number}
    return _page(request, "environments/activate.html", found, form, tried, review, **context)


def _promote(
    request: HttpRequest, agent: Agent, version: Version | None, target: Environment | None, data: dict[str, Any]
) -> Deployment:
    seen = {"expected_digest": data["expected_digest"], "expected_live": data["expected_live"]}
    actor, slug = actor_of(request), target.slug if target else None
    if version is None:
        return publish(agent, actor=actor, description=data["note"], environment=slug, **seen)
    place = slug or _entry(agent).slug
    return promote(agent, actor=actor, number=version.number, environment=place, note=data["note"], **seen)


def _push(request: HttpRequest, agent: Agent, target: Environment | None, data: dict[str, Any]) -> Deployment:
    return push_to_production(agent, actor=actor_of(request), environment=target.slug if target else None, **data)


def _break_glass(request: HttpRequest, agent: Agent, target: Environment | None, data: dict[str, Any]) -> Deployment:
    place = target or next(iter(standing_for(request, agent).live), None)
    if place is None:
        raise Http404(_("Which environment?"))
    return break_glass(agent, actor=actor_of(request), environment=place.slug, **data)


def _activate(
    request: HttpRequest, agent: Agent, number: int, target: Environment | None, data: dict[str, Any]
) -> Deployment:
    if target is None:
        raise Http404(_("Which environment?"))
    return activate(agent, actor=actor_of(request), number=number, environment=target.slug, **data)


def _page(
    request: HttpRequest,
    template: str,
    agent: Agent,
    form: forms.Form,
    tried: Attempt,
    review: Review | None,
    **more: Any,
) -> HttpResponse:
    """The page before the move. After a refusal: the new comparison, the typed text, and what was seen now."""
    if review:
        _show_seen(request, form, review)
    context = {
        "agent": agent,
        "form": form,
        "review": review,
        "refusal": tried.refusal,
        "typed": without_field(form, _fields_of(review)),
        "merge_url": merge_address(agent, tried.refusal),
        "keep": f"{request.path}:{review.seen_digest[:12]}" if review else "",
        "qa": holder_of("mark_ready", agent.organization).people,
        "looks_on": only_looks_on(rights_of(request, agent)),
        "page_error": tried.status >= 400,
    }
    return render(request, template, context | more, status=tried.status)


def _fields_of(review: Review | None) -> set[str]:
    """The fields that the page has: none for who cannot move, a ticket on the way to production only."""
    if review is None or not review.may:
        return set()
    return {"note", "ticket"} if review.target.is_production else {"note"}


def _show_seen(request: HttpRequest, form: forms.Form, review: Review) -> None:
    """Let the hidden fields say what this page shows, not what an earlier one did."""
    form.initial = {**form.initial, **review.initial}
    if form.is_bound:
        data = request.POST.copy()
        data.update({name: str(value) for name, value in review.initial.items() if name in form.fields})
        form.data = data


def _moved(request: HttpRequest, agent: Agent, move: Deployment, after: str = "") -> HttpResponse:
    messages.success(request, f"{outcome(move)}.{after}", extra_tags=f"{request.path}")
    return redirect(way_on(request, agent.organization, address(agent, "release", move.pk)))


def _waits_for(agent: Agent, move: Deployment, permission: str) -> str:
    people = ", ".join(holder_of(permission, agent.organization).people) or _("nobody yet: no member has the role QA")
    return _(" It waits for QA: %(people)s.") % {"people": people} if move.environment.is_staging else ""


def _numbered(agent: Agent, number: int) -> Version:
    versions = Version.objects.select_related("release", "author")
    version: Version | None = versions.filter(agent=agent, number=number).first()
    if version is None:
        raise Http404(_("No such version."))
    return version


def _version_in(request: HttpRequest, agent: Agent) -> Version | None:
    """The version that the address names; one that does not exist is 404."""
    text = request.GET.get("version", "").removeprefix("v")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Http404(_("No such version."))
    return _numbered(agent, int(text))


def _environment_in(request: HttpRequest, agent: Agent) -> Environment | None:
    """The environment that the address names; one that does not exist is 404, never another one (R4)."""
    slug = request.GET.get("environment")
    if not slug:
        return None
    found = next((place for place in environments_of(agent.organization) if place.slug == slug), None)
    if found is None:
        raise Http404(_("No such environment."))
    return found


def _entry(agent: Agent) -> Environment:
    place = next((place for place in environments_of(agent.organization) if place.is_staging), None)
    if place is None:
        raise Http404(_("No staging environment."))
    return place
