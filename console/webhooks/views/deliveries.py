"""Deliveries of a webhook: one of them, once more, all dead ones, and a test."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from console.organizations.doors import actor_of, organization_for
from console.webhooks import actions, pages
from console.webhooks.doors import delivery_called, rights_for, webhook_called
from console.webhooks.models import Delivery, Webhook


@require_safe
def delivery_page(request: HttpRequest, organization: str, webhook: UUID, delivery: UUID) -> HttpResponse:
    """What was sent and what came back; while it waits the page looks again by itself."""
    found = _delivery(request, organization, webhook, delivery)
    tenant = found.webhook.organization
    context = {"organization": tenant, "permissions": rights_for(request, tenant)} | pages.delivery_shown(found)
    return render(request, "webhooks/delivery.html", context)


@require_POST
def again(request: HttpRequest, organization: str, webhook: UUID, delivery: UUID) -> HttpResponseBase:
    """Send it once more."""
    found = _delivery(request, organization, webhook, delivery)
    return _followed(actions.redeliver(found.webhook, actor=actor_of(request), delivery=found))


@require_POST
def test(request: HttpRequest, organization: str, webhook: UUID) -> HttpResponseBase:
    """Send a test and show how it goes."""
    return _followed(actions.send_test(_webhook(request, organization, webhook), actor=actor_of(request)))


@require_POST
def replay(request: HttpRequest, organization: str, webhook: UUID) -> HttpResponseBase:
    """Send every dead letter once more."""
    found = _webhook(request, organization, webhook)
    number = actions.replay_dead(found, actor=actor_of(request))
    text = ngettext("%(number)s message is sent once more.", "%(number)s messages are sent once more.", number)
    messages.success(request, text % {"number": number})
    return redirect("webhook", found.organization.slug, found.pk)


def _followed(delivery: Delivery) -> HttpResponseBase:
    webhook = delivery.webhook
    return redirect("webhook_delivery", webhook.organization.slug, webhook.pk, delivery.pk)


def _webhook(request: HttpRequest, organization: str, webhook: UUID) -> Webhook:
    tenant = organization_for(request, organization)
    rights_for(request, tenant)
    return webhook_called(tenant, webhook)


def _delivery(request: HttpRequest, organization: str, webhook: UUID, delivery: UUID) -> Delivery:
    return delivery_called(_webhook(request, organization, webhook), delivery)
