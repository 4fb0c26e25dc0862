"""An organization founded by a person: complete or not there; the role table is seed data of every one."""

import pytest
from django.test import Client

from console.founding import Charter, found_organization
from console.organizations.errors import Invalid, SlugTaken
from console.organizations.models import Organization
from tests.cast import Person, new_account


def test_found_organization__with_a_taken_short_name__is_refused_whole(
    organization: Organization, mara: Person
) -> None:
    with pytest.raises(SlugTaken):
        found_organization(Charter(slug="harbourline", name="Second"), actor=mara.actor())

    assert Organization.objects.count() == 1


def test_found_organization__with_an_unknown_rule__is_refused(db: None) -> None:
    person = new_account("a@example.com", "A")

    with pytest.raises(Invalid):
        found_organization(Charter(slug="a", name="A", rules={"created_at": 1}), actor=person.actor())


def test_found_organization__by_a_person__closes_set_up(db: None) -> None:
    person = new_account("a@example.com", "A")

    found_organization(Charter(slug="a", name="A", rules={"four_eyes": False}), actor=person.actor())

    assert Client().get("/setup").status_code == 404
    assert Organization.objects.get().four_eyes is False
