"""A key that is limited to environments neither moves nor reads anything elsewhere, whatever its role."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import lift_hold, mark_ready, rollback, start_promotion
from environments.models import Deployment, Environment, Pin
from tests.api.calling import Program, program
from tests.builders import a_live_version, published, pushed
from tests.cast import Person

pytestmark = pytest.mark.django_db

LIMITED = "This key is limited to"


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    """v1 was live, v2 is live, v3 is in Staging."""
    made = a_live_version(organization, author=dana, tester=quinn, admin=mara)
    pushed(made, dana, quinn, mara, "Second.\n")
    published(made, dana, "Third.\n")
    return made


@pytest.fixture
def staging(organization: Organization, mara: Person) -> Program:
    """An Org Admin's key for Staging alone, which may push."""
    return program(mara, organization, "org_admin", name="staging", environments=["staging"], pushes=True)


@pytest.fixture
def production(organization: Organization, mara: Person) -> Program:
    """An Org Admin's key for Production alone, which may push."""
    return program(mara, organization, "org_admin", name="production", environments=["production"], pushes=True)


def _is_beyond(program: Program, method: str, path: str, body: object = None) -> bool:
    answer = program.call(method, path, body)
    return (answer.status, answer.code) == (403, "permission_denied") and LIMITED in answer.body["detail"]


def test_moves__of_a_limited_key__stay_where_it_may(
    organization: Organization, agent: Agent, quinn: Person, staging: Program, production: Program
) -> None:
    mark_ready(agent, actor=quinn.actor(), number=3)
    before = sorted(Pin.objects.values_list("environment__slug", "version__number"))
    here = Deployment.objects.filter(agent=agent, environment__slug="staging").latest("at")
    live = Deployment.objects.filter(agent=agent, environment__slug="production").earliest("at")
    base = f"/agents/{agent.slug}"

    assert _is_beyond(staging, "POST", f"{base}/deployments/{here.pk}/promote", {"ticket": "OPS-1"})
    assert _is_beyond(staging, "POST", f"{base}/versions/3/activate", {"environment": "production", "ticket": "OPS-1"})
    assert _is_beyond(
        staging, "POST", "/environments/promote", {"source": "staging", "target": "production", "ticket": "OPS-1"}
    )
    rolled = {"environment": "production", "reason": "No"}
    assert staging.post(f"{base}/deployments/{live.pk}/rollback", rolled).status == 404
    assert _is_beyond(staging, "POST", f"{base}/deployments/{here.pk}/rollback", rolled)
    assert _is_beyond(production, "POST", f"{base}/versions/1/activate", {"environment": "staging"})
    assert _is_beyond(production, "POST", f"{base}/deployments/publish", {})
    assert _is_beyond(production, "POST", f"{base}/versions/3/revoke-ready", {"reason": "No"})
    for one in (staging, production):
        assert _is_beyond(one, "DELETE", base)
        assert _is_beyond(one, "POST", "/environments", {"name": "Canary"})
        assert _is_beyond(one, "PATCH", "/environments/production", {"name": "Live"})
        assert one.call("PUT", f"{base}/draft", {"config": {}}, if_match='"x"').code == "permission_denied"
        assert one.post("/agents", {"slug": "new", "name": "New"}).code == "permission_denied"
    assert sorted(Pin.objects.values_list("environment__slug", "version__number")) == before
    assert Environment.objects.filter(organization=organization).count() == 3


def test_jobs_and_holds__elsewhere__are_left_alone_by_a_limited_key(
    organization: Organization, agent: Agent, quinn: Person, mara: Person, staging: Program
) -> None:
    rollback(agent, actor=mara.actor(), environment="production", number=1, reason="Bad")
    mark_ready(agent, actor=quinn.actor(), number=3)
    job = start_promotion(organization, actor=mara.actor(), source="staging", target="production", ticket="OPS-1")

    assert _is_beyond(staging, "POST", f"/agents/{agent.slug}/hold/lift", {"version": 2, "reason": "Fine"})
    assert staging.get(f"/jobs/{job.pk}").status == staging.post(f"/jobs/{job.pk}/cancel").status == 404
    assert staging.get("/jobs").body["items"] == []
    assert lift_hold(agent, actor=mara.actor(), number=2, reason="Fine").number == 2


def test_reads__of_a_limited_key__know_no_other_place(agent: Agent, staging: Program, production: Program) -> None:
    base = f"/agents/{agent.slug}"

    assert list(staging.get(base).body["environments"]) == ["staging"]
    assert list(staging.get("/agents").body["items"][0]["environments"]) == ["staging"]
    assert [one["version"] for one in production.get(f"{base}/versions").body["items"]] == [2, 1]
    assert production.get(f"{base}/versions/2").body["environments"] == ["production"]
    assert {one["environment"] for one in production.get(f"{base}/deployments").body["items"]} == {"production"}
    for path in (
        f"{base}/versions/3",
        f"{base}/compare?from=1&to=3",
        f"{base}/compare?from=environment:staging&to=1",
        f"{base}/environments/staging",
        f"{base}/gates?environment=staging",
        f"{base}/deployments?environment=staging",
        f"{base}/config?environment=staging",
        "/agents?environment=staging",
        "/environments/diff?source=staging&target=production",
    ):
        assert _is_beyond(production, "GET", path), path
    for path in (f"{base}/draft", f"{base}/draft/history", f"{base}/compare?from=draft&to=1"):
        assert production.get(path).code == "permission_denied", path
    assert production.get(f"{base}/versions/1").status == production.get(f"{base}/compare?from=1&to=2").status == 200
    assert {one["environment"] for one in production.get("/audit").body["items"]} == {"production"}
