"""/setup: the first organization and its Org Admin, once and never again."""

from functools import partial

import pytest
from django.test import Client

from audit.models import Event
from console.organizations.models import Installation, Membership, Organization, User
from console.organizations.policies import permissions_on
from console.organizations.roles import ROLE_PERMISSIONS, Role
from tests.cast import Person
from tests.pages import by_id, heading, words
from tests.races import at_once

TYPED = {
    "name": "Mara Lindqvist",
    "email": "Mara.Lindqvist@Example.com",
    "password": "a long enough pass phrase",
    "organization": "Harbourline",
    "slug": "harbourline",
    "four_eyes": "on",
}


def test_set_up__the_first_time__makes_admin_and_organization_and_signs_in(db: None) -> None:
    client = Client()
    assert client.get("/")["Location"] == "/setup"

    response = client.post("/setup", TYPED)

    organization = Organization.objects.get()
    mara = User.objects.get(email="mara.lindqvist@example.com")
    assert response["Location"] == "/"
    assert client.get("/")["Location"] == "/o/harbourline/"
    assert client.get("/o/harbourline/members").status_code == 200
    assert permissions_on(mara, organization) == ROLE_PERMISSIONS[Role.ORG_ADMIN]
    assert (organization.four_eyes, organization.ticket_required) == (True, False)
    event = Event.objects.get(verb="organization.created")
    assert (event.actor, event.target_label, event.data["slug"]) == (mara, "Harbourline", "harbourline")


def test_set_up__once_it_is_done__is_not_found_for_ever(organization: Organization, mara: Person) -> None:
    for client in (Client(), mara.client()):
        assert client.get("/setup").status_code == 404
        assert client.post("/setup", TYPED | {"slug": "second", "email": "b@example.com"}).status_code == 404
    assert Organization.objects.count() == 1
    assert Client().get("/")["Location"] == "/accounts/login/"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"slug": "Harbour Line"}, "lower-case letters, digits and hyphens"),
        ({"slug": "harbour_line"}, "lower-case letters, digits and hyphens"),
        ({"slug": "a" * 64}, "at most 63 characters"),
        ({"organization": "Har\u2066bour"}, "U+2066 cannot be seen"),
        ({"name": "\u200d"}, "U+200D cannot be seen"),
        ({"email": "mara"}, "This is not an e-mail address."),
        ({"password": "short"}, "This password is too short."),
        ({"is_superuser": "on"}, "has no field 'is_superuser'"),
    ],
)
def test_set_up__with_bad_input__makes_nothing_and_stays_open(db: None, change: dict[str, str], complaint: str) -> None:
    response = Client().post("/setup", TYPED | change)

    assert response.status_code == 422
    assert complaint in words(by_id(response, "form-errors"))
    assert (User.objects.count(), Organization.objects.count(), Installation.objects.count()) == (0, 0, 0)
    assert heading(Client().get("/setup")) == "Set up the console"


@pytest.mark.django_db(transaction=True)
def test_set_up__by_many_at_once__has_one_winner_and_clean_losers() -> None:
    def attempt(number: int) -> int:
        typed = TYPED | {"email": f"admin{number}@example.com", "slug": f"first-{number}"}
        return Client().post("/setup", typed).status_code

    outcomes = at_once(*[partial(attempt, number) for number in range(6)])

    assert sorted(outcomes) == [302, 404, 404, 404, 404, 404]
    assert (User.objects.count(), Organization.objects.count(), Membership.objects.count()) == (1, 1, 1)
