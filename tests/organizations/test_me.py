"""One's own pages: organizations to switch between, profile, theme."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.organizations.models import Organization
from tests.cast import Person, join, new_account
from tests.pages import by_id, page, words


def test_organizations__of_a_person_in_two__lists_both_and_remembers_the_last(
    organization: Organization, mara: Person, sam: Person, other_organization: Organization
) -> None:
    join(organization, mara, sam, "developer")
    client = sam.client()
    assert client.get("/")["Location"] == "/o/"

    listed = words(by_id(client.get("/o/"), "my-organizations"))
    client.get("/o/harbourline/")

    assert "Harbourline Developer" in listed
    assert "Elsewhere Org Admin" in listed
    assert client.get("/")["Location"] == "/o/harbourline/"
    client.get("/o/elsewhere/members")
    assert client.get("/")["Location"] == "/o/elsewhere/"


def test_frame__for_each_role__shows_the_areas_of_the_organization_only(
    organization: Organization, mara: Person, dana: Person, avery: Person, sam: Person
) -> None:
    def areas(person: Person) -> list[str]:
        seen = person.client().get("/o/harbourline/members")
        return [words(item) for item in page(seen).xpath("//*[@id='rail']//li")]

    everybody = ["Agents", "Releases", "History", "Audit"]
    ruled = ["Members", "Settings", "Environments"]
    assert areas(avery) == ["Dashboard", *everybody, *ruled, "Webhooks", "API keys"]
    assert areas(mara) == ["Dashboard", "My queue", *everybody, *ruled, "Bulk promotion", "Webhooks", "API keys"]
    assert areas(dana) == ["Dashboard", "My queue", *everybody, "Bulk promotion", "API keys"]
    assert areas(sam) == []


def test_organizations__of_somebody_without_any__says_how_to_get_in(db: None) -> None:
    client = new_account("new@example.com", "New Person").client()

    response = client.get("/", follow=True)

    assert "You belong to no organization." in words(by_id(response, "main"))


def test_organizations__foreign_and_unknown__are_one_answer(organization: Organization, sam: Person) -> None:
    client = sam.client()
    same = {"x-request-id": "request-0001"}
    foreign = client.get("/o/harbourline/members", headers=same)
    unknown = client.get("/o/no-such-one/members", headers=same)

    assert foreign.status_code == unknown.status_code == 404
    assert words(by_id(foreign, "main")) == words(by_id(unknown, "main"))


@pytest.mark.parametrize(
    ("asked", "led"), [("/o/", "/o/"), ("//evil.example/", "/"), ("https://evil.example/", "/"), ("", "/")]
)
def test_change_theme__by_its_form__is_kept_and_stays_inside(
    organization: Organization, mara: Person, asked: str, led: str
) -> None:
    client = mara.client()

    response = client.post("/me/theme", {"theme": "dark", "next": asked})

    assert response["Location"] == led
    assert page(client.get("/me/")).get("data-theme") == "dark"


def test_change_theme__to_something_else__is_invalid(organization: Organization, mara: Person) -> None:
    assert mara.client().post("/me/theme", {"theme": "pink"}).status_code == 422
    assert mara.client().get("/me/theme").status_code == 405


def test_change_profile__by_its_form__changes_the_name(organization: Organization, mara: Person) -> None:
    client = mara.client()

    response = client.post("/me/", {"name": "Mara L."})

    assert response["Location"] == "/me/"
    mara.user.refresh_from_db()
    assert mara.user.name == "Mara L."


@pytest.mark.parametrize(
    "typed", [{"name": ""}, {"name": "M\u202e"}, {"name": "M" * 201}, {"name": "M", "email": "x@example.com"}]
)
def test_change_profile__with_bad_input__changes_nothing(
    organization: Organization, mara: Person, typed: dict[str, str]
) -> None:
    response = mara.client().post("/me/", typed)

    mara.user.refresh_from_db()
    assert response.status_code == 422
    assert (mara.user.name, mara.user.email) == ("Mara Lindqvist", "mara.lindqvist@example.com")


@pytest.mark.usefixtures("cold")
def test_members_page__with_more_members__costs_the_same_number_of_queries(
    organization: Organization, mara: Person, dana: Person
) -> None:
    client = mara.client()
    client.get("/o/harbourline/members")
    with CaptureQueriesContext(connection) as few:
        client.get("/o/harbourline/members")
    for number in range(5):
        join(organization, mara, new_account(f"p{number}@example.com", f"P {number}"), "qa")
    with CaptureQueriesContext(connection) as many:
        client.get("/o/harbourline/members")

    assert len(many) == len(few)
    assert len(few) <= 27


def test_csrf__without_a_token__changes_nothing_and_keeps_the_text(organization: Organization, mara: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(mara.user)

    response = client.post("/o/harbourline/members/invite", {"email": "typed@example.com", "roles": "qa"})

    assert response.status_code == 403
    assert "typed@example.com" in response.content.decode()
