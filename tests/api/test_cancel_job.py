"""cancel_job: what waits is skipped, what is done stays done."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments import bulk
from environments.models import Job
from tests.api.bulk import push
from tests.api.calling import Program, program
from tests.cast import Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_cancel_job__before_it_began__skips_what_waits(
    fleet: list[Agent], admin: Program, dana: Person, organization: Organization
) -> None:
    job = push(admin, agents=["ready-0"]).body["job"]["id"]
    assert program(dana, organization, "developer").post(f"/jobs/{job}/cancel").code == "permission_denied"

    assert admin.post(f"/jobs/{job}/cancel").status == 200
    bulk.run(Job.objects.get(pk=job).pk)

    told = admin.get(f"/jobs/{job}").body
    assert (told["state"], told["skipped"], told["done"]) == ("cancelled", 1, 0)
    assert admin.post(f"/jobs/{job}/cancel").code == "conflict"
