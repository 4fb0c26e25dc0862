"""switch_off: the console's own act, told to everybody who looks after webhooks, by the channels they chose."""

import pytest

from console.organizations.actions import switch_notifications
from console.organizations.actor import SYSTEM
from console.organizations.errors import Conflict
from console.organizations.models import Notification, Organization
from console.webhooks.actions import switch_off
from console.webhooks.models import Webhook
from tests.cast import Person, join, new_account
from tests.pages import page, words
from tests.webhooks.hooking import PAGES

pytestmark = pytest.mark.django_db


def test_switch_off__failing_webhook__tells_the_admins_and_nobody_else(
    organization: Organization, hook: Webhook, mara: Person, dana: Person, avery: Person, mailoutbox: list[object]
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, robin, "org_admin")
    quiet = {event: {"console": True, "mail": False} for event in Notification.Event.values}
    switch_notifications(robin.user, quiet)
    mailoutbox.clear()

    switch_off(hook, actor=SYSTEM, reason="failing")

    told = set(Notification.objects.filter(event="webhook_disabled").values_list("user__name", flat=True))
    assert told == {"Mara Lindqvist", "Robin Hale"}
    assert [one.to for one in mailoutbox] == [["mara.lindqvist@example.com"]]  # type: ignore[attr-defined]
    assert "Nothing arrived for three days" in words(page(mara.client().get(f"{PAGES}/{hook.pk}")))
    with pytest.raises(Conflict):
        switch_off(hook, actor=SYSTEM, reason="failing")
