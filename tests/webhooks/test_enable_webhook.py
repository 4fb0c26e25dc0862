"""enable_webhook: what was kept is sent first; an address that leads inside meanwhile stays off."""

import pytest

from console.organizations.models import Organization
from console.webhooks.actions import disable_webhook
from console.webhooks.models import Webhook
from tests.api.calling import program
from tests.builders import a_small_agent
from tests.cast import Person
from tests.webhooks.hooking import API, PAGES, done, one_round, only_delivery
from tests.webhooks.receiving import Receiver

pytestmark = pytest.mark.django_db


def test_enable_webhook__after_it_was_off__sends_what_waited(
    organization: Organization, hook: Webhook, mara: Person, dana: Person, receiver: Receiver
) -> None:
    disable_webhook(hook, actor=mara.actor())
    a_small_agent(organization, dana)
    one_round()

    assert mara.client().post(f"{PAGES}/{hook.pk}/switch", {"wanted": "on"}).status_code == 302

    assert one_round() == 1
    assert (len(receiver.got), only_delivery(hook).state) == (1, "delivered")
    assert done("webhook.enabled").data == {"waiting": 1}
    assert program(mara, organization, "org_admin").post(f"{API}/{hook.pk}/enable").code == "conflict"


def test_enable_webhook__that_leads_inside_now_or_by_others__stays_off(
    organization: Organization, hook: Webhook, mara: Person, avery: Person, settings: object
) -> None:
    disable_webhook(hook, actor=mara.actor())
    setattr(settings, "WEBHOOK_ALLOW_HOSTS", [])  # noqa: B010

    refused = program(mara, organization, "org_admin").post(f"{API}/{hook.pk}/enable")

    assert (refused.status, refused.code) == (422, "url_not_allowed")
    assert avery.client().post(f"{PAGES}/{hook.pk}/switch", {"wanted": "on"}).status_code == 403
    hook.refresh_from_db()
    assert hook.disabled_at is not None
