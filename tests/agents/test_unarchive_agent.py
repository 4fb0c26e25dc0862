"""An archived agent brought back."""

import pytest

from agents.models import Agent
from console.organizations.models import Organization
from environments.actions import archive_agent
from tests.agents.drafting import AGENT, newest_refusal, newest_row, refused, row
from tests.builders import CONFIG, a_candidate, an_agent, config_of
from tests.cast import Person

UNARCHIVE = f"{AGENT}/unarchive"


def test_unarchive_agent__by_an_admin__comes_back_as_it_was(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = an_agent(organization, dana)
    archive_agent(agent, actor=mara.actor())

    response = mara.client().post(UNARCHIVE)

    assert response.status_code == 302
    assert Agent.objects.get().archived_at is None
    assert config_of(agent) == CONFIG
    assert newest_row() == row("agent.unarchived", agent, mara)


def test_unarchive_agent__that_is_not_archived__is_a_conflict(
    organization: Organization, dana: Person, mara: Person
) -> None:
    an_agent(organization, dana)

    assert mara.client().post(UNARCHIVE).status_code == 409
    assert newest_refusal() == refused("agent.unarchived", "unchanged")


@pytest.mark.parametrize(("name", "status"), [("dana", 403), ("quinn", 403), ("avery", 403), ("sam", 404)])
def test_unarchive_agent__without_the_right__is_refused(
    organization: Organization, dana: Person, mara: Person, request: pytest.FixtureRequest, name: str, status: int
) -> None:
    archive_agent(a_candidate(organization, author=dana), actor=mara.actor())

    assert request.getfixturevalue(name).client().post(UNARCHIVE).status_code == status
    assert Agent.objects.get().archived_at is not None


def test_unarchive_agent__by_get__is_not_allowed(organization: Organization, dana: Person, mara: Person) -> None:
    an_agent(organization, dana)

    assert mara.client().get(UNARCHIVE).status_code == 405
