"""What tests of webhooks ask for: a receiver that the operator allowed, and a webhook to it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from console.organizations.models import Organization
from console.webhooks.models import Webhook
from tests.cast import Person
from tests.webhooks.hooking import a_webhook
from tests.webhooks.receiving import Receiver, receiving


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """A receiver on loopback; without the operator's leave the console would not call it."""
    with receiving() as found:
        settings.WEBHOOK_ALLOW_HOSTS = [found.address]
        yield found


@pytest.fixture
def hook(organization: Organization, mara: Person, receiver: Receiver) -> Webhook:
    """Mara's webhook to the receiver, for every kind of event."""
    return a_webhook(organization, mara, receiver).webhook
