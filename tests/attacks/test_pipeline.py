"""Bending the pipeline itself: a place that a job names, a way past QA to live traffic, what programs get."""

import pytest

from console.organizations.models import Organization
from environments.actions import create_environment, start_promotion
from environments.models import Environment
from tests.api.calling import program
from tests.builders import a_candidate
from tests.cast import Person

pytestmark = pytest.mark.django_db


def test_delete_environment__that_a_job_names__is_a_conflict_and_no_fault(
    organization: Organization, dana: Person, mara: Person
) -> None:
    a_candidate(organization, author=dana)
    create_environment(organization, actor=mara.actor(), name="Canary")
    start_promotion(organization, actor=mara.actor(), source="staging", target="canary")

    answer = program(mara, organization, "org_admin").call("DELETE", "/environments/canary")

    assert (answer.status, answer.code) == (409, "conflict")
    assert Environment.objects.filter(organization=organization, slug="canary").exists()


def test_create_and_default__of_live_traffic_past_qa__asks_who_it_is(organization: Organization, mara: Person) -> None:
    admin = program(mara, organization, "org_admin")

    unsigned = {"name": "Side door", "kind": "production", "rules": {"requires_sign_off": False}}
    assert admin.post("/environments", unsigned).code == "reauthentication_required"
    assert admin.call("PATCH", "/environments/staging", {"is_default": True}).code == "reauthentication_required"
    assert admin.post("/environments", {"name": "Development", "slug": "draft"}).code == "invalid"
    assert Environment.objects.filter(organization=organization).count() == 3
    assert Environment.objects.get(organization=organization, is_default=True).slug == "production"
