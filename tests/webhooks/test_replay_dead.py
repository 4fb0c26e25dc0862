"""replay_dead: every dead letter of a webhook once more, each with its own id."""

import pytest

from console.organizations.models import Organization
from console.webhooks.actions import disable_webhook, send_test
from console.webhooks.models import Webhook
from tests.api.calling import program
from tests.cast import Person
from tests.pages import page, words
from tests.webhooks.hooking import API, PAGES, done, one_round, to_the_end
from tests.webhooks.receiving import Receiver, status

pytestmark = pytest.mark.django_db


def test_replay_dead__two_dead_letters__arrive_with_their_ids(
    organization: Organization, hook: Webhook, mara: Person, avery: Person, receiver: Receiver
) -> None:
    client, admin = mara.client(), program(mara, organization, "org_admin")
    receiver.always = status(500)
    for _ in range(2):
        send_test(hook, actor=mara.actor())
    to_the_end(hook)
    dead = admin.get(f"{API}/{hook.pk}/deliveries?state=dead").body["items"]
    assert "Redeliver 2 dead letters" in words(page(client.get(f"{PAGES}/{hook.pk}?state=dead")))
    receiver.always, receiver.got[:] = None, []
    assert avery.client().post(f"{PAGES}/{hook.pk}/replay").status_code == 403

    assert client.post(f"{PAGES}/{hook.pk}/replay").status_code == 302

    assert one_round() == 2
    assert {got.id for got in receiver.got} == {one["message"] for one in dead}
    assert done("webhook.replayed").data == {"deliveries": 2}
    assert admin.post(f"{API}/{hook.pk}/replay").code == "conflict"
    disable_webhook(hook, actor=mara.actor())
    assert admin.post(f"{API}/{hook.pk}/replay").status == 409


def test_deliveries__many__are_paged_by_keyset_at_both_doors(
    organization: Organization, hook: Webhook, mara: Person, receiver: Receiver
) -> None:
    client, admin = mara.client(), program(mara, organization, "org_admin")
    for number in range(27):
        send_test(hook, actor=mara.actor())
        if number % 9 == 8:
            one_round()

    first = client.get(f"{PAGES}/{hook.pk}")
    (older,) = page(first).xpath("//a[@rel='next']/@href")
    second = client.get(str(older))

    rows = [page(answer).xpath("//tr[starts-with(@id, 'delivery-')]/@id") for answer in (first, second)]
    assert [len(one) for one in rows] == [25, 2]
    assert client.get(f"{PAGES}/{hook.pk}?before=nonsense&state=x").status_code == 200
    listed = admin.get(f"{API}/{hook.pk}/deliveries?limit=20").body
    rest = admin.get(f"{API}/{hook.pk}/deliveries?limit=20&cursor={listed['next_cursor']}").body
    assert (len(listed["items"]), len(rest["items"]), rest["next_cursor"]) == (20, 7, None)
    assert admin.get(f"{API}/{hook.pk}/deliveries?state=exploded").status == 400
