"""Withdrawing an invitation makes its link useless."""

from django.test import Client

from audit.models import Event
from console.organizations.actions import invite_member
from console.organizations.models import Invitation, Organization
from tests.cast import Person
from tests.pages import has_id


def _open(organization: Organization, mara: Person) -> tuple[Invitation, str, str]:
    invitation, token = invite_member(organization, actor=mara.actor(), email="new.tester@example.com", roles=["qa"])
    return invitation, token, f"/o/harbourline/invitations/{invitation.pk}/revoke"


def test_revoke_invitation__by_an_admin__closes_the_link(organization: Organization, mara: Person) -> None:
    invitation, token, address = _open(organization, mara)
    client = mara.client()

    response = client.post(address)

    assert response["Location"] == "/o/harbourline/members"
    assert Client().get(f"/invite/{token}").status_code == 400
    assert not has_id(client.get(response["Location"]), "invitations")
    event = Event.objects.get(verb="member.invitation_revoked")
    assert (event.outcome, event.actor, event.target_label) == ("done", mara.user, invitation.email)


def test_revoke_invitation__twice__is_a_conflict(organization: Organization, mara: Person) -> None:
    _, _, address = _open(organization, mara)
    client = mara.client()
    client.post(address)

    assert client.post(address).status_code == 409


def test_revoke_invitation__without_the_right__is_refused(
    organization: Organization, mara: Person, avery: Person
) -> None:
    _, token, address = _open(organization, mara)

    assert avery.client().post(address).status_code == 403
    assert Client().get(f"/invite/{token}").status_code == 200
    assert Event.objects.filter(verb="member.invitation_revoked", outcome="refused").count() == 1


def test_revoke_invitation__of_another_organization__is_not_found(
    organization: Organization, mara: Person, sam: Person
) -> None:
    invitation, token, address = _open(organization, mara)

    assert sam.client().post(address).status_code == 404
    assert sam.client().post(f"/o/elsewhere/invitations/{invitation.pk}/revoke").status_code == 404
    assert Client().get(f"/invite/{token}").status_code == 200


def test_revoke_invitation__by_get__is_not_allowed(organization: Organization, mara: Person) -> None:
    _, _, address = _open(organization, mara)

    assert mara.client().get(address).status_code == 405
