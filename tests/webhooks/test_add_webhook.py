"""add_webhook: an address hears of events from now on; its secret is shown once and kept encrypted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.organizations.models import Organization
from console.organizations.sealing import unseal
from console.webhooks.actions.webhooks import MOST
from console.webhooks.models import Webhook
from tests.api.calling import program
from tests.cast import Person
from tests.pages import by_id, words
from tests.webhooks.hooking import API, PAGES, a_webhook, done, refusals
from tests.webhooks.receiving import Receiver

pytestmark = pytest.mark.django_db
NEW: dict[str, object] = {
    "url": "https://hooks.example.com/in?token=abc",
    "description": "Release chat",
    "kinds": ["version.ready"],
}


def test_add_webhook__by_page__shows_the_secret_once(organization: Organization, mara: Person) -> None:
    client = mara.client()

    made = client.post(PAGES, NEW)

    webhook = Webhook.objects.get()
    secret = str(by_id(made, "new-secret").get("value"))
    assert made.headers["Cache-Control"] == "no-store"
    assert (webhook.url, webhook.kinds, unseal(webhook.secret)) == (NEW["url"], NEW["kinds"], secret)
    assert secret not in webhook.secret
    listed = client.get(PAGES)
    assert "Release chat" in words(by_id(listed, "webhooks"))
    everywhere = [listed, client.get(f"{PAGES}/{webhook.pk}"), client.get("/o/harbourline/audit")]
    assert all(secret not in answer.content.decode() for answer in everywhere)
    event = done("webhook.added")
    assert (event.actor, event.target_label) == (mara.user, "Release chat (hooks.example.com)")
    assert event.data == {
        "origin": "https://hooks.example.com:443",
        "description": "Release chat",
        "kinds": ["version.ready"],
    }


def test_add_webhook__by_api__answers_201_with_the_secret_and_is_never_replayed(
    organization: Organization, mara: Person, dana: Person, avery: Person
) -> None:
    admin, auditor = program(mara, organization, "org_admin"), program(avery, organization, "auditor")

    made = admin.post(API, NEW, idempotency_key="once")

    assert (made.status, made.headers["Location"]) == (201, f"/api/v1/webhooks/{made.body['id']}")
    assert made.body["secret"].startswith("whsec_")
    assert "Idempotency-Replayed" not in admin.post(API, NEW, idempotency_key="once").headers
    assert admin.get(made.headers["Location"].removeprefix("/api/v1")).body["url"] == NEW["url"]
    seen = auditor.get(API).body["items"][-1]
    assert (seen["url"], "secret" in seen) == ("https://hooks.example.com/…", False)
    assert auditor.post(API, NEW).status == 403
    assert {"name": "version.pushed", "label": "Pushed to Production"} in admin.get(f"{API}/kinds").body
    assert program(dana, organization, "developer").get(API).status == 403


def test_add_webhook__wrong_content__is_422_and_nothing_is_lost(organization: Organization, mara: Person) -> None:
    client, admin = mara.client(), program(mara, organization, "org_admin")

    for body, pointer in [
        (NEW | {"kinds": []}, "/kinds"),
        (NEW | {"kinds": ["version.exploded"]}, "/kinds"),
        (NEW | {"description": "x" * 201}, "/description"),
        (NEW | {"secret": "mine"}, "/secret"),
        (NEW | {"organization": "elsewhere"}, "/organization"),
    ]:
        refused = admin.post(API, body)
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, pointer)
    shown = client.post(PAGES, NEW | {"kinds": []})
    assert shown.status_code == 422
    assert str(NEW["url"]) in shown.content.decode()
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "http://example.com/",
        "https://[::ffff:169.254.169.254]/",
        "https://localhost/",
        "nonsense",
    ],
)
def test_add_webhook__to_an_inside__is_refused_at_both_doors_and_on_record(
    url: str, organization: Organization, mara: Person
) -> None:
    admin = program(mara, organization, "org_admin")

    by_api, by_page = admin.post(API, NEW | {"url": url}), mara.client().post(PAGES, NEW | {"url": url})

    assert (by_api.status, by_api.code, by_api.body["errors"][0]["pointer"]) == (422, "url_not_allowed", "/url")
    assert by_page.status_code == 422
    assert refusals("webhook.added") == ["url_not_allowed"] * 2
    assert not Webhook.objects.exists()


def test_add_webhook__by_others__is_refused(
    organization: Organization, dana: Person, quinn: Person, avery: Person, sam: Person
) -> None:
    assert [one.client().post(PAGES, NEW).status_code for one in (dana, quinn, avery, sam)] == [403, 403, 403, 404]
    assert avery.client().get(PAGES).status_code == 200
    assert dana.client().get(PAGES).status_code == 403
    assert not Webhook.objects.exists()


def test_add_webhook__beyond_the_limit__is_a_conflict(
    organization: Organization, mara: Person, receiver: Receiver
) -> None:
    for _ in range(MOST):
        a_webhook(organization, mara, receiver)

    assert program(mara, organization, "org_admin").post(API, NEW).status == 409
    assert mara.client().post(PAGES, NEW).status_code == 422
    assert Webhook.objects.count() == MOST


def test_webhooks__by_a_key_that_is_limited_to_environments__are_out_of_its_reach(
    organization: Organization, mara: Person, receiver: Receiver
) -> None:
    made = a_webhook(organization, mara, receiver).webhook
    limited = program(mara, organization, "org_admin", environments=["staging"])

    answers = [
        limited.post(API, NEW),
        limited.get(API),
        limited.get(f"{API}/{made.pk}/deliveries"),
        limited.call("PATCH", f"{API}/{made.pk}", {"kinds": ["version.ready"]}),
    ]

    assert {answer.status for answer in answers} == {403}
    assert Webhook.objects.count() == 1


def test_list__many_webhooks__costs_the_same_number_of_queries(
    organization: Organization, mara: Person, receiver: Receiver
) -> None:
    client, counts = mara.client(), []
    for number in (1, 4):
        for _ in range(number):
            a_webhook(organization, mara, receiver)
        client.get(PAGES)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGES)
        counts.append(len(queries))

    assert counts[0] == counts[1]
