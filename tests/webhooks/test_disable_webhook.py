"""disable_webhook: nothing is sent, what happens is kept."""

import pytest

from console.organizations.models import Organization
from console.webhooks.models import Webhook
from tests.api.calling import program
from tests.builders import a_small_agent
from tests.cast import Person
from tests.webhooks.hooking import API, PAGES, after, done, only_delivery
from tests.webhooks.receiving import Receiver

pytestmark = pytest.mark.django_db


def test_disable_webhook__with_events_after_it__keeps_them_out_of_sending(
    organization: Organization, hook: Webhook, mara: Person, dana: Person, avery: Person, receiver: Receiver
) -> None:
    assert mara.client().post(f"{PAGES}/{hook.pk}/switch", {"wanted": "off"}).status_code == 302
    a_small_agent(organization, dana)

    assert after(hours=30) == 0

    hook.refresh_from_db()
    assert (hook.disabled_because, receiver.got, only_delivery(hook).state) == ("person", [], "pending")
    assert done("webhook.disabled").data == {"reason": "person"}
    admin = program(mara, organization, "org_admin")
    assert admin.post(f"{API}/{hook.pk}/disable").code == "conflict"
    assert admin.get(f"{API}/{hook.pk}").body["disabled_because"] == "person"
    assert avery.client().post(f"{PAGES}/{hook.pk}/switch", {"wanted": "off"}).status_code == 403
