"""undo_moved: every moved agent rolled back by the ordinary verb, where it is still served."""

import pytest

from agents.models import Agent
from environments import bulk
from environments.models import Deployment, Job, JobItem, Pin
from tests.api.bulk import ends, push
from tests.api.calling import Program
from tests.builders import approved
from tests.cast import Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_undo_moved__of_a_job__takes_back_what_is_still_served(
    fleet: list[Agent], admin: Program, dana: Person, quinn: Person
) -> None:
    first = push(admin, agents=["ready-0"]).body["job"]["id"]
    bulk.run(Job.objects.get(pk=first).pk)
    approved(Agent.objects.get(slug="ready-0"), dana, quinn, "You are brief.\n")
    second = push(admin, agents=["ready-0"]).body["job"]["id"]
    bulk.run(Job.objects.get(pk=second).pk)
    back = admin.post(f"/jobs/{second}/undo", {"reason": "Wrong tone"}).body["job"]["id"]
    bulk.run(Job.objects.get(pk=back).pk)
    assert ends(back) == {"ready-0": "promoted"}
    assert Pin.objects.get(agent__slug="ready-0", environment__slug="production").version.number == 1
    # As after a worker that died between the commit of the rollback and the item's row (T10).
    JobItem.objects.filter(job=back).update(state="pending", deployment=None, ended_at=None)
    Job.objects.filter(pk=back).update(state="running", finished_at=None, lease_until=None)
    bulk.run(Job.objects.get(pk=back).pk)
    assert (ends(back), Deployment.objects.filter(job=back).count()) == ({"ready-0": "promoted"}, 1)
    third = admin.post(f"/jobs/{first}/undo", {"reason": "All"}).body["job"]["id"]
    bulk.run(Job.objects.get(pk=third).pk)
    assert ends(third) == {"ready-0": "skipped"}
