"""delete_webhook: forgotten with its deliveries; the log keeps what happened."""

import pytest

from audit.verify import verify
from console.organizations.models import Organization
from console.webhooks import sending
from console.webhooks.actions import send_test
from console.webhooks.models import Delivery, Webhook
from tests.api.calling import program
from tests.cast import Person
from tests.webhooks.hooking import API, PAGES, done, one_round
from tests.webhooks.receiving import Receiver

pytestmark = pytest.mark.django_db


def test_delete_webhook__by_page_and_api__sends_nothing_any_more(
    organization: Organization, hook: Webhook, mara: Person, avery: Person, receiver: Receiver
) -> None:
    send_test(hook, actor=mara.actor())
    admin, claimed = program(mara, organization, "org_admin"), sending.claim(hook.pk)
    assert claimed is not None
    assert avery.client().post(f"{PAGES}/{hook.pk}/delete").status_code == 403

    assert mara.client().post(f"{PAGES}/{hook.pk}/delete").status_code == 302

    assert sending.attempt(claimed) is False  # it was under way
    assert one_round() == 0
    assert (Webhook.objects.count(), Delivery.objects.count()) == (0, 0)
    assert done("webhook.deleted").data["waiting"] == 1
    assert admin.call("DELETE", f"{API}/{hook.pk}").status == 404
    assert verify(organization.pk).first_bad is None
