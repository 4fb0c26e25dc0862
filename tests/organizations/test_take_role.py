"""Taking a role on one agent away: the right is gone on the next request."""

import pytest
from django.test import Client

from agents.models import Agent, AgentGrant
from agents.policies import permissions_on_agent
from audit.models import Event
from console.organizations.models import Organization
from tests.builders import an_agent
from tests.cast import Person

PAGE = "/o/harbourline/agents/desk/grants"


@pytest.fixture
def desk(organization: Organization, mara: Person) -> Agent:
    """An agent that is only in Development."""
    return an_agent(organization, mara, slug="desk", name="Desk")


def test_take_role__by_an_admin__ends_the_right_at_once(desk: Agent, mara: Person, quinn: Person) -> None:
    client = mara.client()
    for role in ("developer", "qa"):
        client.post(f"{PAGE}/give", {"user": quinn.user.pk, "role": role})

    response = client.post(f"{PAGE}/take", {"user": quinn.user.pk, "role": "developer"})

    assert response["Location"] == PAGE
    held = permissions_on_agent(quinn.user, desk)
    assert "edit_draft" not in held
    assert "mark_ready" in held
    assert Event.objects.get(verb="agent.role_taken").data["role"] == "developer"
    again = client.post(f"{PAGE}/take", {"user": quinn.user.pk, "role": "developer"})
    assert again.status_code == 409


def test_take_role__by_other_roles__is_refused_or_not_found(
    desk: Agent, mara: Person, dana: Person, avery: Person, sam: Person
) -> None:
    typed = {"user": dana.user.pk, "role": "qa"}
    mara.client().post(f"{PAGE}/give", typed)

    assert dana.client().post(f"{PAGE}/take", typed).status_code == 403
    assert avery.client().post(f"{PAGE}/take", typed).status_code == 403
    assert sam.client().post(f"{PAGE}/take", typed).status_code == 404
    assert Client().post(f"{PAGE}/take", typed).status_code == 302
    assert mara.client().get(f"{PAGE}/take").status_code == 405
    assert mara.client().post(f"{PAGE}/take", {**typed, "role": "king"}).status_code == 422
    assert AgentGrant.objects.count() == 1
    assert Event.objects.get(verb="agent.role_taken", outcome="refused", actor=dana.user).refusal == "permission_denied"
