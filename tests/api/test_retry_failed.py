"""retry_failed: a new job with what failed, frozen anew."""

import pytest

from agents.models import Agent
from environments import bulk
from environments.actions import mark_ready
from environments.models import Job
from tests.api.bulk import ends, push
from tests.api.calling import Program
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
