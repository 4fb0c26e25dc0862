"""Compiled questions: the same answers as the queryset they are made of, and loud where they cannot be asked."""

import os
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import Count, F, QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.organizations.compiled import compiled
from console.organizations.models import Invitation, Membership, Organization, User
from environments.models import Environment
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
def who_joined(organization: UUID) -> QuerySet[Membership, tuple[UUID]]:
    found = Membership.objects.filter(organization=organization).order_by("joined_at").distinct()
    return found.values_list("user")


@compiled
def odd(name: str) -> QuerySet[Environment, str]:
    found = Environment.objects.annotate(rest=F("position") % 2).filter(rest=1, name=name)
    return found.exclude(description="100% 'sure' \\ %s").values_list("name", flat=True)


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


def test_compiled__signs_of_sql_and_python__mean_what_they_mean_in_the_queryset(organization: Organization) -> None:
    place = Environment.objects.filter(organization=organization, position=1)
    for name in ("100%", "%s", "%(name)s", "'; --", "\\"):
        place.update(name=name, description="")
        assert odd(name) == [name]
    place.update(description="100% 'sure' \\ %s")
    assert odd("\\") == []


def test_compiled__sorted_by_what_is_not_asked_for__gives_only_what_is(
    organization: Organization, dana: Person, quinn: Person
) -> None:
    expected = list(who_joined.__wrapped__(organization.pk))  # type: ignore[attr-defined]

    assert who_joined(organization.pk) == expected
    assert expected[-1] == (quinn.user.pk,)


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

    @compiled
    def with_roles(organization: UUID) -> QuerySet[Organization]:
        return Organization.objects.filter(pk=organization).prefetch_related("memberships")

    @compiled
    def invited(organization: UUID) -> QuerySet[Invitation]:
        return Invitation.objects.open().filter(organization=organization)

    with pytest.raises(TypeError, match="a moment that is read once"):
        invited(organization.pk)
    with pytest.raises(TypeError, match="does not reach the SQL"):
        called(dana.user.name)
    with pytest.raises(TypeError, match="reads nothing ahead"):
        with_roles(organization.pk)
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
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [ended])

    connection.close_if_unusable_or_obsolete()  # what the beginning of a request does: look before the next statement

    assert names([]) == []


def prepared() -> set[str]:
    """What PostgreSQL has planned for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
def test_compiled__after_a_refusal_took_its_transaction_back__is_not_planned_again(organization: Organization) -> None:
    with transaction.atomic():
        locked.get(organization.pk)
    before = prepared()

    with transaction.atomic():
        with transaction.atomic():
            locked.get(organization.pk)
            transaction.set_rollback(True)
        transaction.set_rollback(True)
    with transaction.atomic():
        locked.get(organization.pk)

    assert before
    assert prepared() == before


@pytest.mark.django_db(transaction=True)
def test_compiled__a_table_that_changed_and_was_taken_back__is_read_as_it_is(organization: Organization) -> None:
    with connection.cursor() as cursor:
        with transaction.atomic():
            cursor.execute("ALTER TABLE organizations_organization ADD COLUMN colour text")
            assert locked.get(organization.pk) == organization
            transaction.set_rollback(True)
        cursor.execute("ALTER TABLE organizations_organization ALTER COLUMN name TYPE varchar(300)")
        try:
            with transaction.atomic():
                assert locked.get(organization.pk).name == "Harbourline"
        finally:
            cursor.execute("ALTER TABLE organizations_organization ALTER COLUMN name TYPE varchar(200)")
