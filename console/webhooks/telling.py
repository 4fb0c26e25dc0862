"""Telling the people who look after webhooks that one was switched off: rows and mails in the verb's transaction."""

from django.core.mail import get_connection
from django.urls import reverse

from audit.clock import database_time
from console.organizations.models import Notification
from console.organizations.policies import holders_in
from console.webhooks.models import Webhook
from environments.telling import mail_of, with_switches


def tell_switched_off(webhook: Webhook) -> None:
    """Everybody who may manage webhooks hears of it, by the channels they chose."""
    organization = webhook.organization
    people = set(holders_in(organization, {"manage_webhooks"})["manage_webhooks"])
    rows, mails = [], []
    for person in with_switches(people, Notification.Event.WEBHOOK_DISABLED):
        row = Notification(
            organization=organization,
            user=person,
            event=Notification.Event.WEBHOOK_DISABLED,
            data={"webhook": str(webhook)},
            said=f"{webhook.get_disabled_because_display()}.",
            path=reverse("webhook", args=[organization.slug, webhook.pk]),
            at=database_time(),
        )
        if person.wants_console:
            rows.append(row)
        if person.wants_mail:
            mails.append(mail_of(row, person.email))
    Notification.objects.bulk_create(rows)
    if mails:
        get_connection().send_messages(mails)
