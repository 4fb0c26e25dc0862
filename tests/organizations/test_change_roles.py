"""Changing roles: rights follow at once, and one Org Admin always stays."""

from functools import partial

import pytest
from django.test import Client

from audit.models import Event
from console.organizations.actions import change_roles, invite_member
from console.organizations.models import Membership, Organization
from console.organizations.policies import permissions_on
from tests.cast import Person, join, new_account
from tests.pages import by_id, has_id, hidden_value, words
from tests.races import outcomes_at_once


def _address(person: Person, organization: Organization) -> str:
    return f"/o/{organization.slug}/members/{person.membership_in(organization).pk}"


def test_change_roles__by_an_admin__gives_exactly_these_rights_at_once(
    organization: Organization, mara: Person, dana: Person
) -> None:
    admin, browser = mara.client(), dana.client()
    assert browser.get("/o/harbourline/members").status_code == 403

    response = admin.post(_address(dana, organization), {"roles": ["qa", "auditor"]})

    assert response["Location"] == "/o/harbourline/members"
    assert browser.get("/o/harbourline/members").status_code == 200
    held = permissions_on(dana.user, organization)
    assert "mark_ready" in held
    assert "edit_draft" not in held


def test_change_roles__by_an_admin__leaves_event_and_history(
    organization: Organization, mara: Person, dana: Person
) -> None:
    mara.client().post(_address(dana, organization), {"roles": ["developer", "qa"]})

    event = Event.objects.get(verb="member.roles_changed")
    assert (event.outcome, event.actor) == ("done", mara.user)
    assert event.target_label == "Dana Reyes <dana.reyes@example.com>"
    assert event.data["before"] == ["developer"]
    assert event.data["after"] == ["developer", "qa"]
    newest = Membership.history.filter(user=dana.user).latest()
    assert (newest.roles, newest.history_user) == (["developer", "qa"], mara.user)


def test_change_roles__of_the_last_admin__is_refused(organization: Organization, mara: Person, dana: Person) -> None:
    response = mara.client().post(_address(mara, organization), {"roles": ["developer"]})

    assert response.status_code == 409
    assert "last_admin" in words(by_id(response, "refusal"))
    assert "push_to_production" in permissions_on(mara.user, organization)
    assert Event.objects.get(verb="member.roles_changed").refusal == "last_admin"


def test_change_roles__when_the_other_admin_cannot_sign_in__counts_as_the_last(
    organization: Organization, mara: Person
) -> None:
    gone = new_account("gone@example.com", "Gone Admin")
    join(organization, mara, gone, "org_admin")
    gone.user.is_active = False
    gone.user.save(update_fields=["is_active"])

    assert mara.client().post(_address(mara, organization), {"roles": ["qa"]}).status_code == 409


def test_change_roles__when_seen_roles_are_old__is_stale(
    organization: Organization, mara: Person, dana: Person
) -> None:
    first, second = mara.client(), mara.client()
    page = _address(dana, organization)
    seen = hidden_value(first.get(page), "expected")
    second.post(page, {"roles": ["qa"], "expected": seen})

    response = first.post(page, {"roles": ["auditor"], "expected": seen})

    assert response.status_code == 412
    assert dana.membership_in(organization).roles == ["qa"]


def test_change_roles__to_the_same__is_a_conflict(organization: Organization, mara: Person, dana: Person) -> None:
    assert mara.client().post(_address(dana, organization), {"roles": ["developer"]}).status_code == 409


@pytest.mark.parametrize("roles", [[], ["king"], ["qa", "king"], ["\x00"]])
def test_change_roles__to_none_or_an_unknown_one__is_invalid(
    organization: Organization, mara: Person, dana: Person, roles: list[str]
) -> None:
    response = mara.client().post(_address(dana, organization), {"roles": roles, "expected": "developer"})

    assert response.status_code == 422
    assert has_id(response, "form-errors")
    assert dana.membership_in(organization).roles == ["developer"]


def test_change_roles__by_the_auditor__is_refused_and_not_offered(
    organization: Organization, dana: Person, avery: Person
) -> None:
    page, client = _address(dana, organization), avery.client()

    assert not has_id(client.get(page), "change-roles")
    assert client.post(page, {"roles": ["qa"]}).status_code == 403
    assert Event.objects.get(verb="member.roles_changed").outcome == "refused"


@pytest.mark.parametrize("name", ["dana", "quinn"])
def test_change_roles__by_who_may_not_see_members__is_refused(
    organization: Organization, name: str, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(name)

    response = person.client().post(_address(person, organization), {"roles": ["org_admin"]})

    assert response.status_code == 403
    assert "Mara Lindqvist" in words(by_id(response, "refusal"))
    assert "manage_members" not in permissions_on(person.user, organization)
    assert Event.objects.get(verb="member.roles_changed").refusal == "permission_denied"


def test_change_roles__of_a_foreign_member__is_not_found(organization: Organization, dana: Person, sam: Person) -> None:
    page = _address(dana, organization)

    assert sam.client().post(page, {"roles": ["qa"]}).status_code == 404
    assert sam.client().post(page.replace("harbourline", "elsewhere"), {"roles": ["qa"]}).status_code == 404
    assert Client().post(page, {"roles": ["qa"]})["Location"].startswith("/accounts/login/")


def test_change_roles__of_an_admin__withdraws_what_they_invited(
    organization: Organization, mara: Person, dana: Person
) -> None:
    change_roles(dana.membership_in(organization), actor=mara.actor(), roles=["org_admin"])
    _, token = invite_member(organization, actor=dana.actor(), email="x@example.com", roles=["org_admin"])

    mara.client().post(_address(dana, organization), {"roles": ["developer"]})

    assert Client().get(f"/invite/{token}").status_code == 400
    newest = Event.objects.filter(verb="member.roles_changed").latest("sequence")
    assert newest.data["invitations_withdrawn"] == 1


@pytest.mark.django_db(transaction=True)
def test_change_roles__when_two_admins_demote_each_other__one_stays(organization: Organization, mara: Person) -> None:
    dana = new_account("dana.reyes@example.com", "Dana Reyes")
    join(organization, mara, dana, "org_admin")

    outcomes = outcomes_at_once(
        partial(change_roles, dana.membership_in(organization), actor=mara.actor(), roles=["qa"]),
        partial(change_roles, mara.membership_in(organization), actor=dana.actor(), roles=["qa"]),
    )

    assert sorted(outcomes) == ["ok", "permission_denied"]
    assert Membership.objects.with_role("org_admin").filter(organization=organization).count() == 1
    assert Event.objects.filter(verb="member.roles_changed", outcome="done").count() == 1


@pytest.mark.django_db(transaction=True)
def test_change_roles__when_two_admins_step_down_at_once__one_stays(organization: Organization, mara: Person) -> None:
    dana = new_account("dana.reyes@example.com", "Dana Reyes")
    join(organization, mara, dana, "org_admin")

    outcomes = outcomes_at_once(
        *[
            partial(change_roles, person.membership_in(organization), actor=person.actor(), roles=["qa"])
            for person in (mara, dana)
        ]
    )

    assert sorted(outcomes) == ["last_admin", "ok"]
    assert Membership.objects.with_role("org_admin").filter(organization=organization).count() == 1
