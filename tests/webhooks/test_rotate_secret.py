"""rotate_secret: a new secret, shown once; the former one signs beside it for the overlap (T35)."""

import pytest

from console.organizations.models import Organization
from console.organizations.sealing import unseal
from console.webhooks.models import Webhook
from tests.api.calling import program
from tests.cast import Person
from tests.pages import by_id
from tests.webhooks.hooking import API, PAGES, a_webhook, done
from tests.webhooks.receiving import Receiver

pytestmark = pytest.mark.django_db


def test_rotate_secret__by_page_and_api__shows_the_new_one_once(
    organization: Organization, mara: Person, avery: Person, receiver: Receiver
) -> None:
    made, admin = a_webhook(organization, mara, receiver), program(mara, organization, "org_admin")
    pk = made.webhook.pk

    shown = mara.client().post(f"{PAGES}/{pk}/rotate", {"overlap_hours": "2"})

    webhook = Webhook.objects.get()
    assert unseal(webhook.secret) == by_id(shown, "new-secret").get("value") != made.secret
    assert unseal(webhook.former_secret) == made.secret
    assert done("webhook.secret_rotated").data == {"overlap_hours": 2}
    at_once = admin.post(f"{API}/{pk}/rotate", {"overlap_hours": 0})
    webhook.refresh_from_db()
    assert unseal(webhook.secret) == at_once.body["secret"]
    assert (webhook.former_secret, at_once.body["former_secret_until"]) == ("", None)
    assert at_once.headers["Cache-Control"] == "no-store"
    assert admin.post(f"{API}/{pk}/rotate", {"overlap_hours": 169}).status == 422
    assert mara.client().post(f"{PAGES}/{pk}/rotate", {"overlap_hours": "x"}, follow=True).status_code == 200
    assert avery.client().post(f"{PAGES}/{pk}/rotate").status_code == 403
    assert Webhook.objects.get().secret == webhook.secret
