"""retry_failed: a new job with what failed; nothing goes out that nobody has seen."""

import pytest

from agents.models import Agent
from environments import bulk
from environments.actions import mark_ready
from environments.models import Job, JobItem
from tests.api.bulk import ends, push
from tests.api.calling import Program
from tests.builders import approved
from tests.cast import Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_retry_failed__after_the_reason_is_gone__moves_the_rest(
    fleet: list[Agent], admin: Program, dana: Person, quinn: Person, mara: Person
) -> None:
    first = push(admin, agents=["ready-0", "waiting"]).body["job"]["id"]
    assert admin.post(f"/jobs/{first}/retry").code == "conflict"
    bulk.run(Job.objects.get(pk=first).pk)
    mark_ready(Agent.objects.get(slug="waiting"), actor=quinn.actor(), number=1)

    again = admin.post(f"/jobs/{first}/retry").body["job"]["id"]
    bulk.run(Job.objects.get(pk=again).pk)
    assert ends(again) == {"waiting": "promoted"}


def test_retry_failed__when_something_newer_is_served_by_then__asks_for_its_digest(
    fleet: list[Agent], admin: Program, dana: Person, quinn: Person
) -> None:
    first = push(admin, agents=["waiting"]).body["job"]["id"]
    bulk.run(Job.objects.get(pk=first).pk)
    agent = Agent.objects.get(slug="waiting")
    newer = approved(agent, dana, quinn, "Newer than what was reviewed.")

    unseen = admin.post(f"/jobs/{first}/retry").body["job"]["id"]
    bulk.run(Job.objects.get(pk=unseen).pk)
    refused = JobItem.objects.get(job_id=unseen)
    assert (refused.state, refused.code) == ("failed", "stale")

    assert admin.post(f"/jobs/{first}/retry", {"expected_digests": {"ready-0": newer.digest}}).status == 422
    assert admin.post(f"/jobs/{first}/retry", {"expected_digests": {"waiting": ""}}).status == 422
    assert admin.post(f"/jobs/{first}/retry", {"agents": ["ready-0"]}).code == "conflict"
    seen = admin.post(f"/jobs/{unseen}/retry", {"agents": ["waiting"], "expected_digests": {"waiting": newer.digest}})
    bulk.run(Job.objects.get(pk=seen.body["job"]["id"]).pk)
    assert ends(seen.body["job"]["id"]) == {"waiting": "promoted"}
