"""An Org Admin adds a webhook, tests it, reads what came back, sends it once more, and takes it away (ux.md S25)."""

import pytest
from pytest_django import Settings

from console.organizations.models import Organization
from console.webhooks.models import Webhook
from tests.browser.conftest import Visit
from tests.browser.visiting import PHONE
from tests.cast import Person
from tests.webhooks.hooking import one_round
from tests.webhooks.receiving import receiving, status

pytestmark = pytest.mark.browser
PAGE = "/o/harbourline/settings/webhooks"


def test_webhook__from_the_empty_page_to_its_end__by_one_admin(
    visit: Visit, organization: Organization, mara: Person, settings: Settings
) -> None:
    with receiving() as receiver:
        settings.WEBHOOK_ALLOW_HOSTS = [receiver.address]  # for the worker's part, which is done here
        admin = visit(mara)
        admin.sign_in(PAGE)
        admin.sees("No webhook yet.")
        admin.page.keyboard.press("n")
        admin.type("Address", "https://169.254.169.254/")
        admin.page.get_by_label("Marked ready for Production").check()
        admin.press("Add webhook", 422, exact=True)
        admin.sees("is not on the public internet")
        admin.type("Address", "https://hooks.example.com/releases")
        admin.type("What it is for", "Release chat")
        admin.press("Add webhook", exact=True)
        assert admin.page.get_by_label("Signing secret").input_value().startswith("whsec_")
        admin.follow("I stored it")
        admin.sees("No delivery here.")

        receiver.answers = [status(500, b"Out for lunch")]
        admin.press("Send test")
        admin.sees("Not sent yet.")
        lead_to(receiver.url())
        one_round()
        admin.sees("Try 1", "Out for lunch")  # the page looked by itself
        with admin.page.expect_navigation():
            admin.page.keyboard.press("r")
        one_round()
        admin.sees("Try 2", "Delivered")
        admin.hold(PHONE)
        admin.examine()
        admin.follow("Release chat")
        admin.press("Disable webhook")
        admin.sees("Switched off", "A person switched it off")
        admin.open(PAGE)
        admin.follow("Release chat")
        admin.page.get_by_text("Delete webhook...").click()
        admin.press("Delete webhook", exact=True)
        admin.sees("No webhook yet.")


def lead_to(url: str) -> None:
    """Let the only webhook lead to a receiver of this machine, as the operator may allow."""
    Webhook.objects.update(url=url)
