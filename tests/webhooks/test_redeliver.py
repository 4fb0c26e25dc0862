"""redeliver: the same message once more, whatever became of it; id and bytes stay (G27)."""

import pytest

from console.organizations.models import Organization
from console.webhooks import sending
from console.webhooks.actions import disable_webhook
from console.webhooks.models import Delivery, Webhook
from console.webhooks.outbox import read_logs
from tests.api.calling import program
from tests.builders import a_small_agent
from tests.cast import Person
from tests.webhooks.hooking import API, PAGES, a_webhook, done, one_round, only_delivery, refusals
from tests.webhooks.receiving import Receiver

pytestmark = pytest.mark.django_db


def test_redeliver__delivered_message__arrives_again_with_id_and_bytes(
    organization: Organization, hook: Webhook, mara: Person, dana: Person, avery: Person, receiver: Receiver
) -> None:
    a_small_agent(organization, dana)
    one_round()
    delivery, admin = only_delivery(hook), program(mara, organization, "org_admin")

    assert mara.client().post(f"{PAGES}/{hook.pk}/deliveries/{delivery.pk}/redeliver").status_code == 302
    one_round()
    again = admin.post(f"{API}/{hook.pk}/deliveries/{delivery.pk}/redeliver")
    one_round()

    assert (again.status, again.body["state"]) == (202, "pending")
    assert len(receiver.got) == 3
    assert len({(got.id, got.body) for got in receiver.got}) == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.tries) == ("delivered", 3, 1)
    assert list(delivery.log.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert avery.client().post(f"{PAGES}/{hook.pk}/deliveries/{delivery.pk}/redeliver").status_code == 403


def test_redeliver__while_under_way_or_off_or_of_another_webhook__is_refused(
    organization: Organization, hook: Webhook, mara: Person, dana: Person, receiver: Receiver
) -> None:
    a_small_agent(organization, dana)
    read_logs()
    other = a_webhook(organization, mara, receiver).webhook
    delivery, admin = only_delivery(hook), program(mara, organization, "org_admin")
    address = f"{API}/{hook.pk}/deliveries/{delivery.pk}/redeliver"

    sending.claim(hook.pk)
    under_way = admin.post(address)
    foreign = admin.post(f"{API}/{other.pk}/deliveries/{delivery.pk}/redeliver")
    Delivery.objects.update(lease_until=None)
    disable_webhook(hook, actor=mara.actor())
    off = admin.post(address)

    assert (under_way.code, foreign.status, off.code) == ("conflict", 404, "conflict")
    assert refusals("webhook.redelivered") == ["conflict", "conflict"]
    assert done("webhook.disabled").data["reason"] == "person"
