"""Webhooks: the list, one of them, and what is done to it (ux.md S25)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from console.organizations.doors import actor_of, organization_for, posted, typed_before
from console.organizations.errors import Conflict, Invalid, Stale
from console.outbound import look_up
from console.webhooks import actions, pages
from console.webhooks.actions import MadeWebhook
from console.webhooks.actions.webhooks import webhook_token
from console.webhooks.doors import rights_for, webhook_called
from console.webhooks.forms import RotateForm, WebhookForm, shown
from console.webhooks.models import Webhook


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_list(request: HttpRequest, organization: str) -> HttpResponseBase:
    """The webhooks, and a form to add one; its secret is shown once, right after it was made."""
    tenant = organization_for(request, organization)
    form, held = WebhookForm(posted(request), initial=typed_before(request)), rights_for(request, tenant)
    if form.is_valid():
        try:
            made = actions.add_webhook(tenant, actor=actor_of(request), **_wanted(form))
        except Invalid as refusal:
            form.take(refusal)
        except Conflict as refusal:
            form.add_error(None, refusal.detail)
        else:
            return _shown_once(request, made)
    context = {"organization": tenant, "permissions": held, "form": form, "page_error": bool(form.errors)}
    context["webhooks"] = pages.webhooks_shown(tenant, held)
    return render(request, "webhooks/list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_page(request: HttpRequest, organization: str, webhook: UUID) -> HttpResponseBase:
    """One webhook: its state, its last deliveries, and a form to change it."""
    found, status = _webhook(request, organization, webhook), 422
    form = WebhookForm(posted(request), initial=shown(found, webhook_token(found)) | typed_before(request))
    if form.is_valid():
        try:
            seen = form.cleaned_data["seen"] or None
            made = actions.change_webhook(found, actor=actor_of(request), expected=seen, **_wanted(form))
        except Invalid as refusal:
            form.take(refusal)
        except (Conflict, Stale) as refusal:
            form.add_error(None, refusal.detail)
            status = 412 if isinstance(refusal, Stale) else 409
        else:
            return _shown_once(request, made) if made.secret else _back(request, found, _("The webhook is changed."))
    held = rights_for(request, found.organization)
    context = {"organization": found.organization, "permissions": held, "form": form, "rotation": RotateForm()}
    context |= pages.webhook_shown(found, held, request.GET.get("state", ""), request.GET.get("before", ""))
    return render(request, "webhooks/webhook.html", context, status=status if form.errors else 200)


@require_POST
def rotate(request: HttpRequest, organization: str, webhook: UUID) -> HttpResponseBase:
    """A new secret, shown once; both sign for the chosen hours."""
    found, form = _webhook(request, organization, webhook), RotateForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose 0 to 168 hours. Nothing was changed."))
        return redirect("webhook", found.organization.slug, found.pk)
    return _shown_once(request, actions.rotate_secret(found, actor=actor_of(request), overlap_hours=form.hours()))


@require_POST
def switch(request: HttpRequest, organization: str, webhook: UUID) -> HttpResponseBase:
    """Switch it off or on."""
    found, actor = _webhook(request, organization, webhook), actor_of(request)
    if request.POST.get("wanted") == "on":
        actions.enable_webhook(found, actor=actor, destination=look_up(found.url))
        return _back(request, found, _("The webhook is on; what waited is sent now."))
    actions.disable_webhook(found, actor=actor)
    return _back(request, found, _("The webhook is off; what happens meanwhile is kept for it."))


@require_POST
def delete(request: HttpRequest, organization: str, webhook: UUID) -> HttpResponseBase:
    """Forget it."""
    found = _webhook(request, organization, webhook)
    actions.delete_webhook(found, actor=actor_of(request))
    messages.success(request, _("The webhook %s is deleted.") % found)
    return redirect("webhooks", found.organization.slug)


def _wanted(form: WebhookForm) -> dict[str, Any]:
    """What the verbs take. The name of the address is looked up here, before any transaction begins."""
    typed = form.cleaned_data
    return {"destination": look_up(typed["url"]), "kinds": typed["kinds"], "description": typed["description"]}


def _webhook(request: HttpRequest, organization: str, webhook: UUID) -> Webhook:
    tenant = organization_for(request, organization)
    rights_for(request, tenant)
    return webhook_called(tenant, webhook)


def _back(request: HttpRequest, webhook: Webhook, text: str) -> HttpResponseBase:
    messages.success(request, text)
    return redirect("webhook", webhook.organization.slug, webhook.pk)


def _shown_once(request: HttpRequest, made: MadeWebhook) -> HttpResponse:
    context = {"organization": made.webhook.organization, "webhook": made.webhook, "secret": made.secret}
    answer = render(request, "webhooks/made.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer
