"""Statements of one text: rows are written and read as Django does it, on whatever connection is there."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from console.organizations.models import Organization
from console.organizations.prepared import insert, rows
from tests.cast import Person

pytestmark = pytest.mark.django_db


def an_event(organization: Organization, actor: Person, sequence: int) -> Event:
    return Event(
        organization=organization,
        sequence=sequence,
        verb="draft.saved",
        outcome=Event.Outcome.DONE,
        actor=actor.user,
        actor_label="100 % \\ 'sure' %s",
        data={"texts": ["\u00e9\U0001f600", None, 1.5, {"deep": True}], "%s": {}},
        at=timezone.now(),
        hash=f"{sequence:064}",
    )


def test_insert__of_a_row__writes_what_save_writes(organization: Organization, dana: Person) -> None:
    inserted, saved = an_event(organization, dana, 1_001), an_event(organization, dana, 1_001)
    with transaction.atomic():
        insert(inserted)
        first = Event.objects.filter(pk=inserted.pk).values().get()
        transaction.set_rollback(True)
    saved.at = inserted.at
    saved.save(force_insert=True)
    second = Event.objects.filter(pk=saved.pk).values().get()

    assert first | {"id": None} == second | {"id": None}
    assert not inserted._state.adding


def test_insert__of_what_the_database_refuses__is_djangos_error_and_the_connection_goes_on(
    organization: Organization, dana: Person
) -> None:
    insert(an_event(organization, dana, 1_001))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(an_event(organization, dana, 1_001))

    assert rows("SELECT count(*) FROM audit_event WHERE sequence = %s", [1_001]) == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_rows__over_a_new_connection_and_while_queries_are_logged__are_the_same(organization: Organization) -> None:
    ask, values = "SELECT slug FROM organizations_organization WHERE id = %s", [organization.pk]
    found = [rows(ask, values)]
    connection.close()
    found.append(rows(ask, values))
    with CaptureQueriesContext(connection) as logged:
        found.append(rows(ask, values))
    found.append(rows(ask, values))

    assert found == [[("harbourline",)]] * 4
    assert [query["sql"] for query in logged] == [ask.replace("%s", f"'{organization.pk.hex}'::uuid")]


def test_rows__asked_while_others_are_under_way__are_those_of_each() -> None:
    inner: list[list[tuple[int]]] = []

    def look_as_well(execute: Any, statement: Any, params: Any, many: bool, context: Any) -> Any:
        done = execute(statement, params, many, context)
        if "outer" in statement:
            inner.append(rows("SELECT 2"))
        return done

    with connection.execute_wrapper(look_as_well):
        found = [rows("SELECT 1 AS outer_one"), rows("SELECT 3 AS outer_two")]

    assert (found, inner) == ([[(1,)], [(3,)]], [[(2,)], [(2,)]])
