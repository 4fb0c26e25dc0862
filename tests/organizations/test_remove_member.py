"""Removing a member: every right ends at once, the history stays."""

from functools import partial

import pytest
from django.test import Client

from agents.models import AgentGrant
from agents.policies import permissions_on_agent
from audit.models import Event
from console.departures import remove_member
from console.organizations.actions import change_roles
from console.organizations.models import Membership, Organization, User
from tests.builders import an_agent
from tests.cast import Person, join, new_account
from tests.pages import by_id, words
from tests.races import outcomes_at_once


def _address(person: Person, organization: Organization) -> str:
    return f"/o/{organization.slug}/members/{person.membership_in(organization).pk}/remove"


def test_remove_member__by_an_admin__ends_every_right_on_the_next_request(
    organization: Organization, mara: Person, avery: Person
) -> None:
    browser = avery.client()
    assert browser.get("/o/harbourline/settings").status_code == 200

    response = mara.client().post(_address(avery, organization))

    assert response["Location"] == "/o/harbourline/members"
    assert browser.get("/o/harbourline/settings").status_code == 404
    assert User.objects.filter(pk=avery.user.pk, is_active=True).exists()
    event = Event.objects.get(verb="member.removed")
    assert (event.outcome, event.actor) == ("done", mara.user)
    assert event.target_label == "Avery Stone <avery.stone@example.com>"
    assert event.data["before"] == ["auditor"]
    gone = Membership.history.filter(user=avery.user).latest()
    assert (gone.history_type, gone.history_user) == ("-", mara.user)


def test_remove_member__with_roles_on_agents__ends_them_and_they_do_not_return(
    organization: Organization, mara: Person, quinn: Person
) -> None:
    agent = an_agent(organization, mara, slug="desk", name="Desk")
    mara.client().post("/o/harbourline/agents/desk/grants/give", {"user": quinn.user.pk, "role": "developer"})
    assert "edit_draft" in permissions_on_agent(quinn.user, agent)

    mara.client().post(_address(quinn, organization))
    join(organization, mara, quinn, "qa")

    assert not AgentGrant.objects.exists()
    assert "edit_draft" not in permissions_on_agent(quinn.user, agent)
    assert Event.objects.get(verb="member.removed").data["grants_ended"] == 1


def test_remove_member__of_the_last_admin__is_refused(organization: Organization, mara: Person, dana: Person) -> None:
    response = mara.client().post(_address(mara, organization))

    assert response.status_code == 409
    assert "last_admin" in words(by_id(response, "refusal"))
    assert mara.client().get("/o/harbourline/members").status_code == 200


def test_remove_member__of_oneself__works_when_another_admin_stays(
    organization: Organization, mara: Person, dana: Person
) -> None:
    change_roles(dana.membership_in(organization), actor=mara.actor(), roles=["org_admin"])
    client = mara.client()

    response = client.post(_address(mara, organization), follow=True)

    assert response.status_code == 404
    assert dana.client().get("/o/harbourline/members").status_code == 200


@pytest.mark.parametrize("name", ["dana", "quinn", "avery"])
def test_remove_member__without_the_right__is_refused(
    organization: Organization, name: str, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(name)

    response = person.client().post(_address(person, organization))

    assert response.status_code == 403
    assert person.membership_in(organization)
    assert Event.objects.get(verb="member.removed").refusal == "permission_denied"


def test_remove_member__by_a_stranger_or_a_look__changes_nothing(
    organization: Organization, mara: Person, dana: Person, sam: Person
) -> None:
    page = _address(dana, organization)

    assert sam.client().post(page).status_code == 404
    assert sam.client().post(page.replace("harbourline", "elsewhere")).status_code == 404
    assert mara.client().get(page).status_code == 405
    assert Client().post(page).status_code == 302
    assert dana.membership_in(organization)


def test_remove_member__with_a_stale_sign_in__asks_for_a_proof(
    organization: Organization, mara: Person, dana: Person
) -> None:
    response = mara.stale_client().post(_address(dana, organization))

    assert response.status_code == 403
    assert "reauthentication_required" in words(by_id(response, "refusal"))
    assert dana.membership_in(organization)


@pytest.mark.django_db(transaction=True)
def test_remove_member__when_two_admins_remove_each_other__one_stays(organization: Organization, mara: Person) -> None:
    dana = new_account("dana.reyes@example.com", "Dana Reyes")
    join(organization, mara, dana, "org_admin")

    outcomes = outcomes_at_once(
        partial(remove_member, dana.membership_in(organization), actor=mara.actor()),
        partial(remove_member, mara.membership_in(organization), actor=dana.actor()),
    )

    assert sorted(outcomes) == ["ok", "permission_denied"]
    assert Membership.objects.with_role("org_admin").filter(organization=organization).count() == 1
