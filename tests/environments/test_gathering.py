"""A board reads many agents at once and offers exactly what each agent's own page offers."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.grants import grant_role
from agents.models import Agent
from console.organizations.models import Organization
from console.organizations.policies import holder_of, holders_in, permissions_on
from console.organizations.roles import PERMISSIONS
from environments.actions import lift_hold, publish, revoke_ready
from environments.available import Offer, steps
from environments.gathering import Gathered, gather
from environments.pipeline import environments_of
from environments.policies import permissions_on_agent
from environments.standing import standing_of
from tests import builders
from tests.cast import Person, join, new_account
from tests.remembering import remembered


def gathered_steps(organization: Organization, person: Person) -> dict[str, list[Offer]]:
    agents = list(Agent.objects.filter(organization=organization).order_by("slug"))
    standings = gather(agents, organization, environments_of(organization))
    held = permissions_on(person.user, organization)
    found = {}
    for agent in agents:
        facts = standings[agent.pk].facts
        assert isinstance(facts, Gathered)
        found[agent.slug] = steps(standings[agent.pk], person.actor(), held | facts.granted(person.user, agent))
    return found


def asked_steps(organization: Organization, person: Person) -> dict[str, list[Offer]]:
    agents = Agent.objects.filter(organization=organization).select_related("organization").order_by("slug")
    return {
        agent.slug: steps(standing_of(agent), person.actor(), permissions_on_agent(person.user, agent))
        for agent in agents
    }


@pytest.fixture
@remembered
def everything(organization: Organization, dana: Person, quinn: Person, mara: Person) -> None:
    """Agents in every situation that a board can meet."""
    builders.an_agent(organization, dana, slug="only-draft")
    builders.a_candidate(organization, author=dana, slug="candidate")
    builders.an_agent_sent_back(organization, author=dana, tester=quinn, slug="sent-back")
    ready = builders.a_ready_version(organization, author=dana, tester=quinn, slug="ready")
    builders.edited(ready, dana, "Another prompt.\n")
    revoked = builders.a_ready_version(organization, author=dana, tester=quinn, slug="revoked")
    revoke_ready(revoked, actor=mara.actor(), number=1, reason="Not yet")
    builders.a_live_version(organization, author=dana, tester=quinn, admin=mara, slug="live")
    behind = builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara, slug="rolled-back")
    builders.edited(behind, dana, "A third prompt.\n")
    lifted = builders.a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara, slug="lifted")
    lift_hold(lifted, actor=mara.actor(), number=2, reason="It was the carrier")
    builders.a_candidate(organization, author=mara, slug="of-the-admin")
    newer = builders.two_live_versions(organization, author=dana, tester=quinn, admin=mara, slug="newer")
    builders.published(newer, dana, "Yet another prompt.\n")


@pytest.fixture
def watchers(organization: Organization, dana: Person, quinn: Person, mara: Person, avery: Person) -> Iterator[Person]:
    """The cast; a person with every role; a tester by a grant on one agent alone."""
    robin, kim = new_account("robin@example.com", "Robin Hale"), new_account("kim@example.com", "Kim Osei")
    join(organization, mara, robin, "developer", "qa", "org_admin")
    join(organization, mara, kim, "developer")
    return iter([dana, quinn, mara, avery, robin, kim])


@pytest.mark.usefixtures("everything")
def test_gather__every_situation_and_person__offers_what_the_page_offers(
    organization: Organization, watchers: Iterator[Person], mara: Person
) -> None:
    people = list(watchers)
    grant_role(Agent.objects.get(slug="candidate"), actor=mara.actor(), user=people[-1].user, role="qa")
    own = builders.an_agent(organization, people[-2], slug="own-work")
    publish(own, actor=people[-2].actor())

    for person in people:
        assert gathered_steps(organization, person) == asked_steps(organization, person), person.name


@pytest.mark.usefixtures("everything")
def test_gather__an_approval_that_became_stale__is_as_stale_as_on_the_page(
    organization: Organization, mara: Person, quinn: Person
) -> None:
    Organization.objects.filter(pk=organization.pk).update(ticket_required=True)
    organization.refresh_from_db()

    offered = gathered_steps(organization, mara)

    assert offered == asked_steps(organization, mara)
    (push,) = [one for one in offered["ready"] if one.verb == "push_to_production"]
    assert "the change-ticket rule" in push.reason


@pytest.mark.usefixtures("everything")
def test_gather__more_agents__costs_no_more_queries(organization: Organization, mara: Person) -> None:
    pipeline, agents = environments_of(organization), Agent.objects.order_by("slug")
    counts = []

    for chosen in (agents.filter(slug__in=["ready", "rolled-back"]), agents):
        found = list(chosen)
        with CaptureQueriesContext(connection) as asked:
            standings = gather(found, organization, pipeline).values()
            assert [steps(one, mara.actor(), frozenset({"push_to_production", "edit_draft"})) for one in standings]
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 14


def test_holders_in__every_permission__names_whom_holder_of_names(
    organization: Organization, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    found = holders_in(organization, frozenset(PERMISSIONS))

    assert {name: list(people.values()) for name, people in found.items()} == {
        name: holder_of(name, organization).people for name in PERMISSIONS
    }
