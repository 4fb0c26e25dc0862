"""start_promotion: frozen list, one transaction per agent, true counts (G5, G6, T10, T19, T20)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent
from audit.models import Event
from console.organizations.actions import revoke_key
from console.organizations.models import Organization
from environments import bulk
from environments.models import Deployment, Job, JobItem, Pin
from tests.api.bulk import ends, push
from tests.api.calling import Program, program
from tests.builders import published
from tests.cast import Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_promote_many__without_a_list__moves_what_is_pinned_and_says_why_not(
    fleet: list[Agent], admin: Program
) -> None:
    difference = {
        one["agent"]: one for one in admin.get("/environments/diff?source=staging&target=production").body["items"]
    }
    assert set(difference) == {"ready-0", "ready-1", "ready-2", "waiting"}
    assert difference["ready-0"]["promotable"] is True
    assert "prompt" in difference["ready-0"]["sections"]
    assert "marked ready" in difference["waiting"]["why_not"]

    started = push(admin, note="Friday")

    assert started.status == 202, started.body
    job = started.body["job"]["id"]
    bulk.run(Job.objects.get(pk=job).pk)
    told = admin.get(f"/jobs/{job}").body
    assert (told["state"], told["total"], told["done"], told["failed"], told["skipped"]) == ("finished", 4, 3, 1, 0)
    assert ends(job) == {"ready-0": "promoted", "ready-1": "promoted", "ready-2": "promoted", "waiting": "failed"}
    failed = admin.get(f"{told['items_url'].removeprefix('/api/v1')}?state=failed").body["items"]
    assert [(one["agent"], one["code"]) for one in failed] == [("waiting", "illegal_transition")]
    assert admin.get(f"/jobs/{job}/items?state=lost").body["items"] == []
    assert Event.objects.filter(verb="release.pushed_to_production", outcome="done").count() == 3
    assert {move.note for move in Deployment.objects.filter(job=job)} == {"Friday"}


def test_promote_many__bad_lists__are_refused_whole(
    fleet: list[Agent], admin: Program, dana: Person, organization: Organization
) -> None:
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"agents": []}, 422, "invalid"),
        ({"agents": ["ready-0", "nobody"]}, 404, "not_found"),
        ({"agents": ["ready-0"], "flowIds": ["ready-1"]}, 400, "contradicting_parameters"),
        ({"agents": ["ready-0"], "expected_digests": {"ready-1": "a" * 64}}, 422, "invalid"),
        *(
            ({"agents": ["ready-0"], "expected_digests": {"ready-0": digest}}, 422, "invalid")
            for digest in ("", "\0", "a" * 63, "a" * 65, "A" * 64, "a" * 64 + "\n")
        ),
        ({"source": "nowhere"}, 404, "not_found"),
        ({"source": "production", "target": "staging"}, 409, "conflict"),
        ({"source": "development", "target": "production"}, 409, "conflict"),
    ]
    for body, status, code in cases:
        answer = push(admin, **body)
        assert (answer.status, answer.code) == (status, code), body
    assert push(program(dana, organization, "developer")).code == "permission_denied"
    assert not Job.objects.exists()


def test_job__agents_named_twice_and_moved_meanwhile__move_once_or_fail_alone(
    fleet: list[Agent], admin: Program, dana: Person, quinn: Person
) -> None:
    job = push(admin, agents=["ready-0", "ready-0", str(fleet[1].pk)], expected_digests={"ready-0": "0" * 64}).body[
        "job"
    ]["id"]
    published(fleet[1], dana, "You are new.\n")

    bulk.run(Job.objects.get(pk=job).pk)

    items = {item.agent.slug: item for item in JobItem.objects.filter(job=job).select_related("agent")}
    assert {slug: (item.state, item.code) for slug, item in items.items()} == {
        "ready-0": ("failed", "stale"),
        "ready-1": ("failed", "approval_stale"),
    }
    assert not Pin.objects.filter(environment__slug="production").exists()


def test_job__delivered_twice_or_after_a_crash__moves_nothing_twice(fleet: list[Agent], admin: Program) -> None:
    job = Job.objects.get(pk=push(admin, agents=["ready-0", "ready-1"]).body["job"]["id"])
    bulk.run(job.pk)
    assert bulk.run(job.pk) is False
    # The process died after a move was committed and before its row said so; its lease ran out.
    JobItem.objects.filter(job=job).update(state="pending", deployment=None, ended_at=None)
    Job.objects.filter(pk=job.pk).update(
        state="running", finished_at=None, lease_until=timezone.now() - timedelta(seconds=1)
    )
    assert bulk.unattended() == [job.pk]

    bulk.run(job.pk)

    assert ends(str(job.pk)) == {"ready-0": "promoted", "ready-1": "promoted"}
    assert Deployment.objects.filter(job=job).count() == 2


def test_job__held_by_another_worker__is_left_alone(fleet: list[Agent], admin: Program) -> None:
    job = Job.objects.get(pk=push(admin, agents=["ready-0"]).body["job"]["id"])
    Job.objects.filter(pk=job.pk).update(state="running", lease_until=timezone.now() + timedelta(seconds=20))

    assert bulk.run(job.pk) is False
    assert ends(str(job.pk)) == {"ready-0": "pending"}
    assert bulk.unattended() == []


def test_job__rights_taken_meanwhile__refuses_what_remains(fleet: list[Agent], admin: Program, mara: Person) -> None:
    job = push(admin, agents=["ready-0"]).body["job"]["id"]
    revoke_key(admin.key, actor=mara.actor())

    bulk.run(Job.objects.get(pk=job).pk)

    item = JobItem.objects.get(job=job)
    assert (item.state, item.code) == ("failed", "permission_denied")
