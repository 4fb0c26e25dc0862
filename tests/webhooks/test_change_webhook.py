"""change_webhook: address, events, words; another receiver never gets what is signed for the former one (G25, T31)."""

import pytest

from console.organizations.models import Organization
from console.organizations.sealing import unseal
from console.webhooks.actions import rotate_secret
from console.webhooks.models import Webhook
from tests.api.calling import program
from tests.cast import Person
from tests.pages import by_id, has_id, hidden_value
from tests.webhooks.hooking import API, PAGES, a_webhook, done, refusals
from tests.webhooks.receiving import Receiver

pytestmark = pytest.mark.django_db


def test_change_webhook__other_path_and_events__keeps_the_secret(
    organization: Organization, mara: Person, receiver: Receiver
) -> None:
    made, client = a_webhook(organization, mara, receiver), mara.client()
    address = f"{PAGES}/{made.webhook.pk}"
    seen = hidden_value(client.get(address), "seen")
    wanted = {"url": receiver.url("/other"), "description": "Tickets", "kinds": ["version.pushed"], "seen": seen}

    answer = client.post(address, wanted)

    assert answer.status_code == 302
    webhook = Webhook.objects.get()
    assert (webhook.url, webhook.description, webhook.kinds) == (receiver.url("/other"), "Tickets", ["version.pushed"])
    assert unseal(webhook.secret) == made.secret
    event = done("webhook.changed")
    assert (event.data["after"]["kinds"], event.data["new_secret"]) == (["version.pushed"], False)
    assert "/other" not in str(event.data)
    stale = client.post(address, wanted | {"description": "Mine"})
    assert (stale.status_code, Webhook.objects.get().description) == (412, "Tickets")
    assert "Mine" in stale.content.decode()
    assert client.post(address, wanted | {"seen": ""}).status_code == 409


def test_change_webhook__another_origin__gets_a_new_secret_and_the_old_ones_sign_no_more(
    organization: Organization, mara: Person, receiver: Receiver
) -> None:
    made, admin = a_webhook(organization, mara, receiver), program(mara, organization, "org_admin")
    rotate_secret(made.webhook, actor=mara.actor())

    moved = admin.call("PATCH", f"{API}/{made.webhook.pk}", {"url": "https://other.example.com/hook"})

    webhook = Webhook.objects.get()
    assert moved.status == 200
    assert unseal(webhook.secret) == moved.body["secret"] != made.secret
    assert (webhook.former_secret, webhook.former_until) == ("", None)
    seen = admin.get(f"{API}/{made.webhook.pk}").headers["ETag"]
    assert seen == moved.headers["ETag"]
    stale = admin.call("PATCH", f"{API}/{made.webhook.pk}", {"description": "x"}, if_match='"other"')
    assert (stale.status, stale.headers["ETag"]) == (412, seen)
    again = admin.call(
        "PATCH", f"{API}/{made.webhook.pk}", {"url": "https://other.example.com/elsewhere"}, if_match=seen
    )
    assert (again.status, again.body["secret"]) == (200, None)
    page = mara.client().post(
        f"{PAGES}/{webhook.pk}",
        {"url": "https://third.example.com/", "description": "", "kinds": webhook.kinds, "seen": ""},
    )
    assert by_id(page, "new-secret").get("value") == unseal(Webhook.objects.get().secret)


def test_change_webhook__to_an_inside_or_by_others__is_refused(
    organization: Organization, hook: Webhook, mara: Person, avery: Person, dana: Person, sam: Person
) -> None:
    admin, before = program(mara, organization, "org_admin"), hook.url

    inside = admin.call("PATCH", f"{API}/{hook.pk}", {"url": "https://169.254.169.254/"})
    empty = admin.call("PATCH", f"{API}/{hook.pk}", {"kinds": []})

    assert (inside.status, inside.code) == (422, "url_not_allowed")
    assert empty.status == 422
    assert admin.call("PATCH", f"{API}/{hook.pk}", {}).status == 409
    assert refusals("webhook.changed") == ["url_not_allowed", "invalid", "conflict"]
    for person, status in ((avery, 403), (dana, 403), (sam, 404)):
        form = {"url": "https://mine.example.com/", "kinds": hook.kinds, "description": "", "seen": ""}
        assert person.client().post(f"{PAGES}/{hook.pk}", form).status_code == status
    hook.refresh_from_db()
    assert hook.url == before
    assert not has_id(avery.client().get(f"{PAGES}/{hook.pk}"), "webhook-form")
