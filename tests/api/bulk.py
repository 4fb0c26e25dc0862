"""What the tests of bulk work share: a small fleet, and how each agent of a job ended."""

from typing import Any

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments.models import JobItem
from tests.api.calling import Program, program
from tests.builders import a_candidate, a_ready_version, an_agent
from tests.cast import Person


@pytest.fixture
def fleet(organization: Organization, dana: Person, quinn: Person) -> list[Agent]:
    """Three agents that are ready, one that waits for QA, one that is only a draft."""
    made = [a_ready_version(organization, author=dana, tester=quinn, slug=f"ready-{n}", name=f"R{n}") for n in range(3)]
    made.append(a_candidate(organization, author=dana, slug="waiting", name="W"))
    made.append(an_agent(organization, dana, slug="only-draft", name="D"))
    return made


@pytest.fixture
def admin(organization: Organization, mara: Person) -> Program:
    """Mara's program, allowed to push."""
    return program(mara, organization, "org_admin", pushes=True)


def push(admin: Program, **more: Any) -> Any:
    """Start a push of the fleet; the message to the worker is not sent."""
    return admin.post("/environments/promote", {"source": "staging", "target": "production", **more})


def ends(job: str) -> dict[str, str]:
    """How each agent of a job ended."""
    return dict(JobItem.objects.filter(job_id=job).values_list("agent__slug", "state"))
