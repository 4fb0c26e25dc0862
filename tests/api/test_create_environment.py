"""create_environment: the pipeline is the organization's own ordered list."""

import pytest

from audit.models import Event
from console.organizations.models import Organization
from environments.models import Environment
from tests.api.calling import program
from tests.builders import a_ready_version
from tests.cast import Person

pytestmark = pytest.mark.django_db


def order(organization: Organization) -> list[str]:
    """The pipeline by slug."""
    return list(
        Environment.objects.filter(organization=organization).order_by("position").values_list("slug", flat=True)
    )


def test_create_environment__by_program__stands_before_production(organization: Organization, mara: Person) -> None:
    admin = program(mara, organization, "org_admin")

    made = admin.post("/environments", {"name": "Canary"})

    assert (made.status, made.body["slug"], made.body["kind"]) == (201, "canary", "staging")
    assert order(organization) == ["development", "staging", "canary", "production"]
    assert admin.post("/environments", {"name": "EU", "kind": "production"}).body["position"] == 4
    assert admin.post("/environments", {"name": "Smoke", "position": 1}).status == 201
    assert order(organization) == ["development", "smoke", "staging", "canary", "production", "eu"]
    assert Event.objects.filter(verb="environment.created", outcome="done").count() == 4  # one is the founding


def test_create_environment__bad_input__is_named(organization: Organization, mara: Person, dana: Person) -> None:
    admin = program(mara, organization, "org_admin")

    for body, status, code in [
        ({"name": ""}, 422, "invalid"),
        ({"name": "x" * 61}, 422, "invalid"),
        ({"name": "Staging"}, 409, "slug_taken"),
        ({"name": "Ready"}, 422, "invalid"),
        ({"name": "Second", "kind": "development"}, 422, "invalid"),
        ({"name": "Second", "kind": "moon"}, 422, "invalid"),
        ({"name": "Second", "position": 0}, 422, "invalid"),
        ({"name": "Second", "kind": "production", "position": 1}, 422, "invalid"),
        ({"name": "Second", "rules": {"soak_minutes": -1}}, 422, "invalid"),
        ({"name": "Second", "rules": {"approvals": [{"role": "qa", "count": 2}]}}, 422, "invalid"),
        ({"name": "Second", "rules": {"windows": [{"zone": "Mars"}]}}, 422, "invalid"),
        ({"name": "Second", "kind": "production", "rules": {"ticket_pattern": "A\0"}}, 422, "invalid"),
        ({"name": "Second", "rules": {"freeze": {"reason": "A\0"}}}, 422, "invalid"),
        ({"name": "Second", "rules": {"freeze": {"reason": "A", "until": 100_000_000_000}}}, 422, "invalid"),
        ({"name": "Second", "rules": {"windows": [{"since": 3_600}]}}, 422, "invalid"),
        ({"name": "Second", "rules": {"windows": [{"since": "09:00Z", "until": "10:00Z"}]}}, 422, "invalid"),
        ({"name": "Second", "unknown": 1}, 422, "invalid"),
    ]:
        answer = admin.post("/environments", body)
        assert (answer.status, answer.code) == (status, code), body
    assert program(dana, organization, "developer").post("/environments", {"name": "Canary"}).status == 403
    assert len(order(organization)) == 3


def test_create_environment__in_the_middle__makes_what_was_approved_before_stale(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_ready_version(organization, author=dana, tester=quinn)
    admin = program(mara, organization, "org_admin", pushes=True)

    admin.post("/environments", {"name": "Canary"})

    deployment = admin.get(f"/agents/{agent.slug}/deployments").body["items"][0]["id"]
    skipped = admin.post(f"/agents/{agent.slug}/deployments/{deployment}/promote", {"environment": "production"})
    assert (skipped.status, skipped.code) == (409, "approval_stale")
    hop = admin.post(f"/agents/{agent.slug}/deployments/{deployment}/promote")
    assert (hop.status, hop.body["environment"]) == (201, "canary")
