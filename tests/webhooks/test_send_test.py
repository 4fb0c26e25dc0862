"""send_test: a message that says it is one, sent by a worker at once, also to a webhook that is off."""

import pytest

from console.organizations.models import Organization
from console.webhooks.actions import disable_webhook
from console.webhooks.models import Webhook
from tests.api.calling import program
from tests.cast import Person
from tests.pages import by_id, page, words
from tests.webhooks.hooking import API, PAGES, done, one_round, only_delivery
from tests.webhooks.receiving import Receiver, status

pytestmark = pytest.mark.django_db


def test_send_test__to_a_webhook_that_is_off__shows_request_answer_and_milliseconds(
    organization: Organization, hook: Webhook, mara: Person, avery: Person, receiver: Receiver
) -> None:
    client, auditor = mara.client(), avery.client()
    receiver.answers = [status(200, b"Thanks <script>alert(1)</script>")]
    disable_webhook(hook, actor=mara.actor())

    followed = client.post(f"{PAGES}/{hook.pk}/test", follow=True)

    assert by_id(followed, "delivery").get("data-live") == "2"
    assert "Not sent yet." in words(page(followed))
    assert one_round() == 1
    assert receiver.got[0].told["type"] == "webhook.test"
    shown = client.get(followed.redirect_chain[-1][0])
    text = words(by_id(shown, "try-1"))
    assert "200" in text
    assert " ms" in text
    assert "Thanks <script>alert(1)</script>" in text
    assert receiver.got[0].headers["webhook-signature"] in text
    assert words(by_id(auditor.get(followed.redirect_chain[-1][0]), "try-1")) == text
    assert done("webhook.tested").data == {"message": only_delivery(hook).message.name, "kind": "webhook.test"}
    assert auditor.post(f"{PAGES}/{hook.pk}/test").status_code == 403


def test_send_test__by_api__is_202_and_the_delivery_tells_the_end(
    organization: Organization, hook: Webhook, mara: Person, receiver: Receiver
) -> None:
    admin = program(mara, organization, "org_admin")
    receiver.answers = [status(500, b"oops")]

    sent = admin.post(f"{API}/{hook.pk}/test")

    assert (sent.status, sent.body["state"], sent.body["type"]) == (202, "pending", "webhook.test")
    one_round()
    found = admin.get(f"{API}/{hook.pk}/deliveries/{sent.body['id']}").body
    assert (found["state"], found["attempts"], found["tries"][0]["status"]) == ("pending", 1, 500)
    assert found["tries"][0]["reply"] == "oops"
    assert found["tries"][0]["headers"]["webhook-id"] == found["message"]
    assert found["body"] == receiver.got[0].body.decode()


def test_send_test__ten_of_them_waiting__is_a_conflict(organization: Organization, hook: Webhook, mara: Person) -> None:
    admin = program(mara, organization, "org_admin")

    answers = [admin.post(f"{API}/{hook.pk}/test").status for _ in range(11)]

    assert answers == [202] * 10 + [409]
