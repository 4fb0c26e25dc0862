"""A role on one agent alone: the exception beside the roles of the organization."""

import pytest
from django.test import Client

from agents.models import Agent, AgentGrant
from agents.policies import permissions_on_agent
from audit.models import Event
from console.organizations.models import Organization
from tests.builders import an_agent
from tests.cast import Person
from tests.pages import by_id, has_id, page, words

PAGE = "/o/harbourline/agents/desk/grants"


@pytest.fixture
def desk(organization: Organization, mara: Person) -> Agent:
    """An agent that is only in Development."""
    return an_agent(organization, mara, slug="desk", name="Desk")


def test_grant_role__by_an_admin__counts_for_this_agent_alone(
    desk: Agent, organization: Organization, mara: Person, quinn: Person
) -> None:
    other = an_agent(organization, mara, slug="night", name="Night")
    client = mara.client()

    response = client.post(f"{PAGE}/give", {"user": quinn.user.pk, "role": "developer"})

    assert response["Location"] == PAGE
    assert "edit_draft" in permissions_on_agent(quinn.user, desk)
    assert "edit_draft" not in permissions_on_agent(quinn.user, other)
    assert set(Agent.objects.visible_to(quinn.user, organization)) == {desk}
    assert "Quinn Abara" in words(by_id(client.get(PAGE), "grants"))
    event = Event.objects.get(verb="agent.role_granted")
    assert (event.outcome, event.actor, event.agent_id, event.target_label) == ("done", mara.user, desk.pk, "Desk")
    assert event.data == {"person": str(quinn.user.pk), "name": "Quinn Abara", "role": "developer"}


def test_grant_role__of_qa_to_an_admin__lets_them_mark_ready(desk: Agent, mara: Person) -> None:
    mara.client().post(f"{PAGE}/give", {"user": mara.user.pk, "role": "qa"})

    assert "mark_ready" in permissions_on_agent(mara.user, desk)


def test_grant_role__twice__is_a_conflict(desk: Agent, mara: Person, quinn: Person) -> None:
    client = mara.client()
    client.post(f"{PAGE}/give", {"user": quinn.user.pk, "role": "qa"})

    assert client.post(f"{PAGE}/give", {"user": quinn.user.pk, "role": "qa"}).status_code == 409
    assert AgentGrant.objects.count() == 1


def test_grant_role__to_somebody_of_another_organization__is_the_same_as_to_nobody(
    desk: Agent, mara: Person, sam: Person
) -> None:
    client = mara.client()
    foreign = client.post(f"{PAGE}/give", {"user": sam.user.pk, "role": "qa"})
    unknown = client.post(f"{PAGE}/give", {"user": desk.pk, "role": "qa"})
    broken = client.post(f"{PAGE}/give", {"user": "x", "role": "qa"})

    assert foreign.status_code == unknown.status_code == broken.status_code == 422
    assert words(by_id(foreign, "form-errors")) == words(by_id(unknown, "form-errors"))
    assert "Sam Outsider" not in words(page(client.get(PAGE)))


@pytest.mark.parametrize("typed", [{"role": "king"}, {"role": ""}, {"role": "qa", "agent": "night"}])
def test_grant_role__with_bad_input__is_invalid(
    desk: Agent, mara: Person, quinn: Person, typed: dict[str, str]
) -> None:
    response = mara.client().post(f"{PAGE}/give", {"user": quinn.user.pk, **typed})

    assert response.status_code == 422
    assert not AgentGrant.objects.exists()


def test_grant_role__on_an_archived_agent__is_refused(desk: Agent, mara: Person, quinn: Person) -> None:
    desk.archived_at = desk.created_at
    desk.save(update_fields=["archived_at"])

    assert mara.client().post(f"{PAGE}/give", {"user": quinn.user.pk, "role": "qa"}).status_code == 409


def test_grant_role__by_other_roles__is_refused_or_not_found(
    desk: Agent, mara: Person, dana: Person, quinn: Person, avery: Person, sam: Person
) -> None:
    typed = {"user": dana.user.pk, "role": "org_admin"}

    assert dana.client().post(f"{PAGE}/give", typed).status_code == 403
    assert quinn.client().post(f"{PAGE}/give", typed).status_code == 404
    assert avery.client().post(f"{PAGE}/give", typed).status_code == 403
    assert sam.client().post(f"{PAGE}/give", typed).status_code == 404
    assert Client().post(f"{PAGE}/give", typed).status_code == 302
    assert mara.client().get(f"{PAGE}/give").status_code == 405
    assert not AgentGrant.objects.exists()


def test_grants_page__for_the_auditor__is_read_only(desk: Agent, mara: Person, quinn: Person, avery: Person) -> None:
    mara.client().post(f"{PAGE}/give", {"user": quinn.user.pk, "role": "qa"})

    response = avery.client().get(PAGE)

    assert "Quinn Abara" in words(by_id(response, "grants"))
    assert not has_id(response, "grant")
    assert not by_id(response, "grants").xpath(".//button")
