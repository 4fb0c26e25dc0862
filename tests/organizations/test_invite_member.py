"""Inviting: who may, what the link is worth, what is refused."""

from hashlib import sha256

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from audit.models import Event
from console.organizations.models import Invitation, Organization
from tests.cast import Person
from tests.pages import by_id, has_id, words

INVITE = "/o/harbourline/members/invite"
ASKED = {"email": "Quinn.Abara@Example.com", "roles": ["qa"]}


def test_invite_member__by_an_admin__shows_the_link_once_and_mails_it(
    organization: Organization, mara: Person, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = mara.client().post(INVITE, ASKED, headers={"host": "localhost"})

    link = by_id(response, "invitation-link").get("value")
    invitation = Invitation.objects.get()
    assert response.status_code == 200
    assert link.startswith("http://127.0.0.1:8000/invite/")
    assert invitation.token_digest == sha256(link.rpartition("/")[2].encode()).hexdigest()
    assert invitation.email == "quinn.abara@example.com"
    assert (invitation.expires_at - invitation.created_at).total_seconds() == 24 * 60 * 60
    (message,) = mail.outbox
    assert message.to == ["quinn.abara@example.com"]
    assert link in message.body
    assert message.subject == "Mara Lindqvist invites you to Harbourline"


def test_invite_member__by_an_admin__leaves_one_event_without_the_token(
    organization: Organization, mara: Person
) -> None:
    response = mara.client().post(INVITE, ASKED)

    event = Event.objects.get(verb="member.invited")
    token = by_id(response, "invitation-link").get("value").rpartition("/")[2]
    assert (event.outcome, event.actor, event.address) == ("done", mara.user, "192.0.2.7")
    assert event.target_label == "quinn.abara@example.com"
    assert event.data == {"email": "quinn.abara@example.com", "roles": ["qa"]}
    assert token not in str(event.__dict__)


def test_invite_member__when_invited_again__voids_the_former_link(organization: Organization, mara: Person) -> None:
    client = mara.client()
    first = by_id(client.post(INVITE, ASKED), "invitation-link").get("value").rpartition("/")[2]
    second = by_id(client.post(INVITE, ASKED), "invitation-link").get("value").rpartition("/")[2]

    assert Client().get(f"/invite/{first}").status_code == 400
    assert Client().get(f"/invite/{second}").status_code == 200


def test_invite_member__when_a_member_already__is_refused(
    organization: Organization, mara: Person, quinn: Person
) -> None:
    response = mara.client().post(INVITE, ASKED)

    assert response.status_code == 409
    assert Invitation.objects.open().count() == 0


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"email": "nobody", "roles": ["qa"]}, "This is not an e-mail address."),
        ({"email": "", "roles": ["qa"]}, "This field is required."),
        ({"email": "a@example.com"}, "Choose at least one role."),
        ({"email": "a@example.com", "roles": ["king"]}, "king is not one of the available choices."),
        ({"email": "a@example.com\x00", "roles": ["qa"]}, "Null characters are not allowed."),
        ({"email": f"{'a' * 250}@example.com", "roles": ["qa"]}, "at most 254 characters"),
        ({"email": "a@example.com", "roles": ["qa"], "organization": "x"}, "has no field 'organization'"),
    ],
)
def test_invite_member__with_bad_input__says_which_and_keeps_the_text(
    organization: Organization, mara: Person, typed: dict[str, object], complaint: str
) -> None:
    response = mara.client().post(INVITE, typed)

    assert response.status_code == 422
    assert complaint in words(by_id(response, "form-errors"))
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("name", ["dana", "quinn", "avery"])
def test_invite_member__without_the_right__is_refused_and_recorded(
    organization: Organization, name: str, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(name)

    response = person.client().post(INVITE, {"email": "new@example.com", "roles": ["qa"]})

    assert response.status_code == 403
    assert "Org Admin" in words(by_id(response, "refusal"))
    event = Event.objects.get(verb="member.invited", outcome="refused")
    assert (event.actor, event.refusal) == (person.user, "permission_denied")
    assert not Invitation.objects.open().exists()


def test_invite_member__by_a_stranger__is_not_found(organization: Organization, sam: Person) -> None:
    assert sam.client().post(INVITE, ASKED).status_code == 404
    assert sam.client().post("/o/no-such/members/invite", ASKED).status_code == 404


def test_invite_member__by_get__is_not_allowed(organization: Organization, mara: Person) -> None:
    assert mara.client().get(INVITE).status_code == 405


def test_invite_member__when_the_sign_in_is_stale__leads_to_the_proof_and_back_with_the_text(
    organization: Organization, mara: Person
) -> None:
    client = mara.stale_client()
    typed = {"email": "new.person@example.com", "roles": ["qa", "auditor"]}
    page = "http://testserver/o/harbourline/members"
    response = client.post(INVITE, typed, headers={"referer": page})

    assert response.status_code == 403
    assert not Invitation.objects.exists()
    (link,) = by_id(response, "refusal").xpath(".//a[contains(., 'Confirm who you are')]/@href")
    assert link == "/accounts/reauthenticate/?next=/o/harbourline/members"

    back = client.post(link, {"password": "correct horse battery staple"})
    assert back["Location"] == "/o/harbourline/members"

    form = by_id(client.get(back["Location"]), "invite")
    assert form.xpath(".//input[@name='email']/@value") == ["new.person@example.com"]
    assert form.xpath(".//input[@name='roles'][@checked]/@value") == ["qa", "auditor"]
    assert client.post(INVITE, typed).status_code == 200


def test_invite_member__for_the_auditor__is_not_offered(organization: Organization, avery: Person) -> None:
    response = avery.client().get("/o/harbourline/members")

    assert response.status_code == 200
    assert has_id(response, "members")
    assert not has_id(response, "invite")
