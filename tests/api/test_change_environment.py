"""change_environment: names, order and rules change, the slug stays; two writers do not overwrite each other."""

import pytest

from audit.models import Event
from console.organizations.models import Organization
from environments.models import Environment
from tests.api.calling import program
from tests.api.test_create_environment import order
from tests.cast import Person

pytestmark = pytest.mark.django_db


def test_change_environment__name_rules_order_and_default__are_kept_and_recorded(
    organization: Organization, mara: Person
) -> None:
    admin = program(mara, organization, "org_admin")
    admin.post("/environments", {"name": "Canary"})
    organization.fresh_sign_in_for_production = False
    organization.save(update_fields=["fresh_sign_in_for_production"])

    changed = admin.call(
        "PATCH", "/environments/canary", {"name": "Pre-release", "description": "For friends", "position": 1}
    )
    ruled = admin.call("PATCH", "/environments/production", {"rules": {"soak_minutes": 60, "ticket_pattern": "OPS-*"}})
    no_number = admin.call(
        "PATCH", "/environments/production", {"rules": {"approvals": [{"role": "qa", "count": True}]}}
    )
    default = admin.call("PATCH", "/environments/staging", {"is_default": True})

    assert (changed.body["slug"], changed.body["name"]) == ("canary", "Pre-release")
    assert order(organization) == ["development", "canary", "staging", "production"]
    assert (ruled.body["rules"]["soak_minutes"], ruled.body["rules"]["requires_sign_off"]) == (60, True)
    assert no_number.status == 422
    assert default.body["is_default"] is True
    assert Environment.objects.get(organization=organization, is_default=True).slug == "staging"
    event = Event.objects.filter(verb="environment.changed", outcome="done").newest_first()[1]
    assert event.data["before"]["rules"]["soak_minutes"] == 0
    assert event.data["after"]["rules"]["soak_minutes"] == 60


def test_change_environment__stale_wrong_or_forbidden__changes_nothing(
    organization: Organization, mara: Person, dana: Person
) -> None:
    admin = program(mara, organization, "org_admin")
    tag = admin.get("/environments/staging").headers["ETag"]
    assert admin.call("PATCH", "/environments/staging", {"name": "Sandbox"}, if_match=tag).status == 200

    for address, body, status in [
        ("/environments/nowhere", {"name": "X"}, 404),
        ("/environments/staging", {"position": 2}, 422),
        ("/environments/production", {"is_default": False}, 422),
        ("/environments/staging", {"position": True}, 422),
        ("/environments/staging", {"is_default": 1}, 422),
        ("/environments/production", {"rules": {"soak_minutes": False}}, 422),
        ("/environments/production", {"rules": {"soak_minutes": "5"}}, 422),
        ("/environments/production", {"rules": {"export_kept": 1}}, 422),
        ("/environments/development", {"is_default": True}, 422),
        ("/environments/staging", {"rules": {"ticket_pattern": "OPS-*"}}, 403),
    ]:
        assert admin.call("PATCH", address, body).status == status, body
    assert admin.call("PATCH", "/environments/staging", {"name": "Other"}, if_match=tag).status == 412
    assert program(dana, organization, "developer").call("PATCH", "/environments/staging", {"name": "X"}).status == 403
    assert Environment.objects.get(organization=organization, slug="staging").name == "Sandbox"
