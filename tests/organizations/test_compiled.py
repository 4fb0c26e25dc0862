"""Compiled questions: the same answers as the queryset they are made of, and loud where they cannot be asked."""

import os
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.db.models import Count, QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.organizations.compiled import compiled
from console.organizations.models import Membership, Organization, User
from tests.cast import Person

pytestmark = pytest.mark.django_db


@compiled
def memberships(organization: UUID, since: datetime) -> QuerySet[Membership]:
    found = Membership.objects.filter(organization=organization, joined_at__gt=since)
    return (
        found.select_related("user", "organization").annotate(others=Count("user__memberships")).order_by("user__name")
    )


@compiled
def names(people: list[UUID]) -> QuerySet[User, str]:
    return User.objects.filter(pk__any=people).order_by("name").values_list("name", flat=True)


@compiled
def names_and_mails(name: str) -> QuerySet[User, tuple[str, str]]:
    return User.objects.filter(name=name).values_list("name", "email")


@compiled
def locked(organization: UUID) -> QuerySet[Organization]:
    return Organization.objects.filter(pk=organization).select_for_update(no_key=True)


def test_compiled__models__are_those_of_the_queryset_with_all_that_was_read(
    organization: Organization, dana: Person, quinn: Person, django_assert_num_queries: CaptureQueriesContext
) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    expected = list(memberships.__wrapped__(organization.pk, yesterday))  # type: ignore[attr-defined]

    with django_assert_num_queries(1):  # type: ignore[operator]
        found = memberships(organization.pk, yesterday)
        read = [(one.user.name, one.roles, one.others) for one in found]  # type: ignore[attr-defined]

    assert found == expected
    assert {name for name, *_ in read} >= {dana.user.name, quinn.user.name}


def test_compiled__other_values__ask_anew_and_none_finds_nothing(
    organization: Organization, dana: Person, quinn: Person
) -> None:
    asked = [[], [dana.user.pk], [quinn.user.pk, dana.user.pk]]

    assert [names(people) for people in asked] == [[], [dana.user.name], sorted([dana.user.name, quinn.user.name])]
    assert names_and_mails(dana.user.name) == [(dana.user.name, dana.user.email)]
    assert names_and_mails.first("Nobody's name") is None
    assert memberships(organization.pk, timezone.now() + timedelta(days=1)) == []


def test_compiled__a_lock__needs_a_transaction(organization: Organization) -> None:
    assert locked.get(organization.pk) == organization


@pytest.mark.django_db(transaction=True)
def test_compiled__a_lock_outside_of_a_transaction__is_an_error(organization: Organization) -> None:
    with pytest.raises(TransactionManagementError):
        locked(organization.pk)


def test_compiled__a_row_that_is_missing__is_the_models_own_error(dana: Person) -> None:
    with pytest.raises(Organization.DoesNotExist):
        locked.get(dana.user.pk)


def test_compiled__values_that_sql_would_ask_otherwise__are_errors(organization: Organization, dana: Person) -> None:
    @compiled
    def called(name: str) -> QuerySet[User]:
        return User.objects.filter(name__startswith=name)

    with pytest.raises(TypeError, match="does not reach the SQL"):
        called(dana.user.name)
    with pytest.raises(TypeError, match="None"):
        names_and_mails(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="2 values"):
        memberships(organization.pk)  # type: ignore[call-arg]


@pytest.mark.django_db(transaction=True)
def test_compiled__connection_that_the_server_ended__is_made_anew_at_the_next_request(
    organization: Organization,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ended,) = cursor.fetchone()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [ended])

    connection.close_if_unusable_or_obsolete()  # what the beginning of a request does: look before the next statement

    assert names([]) == []
