"""What no code of ours may do to webhooks, PostgreSQL refuses to anybody."""

import pytest

from console.organizations.models import Organization
from console.webhooks.models import Webhook
from console.webhooks.outbox import read_logs
from tests.builders import a_small_agent
from tests.cast import Person
from tests.guards.test_database import refused
from tests.webhooks.hooking import webhook_and_delivery

pytestmark = pytest.mark.django_db


def test_rows__of_two_organizations_or_against_a_rule__are_refused(
    organization: Organization, hook: Webhook, mara: Person, dana: Person, other_organization: Organization, sam: Person
) -> None:
    a_small_agent(organization, dana)
    assert read_logs() == 1
    theirs = webhook_and_delivery(other_organization, sam)
    ours, never = str(hook.pk), "9" * 9

    attempts: list[tuple[str, *tuple[object, ...]]] = [
        ("UPDATE webhooks_delivery SET webhook_id = %s WHERE webhook_id = %s", theirs["webhook"], ours),
        ("UPDATE webhooks_delivery SET organization_id = %s WHERE webhook_id = %s", other_organization.pk, ours),
        ("UPDATE webhooks_message SET body = 'other' WHERE sequence IS NOT NULL",),
        ("UPDATE webhooks_message SET sequence = %s WHERE sequence IS NOT NULL", never),
        ("INSERT INTO webhooks_message (id, organization_id, sequence, kind, body, at)"
         " SELECT gen_random_uuid(), organization_id, sequence, kind, body, at"
         " FROM webhooks_message WHERE sequence IS NOT NULL",),
        ("UPDATE webhooks_webhook SET kinds = '{}'",),
        ("UPDATE webhooks_webhook SET kinds = '{version.exploded}'",),
        ("UPDATE webhooks_webhook SET disabled_at = now()",),
        ("UPDATE webhooks_webhook SET disabled_because = 'gone'",),
        ("UPDATE webhooks_webhook SET former_secret = 'x'",),
        ("UPDATE webhooks_webhook SET secret = ''",),
        ("UPDATE webhooks_webhook SET failures = 1",),
        ("UPDATE webhooks_delivery SET state = 'delivered'",),
        ("UPDATE webhooks_delivery SET ended_at = now()",),
        ("UPDATE webhooks_delivery SET state = 'lost', ended_at = now()",),
    ]  # fmt: skip
    for statement, *values in attempts:
        assert refused(statement, *values), statement
    assert not refused("UPDATE webhooks_webhook SET description = 'x'")
