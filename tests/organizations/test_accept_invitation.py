"""Joining: single use, one address, 24 hours, by a form and never by looking (T39, T58)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Event
from console.organizations.actions import accept_invitation, invite_member
from console.organizations.models import Invitation, Membership, Organization, User
from console.organizations.policies import permissions_on
from tests.cast import Person, new_account
from tests.pages import by_id, has_id, heading, words
from tests.races import outcomes_at_once
from tests.remembering import remembered

EMAIL = "quinn.abara@example.com"
ACCOUNT = {"name": "Quinn Abara", "password": "a long enough pass phrase"}


@pytest.fixture
@remembered
def address(organization: Organization, mara: Person) -> str:
    """The page of an open invitation of Quinn as QA."""
    _, token = invite_member(organization, actor=mara.actor(), email=EMAIL, roles=["qa"])
    return f"/invite/{token}"


def test_accept_invitation__by_a_new_person__makes_the_account_and_signs_in(
    address: str, organization: Organization
) -> None:
    client = Client()

    response = client.post(address, ACCOUNT, follow=True)

    quinn = User.objects.get(email=EMAIL)
    assert "mark_ready" in permissions_on(quinn, organization)
    assert response.wsgi_request.user == quinn
    assert client.get("/me/").status_code == 200
    event = Event.objects.get(verb="member.joined")
    assert (event.outcome, event.actor, event.actor_label) == ("done", quinn, "Quinn Abara")
    assert event.data == {"email": EMAIL, "roles": ["qa"], "invited_by": "Mara Lindqvist"}
    assert Membership.history.get(user=quinn).history_user == quinn


def test_accept_invitation__by_the_signed_in_person__joins(address: str, organization: Organization) -> None:
    quinn = new_account(EMAIL, "Quinn Abara")

    response = quinn.client().post(address)

    assert response["Location"] == "/o/harbourline/"
    assert quinn.membership_in(organization).roles == ["qa"]


def test_accept_invitation__by_get__changes_nothing(address: str, organization: Organization) -> None:
    response = Client().get(address)
    new_account(EMAIL, "Quinn Abara").client().get(address)

    assert heading(response) == "Join Harbourline"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert not Membership.objects.filter(user__email=EMAIL).exists()


def test_accept_invitation__twice__works_once(address: str, organization: Organization) -> None:
    Client().post(address, ACCOUNT)

    response = Client().post(address, ACCOUNT)

    assert response.status_code == 400
    assert Membership.objects.filter(user__email=EMAIL).count() == 1


def test_accept_invitation__by_somebody_else__gets_the_answer_of_an_unknown_link(
    address: str, sam: Person, mara: Person
) -> None:
    unknown = sam.client().get("/invite/no-such-token")

    for method in ("get", "post"):
        response = getattr(sam.client(), method)(address)
        assert response.status_code == unknown.status_code == 400
        assert heading(response) == heading(unknown)
        assert words(by_id(response, "refusal"))[:200] == words(by_id(unknown, "refusal"))[:200]
    assert not Membership.objects.filter(organization__slug="harbourline", user=sam.user).exists()


def test_accept_invitation__after_24_hours__is_refused(address: str) -> None:
    invitation = Invitation.objects.get()
    invitation.expires_at = timezone.now() - timedelta(seconds=1)
    invitation.save(update_fields=["expires_at"])

    assert Client().get(address).status_code == 400
    assert Client().post(address, ACCOUNT).status_code == 400
    assert not User.objects.filter(email=EMAIL).exists()


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"name": "Quinn", "password": "short"}, "This password is too short."),
        ({"name": "Quinn", "password": "1q2w3e4r5t6y"}, "This password is too common."),
        ({"name": "Quinn Abara", "password": "quinn.abara@example"}, "too similar to the email"),
        ({"name": "", "password": ACCOUNT["password"]}, "This field is required."),
        ({"name": "Qui\u202enn", "password": ACCOUNT["password"]}, "U+202E cannot be seen"),
        ({"name": "Q" * 201, "password": ACCOUNT["password"]}, "at most 200 characters"),
        ({**ACCOUNT, "roles": "org_admin"}, "has no field 'roles'"),
    ],
)
def test_accept_invitation__with_bad_input__says_which_and_makes_no_account(
    address: str, typed: dict[str, str], complaint: str
) -> None:
    response = Client().post(address, typed)

    assert response.status_code == 422
    assert complaint in words(by_id(response, "form-errors"))
    assert not User.objects.filter(email=EMAIL).exists()
    assert Client().post(address, ACCOUNT).status_code == 302


def test_accept_invitation__when_the_address_has_an_account__asks_to_sign_in(address: str) -> None:
    new_account(EMAIL, "Quinn Abara")

    response = Client().get(address)

    assert not has_id(response, "join")
    assert f"/accounts/login/?next={address}" in [link.get("href") for link in by_id(response, "main").iter("a")]
    assert Client().post(address, ACCOUNT).status_code == 200
    assert not Membership.objects.filter(user__email=EMAIL).exists()


@pytest.mark.django_db(transaction=True)
def test_accept_invitation__by_many_at_once__lets_one_in(organization: Organization, mara: Person) -> None:
    invitation, _ = invite_member(organization, actor=mara.actor(), email=EMAIL, roles=["qa"])
    quinn = new_account(EMAIL, "Quinn Abara")

    outcomes = outcomes_at_once(*[lambda: accept_invitation(invitation, actor=quinn.actor())] * 8)

    assert sorted(outcomes) == ["invitation_invalid"] * 7 + ["ok"]
    assert Membership.objects.filter(user=quinn.user).count() == 1
    assert Event.objects.filter(verb="member.joined", outcome="done").count() == 1
