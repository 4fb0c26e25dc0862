"""Whatever a database superuser changes behind the console's back is found, and the first bad row named (G12)."""

import random
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from audit.chain import COVERED, event_hash
from audit.checkpoints import write_checkpoint
from audit.models import ChainHead, Checkpoint, Event
from audit.sample import fill
from audit.verify import verify
from console.organizations.models import Organization
from tests.audit.chains import (
    ROWS,
    TRIED,
    as_superuser,
    chain,
    chain_of,
    each,
    first_bad,
    folder,
    relink,
    set_head,
)

__all__ = ["chain", "folder"]  # fixtures

EDGES = {1, 2, 20, 31, ROWS - 1, ROWS}
POSITIONS = sorted({*EDGES, *random.Random(12).sample(sorted({*range(1, ROWS)} - EDGES), TRIED - len(EDGES))})
INNER = [position for position in POSITIONS if 1 < position < ROWS]

FORGED = {
    "id": "gen_random_uuid()",
    "organization_id": "gen_random_uuid()",
    "sequence": "sequence + 1000",
    "actor_id": "gen_random_uuid()",
    "agent_id": "NULL",
    "data": "data || '{\"forged\": true}'",
    "at": "at - interval '1 microsecond'",
}


@pytest.mark.parametrize("column", [*COVERED, "hash"])
def test_verify__column_edited__names_the_row(chain: Organization, column: str) -> None:
    value = FORGED.get(column, f"left(md5({column}), 8)")

    def edit(position: int) -> None:
        as_superuser(
            f"UPDATE audit_event SET {column} = {value} WHERE organization_id = %s AND sequence = %s",  # noqa: S608
            chain.pk,
            position,
        )

    assert each(POSITIONS, edit, chain) == {position: position for position in POSITIONS}


def test_verify__row_deleted__names_it(chain: Organization) -> None:
    def delete(position: int) -> None:
        as_superuser("DELETE FROM audit_event WHERE organization_id = %s AND sequence = %s", chain.pk, position)

    assert each(POSITIONS, delete, chain) == {position: position for position in POSITIONS}


def test_verify__tail_cut_and_checkpoints_of_the_database_with_it__names_the_first_missing_row(
    chain: Organization,
) -> None:
    def cut(position: int) -> None:
        for table in ("audit_event", "audit_checkpoint"):
            as_superuser(f"DELETE FROM {table} WHERE organization_id = %s AND sequence >= %s", chain.pk, position)  # noqa: S608
        set_head(chain)

    assert each(POSITIONS, cut, chain) == {position: position for position in POSITIONS}


def test_verify__everything_deleted__is_found_through_the_file(chain: Organization) -> None:
    for table in ("audit_event", "audit_checkpoint", "audit_chainhead"):
        as_superuser(f"DELETE FROM {table} WHERE organization_id = %s", chain.pk)  # noqa: S608

    assert first_bad(chain) == 1


def test_verify__table_truncated__is_found_through_the_file(chain: Organization) -> None:
    as_superuser("TRUNCATE audit_event, audit_checkpoint, audit_chainhead CASCADE")

    assert first_bad(chain) == 1


def test_verify__row_inserted_in_the_middle__names_it(chain: Organization) -> None:
    def insert(position: int) -> None:
        as_superuser(
            "UPDATE audit_event SET sequence = sequence + 1000 WHERE organization_id = %s AND sequence >= %s",
            chain.pk,
            position,
        )
        forged = Event.objects.get(organization=chain, sequence=1 if position > 1 else 1001)
        forged.pk, forged.sequence = UUID(int=position), position
        forged.hash = event_hash(forged)
        forged.save(force_insert=True)
        as_superuser(
            "UPDATE audit_event SET sequence = sequence - 999 WHERE organization_id = %s AND sequence > 1000", chain.pk
        )

    assert each(INNER, insert, chain) == {position: position for position in INNER}


def test_verify__forged_row_at_the_end__names_it(chain: Organization) -> None:
    last = Event.objects.get(organization=chain, sequence=ROWS)
    last.pk, last.sequence, last.previous_hash = UUID(int=7), ROWS + 1, last.hash
    last.hash = event_hash(last)
    last.save(force_insert=True)

    assert first_bad(chain) == ROWS + 1


def test_verify__row_cloned__names_the_clone(chain: Organization) -> None:
    def clone(position: int) -> None:
        copy = Event.objects.get(organization=chain, sequence=position)
        copy.pk, copy.sequence = UUID(int=position), ROWS + 1
        copy.save(force_insert=True)
        set_head(chain)

    assert each(POSITIONS, clone, chain) == dict.fromkeys(POSITIONS, ROWS + 1)


@pytest.mark.parametrize("is_whole_row", [True, False], ids=["sequence only", "sequence and links"])
def test_verify__rows_swapped__names_the_earlier(chain: Organization, is_whole_row: bool) -> None:
    def swap(position: int) -> None:
        rows = {n: Event.objects.get(organization=chain, sequence=n) for n in (position, position + 1)}
        for event, target in ((rows[position], 5000), (rows[position + 1], position), (rows[position], position + 1)):
            as_superuser("UPDATE audit_event SET sequence = %s WHERE id = %s", target, event.pk)
        if not is_whole_row:
            for one, other in ((position, position + 1), (position + 1, position)):
                as_superuser(
                    "UPDATE audit_event SET previous_hash = %s, hash = %s WHERE id = %s",
                    rows[other].previous_hash,
                    rows[other].hash,
                    rows[one].pk,
                )

    assert each(INNER, swap, chain) == {position: position for position in INNER}


def test_verify__rows_reordered__names_the_first(chain: Organization) -> None:
    as_superuser("UPDATE audit_event SET sequence = sequence + 1000 WHERE organization_id = %s", chain.pk)
    as_superuser("UPDATE audit_event SET sequence = %s - sequence WHERE organization_id = %s", ROWS + 1001, chain.pk)

    assert first_bad(chain) == 1


def test_verify__whole_chain_linked_anew__is_found_through_the_next_checkpoint(chain: Organization) -> None:
    def rewrite(position: int) -> None:
        as_superuser(
            "UPDATE audit_event SET actor_label = 'Nobody' WHERE organization_id = %s AND sequence = %s",
            chain.pk,
            position,
        )
        relink(chain, position)
        as_superuser("DELETE FROM audit_checkpoint WHERE organization_id = %s", chain.pk)

    assert each(POSITIONS, rewrite, chain) == {position: -(-position // 20) * 20 for position in POSITIONS}


def test_verify__chain_linked_anew_and_signed_with_another_key__is_found(chain: Organization, settings: Any) -> None:
    as_superuser("UPDATE audit_event SET reason = '' WHERE organization_id = %s AND sequence = 25", chain.pk)
    relink(chain, 25)
    as_superuser("DELETE FROM audit_checkpoint WHERE organization_id = %s", chain.pk)
    key, settings.SECRET_KEY = settings.SECRET_KEY, "a key that somebody guessed"
    write_checkpoint(chain.pk)
    settings.SECRET_KEY = key

    assert first_bad(chain) == 40


def test_verify__row_moved_to_another_organization__names_it_in_both(chain: Organization) -> None:
    other = chain_of("elsewhere")
    as_superuser(
        "UPDATE audit_event SET organization_id = %s, sequence = %s WHERE organization_id = %s AND sequence = 30",
        other.pk,
        ROWS + 1,
        chain.pk,
    )
    set_head(other)

    assert first_bad(chain) == 30
    assert first_bad(other) == ROWS + 1


def test_verify__older_state_restored_and_continued__stays_red(chain: Organization) -> None:
    for table in ("audit_event", "audit_checkpoint"):
        as_superuser(f"DELETE FROM {table} WHERE organization_id = %s AND sequence > 30", chain.pk)  # noqa: S608
    set_head(chain)
    assert first_bad(chain) == 31

    fill(chain, 20)
    write_checkpoint(chain.pk)
    assert first_bad(chain) == 40

    fill(chain, 200)
    write_checkpoint(chain.pk)
    assert first_bad(chain) == 40


def test_verify__head_edited__is_found(chain: Organization) -> None:
    for sequence, row_hash, expected in ((ROWS - 1, "", ROWS), (ROWS + 5, "", ROWS + 1), (ROWS, "0" * 64, ROWS)):
        ChainHead.objects.filter(organization=chain).update(sequence=sequence, hash=row_hash)

        assert first_bad(chain) == expected


@pytest.mark.parametrize("value", ["'infinity'", "'-infinity'", "'4713-01-01 BC'"])
def test_verify__impossible_time__is_red_and_no_crash(chain: Organization, value: str) -> None:
    as_superuser(f"UPDATE audit_event SET at = {value} WHERE organization_id = %s AND sequence = 9", chain.pk)  # noqa: S608

    assert first_bad(chain) == 9


@pytest.mark.parametrize("value", ["1e400", "123456789012345678901234567890", "[]", "null"])
def test_verify__impossible_data__is_red_and_no_crash(chain: Organization, value: str) -> None:
    as_superuser("UPDATE audit_event SET data = %s WHERE organization_id = %s AND sequence = 9", value, chain.pk)

    assert first_bad(chain) == 9


def as_application(sql: str) -> None:
    """Run the statement as the console could."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {table} SET hash = hash",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "UPDATE {table} SET sequence = sequence WHERE sequence = 20",
    ],
)
@pytest.mark.parametrize("model", [Event, Checkpoint])
def test_events_and_checkpoints__changed_by_sql__are_refused_by_postgresql(
    chain: Organization, model: type[Event | Checkpoint], sql: str
) -> None:
    with pytest.raises(DatabaseError, match="rows are immutable"):
        as_application(sql.format(table=model._meta.db_table))

    assert verify(chain.pk).ok


def test_verify__other_time_zone_and_date_style__is_no_alarm(chain: Organization) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Pacific/Chatham'")
        cursor.execute("SET LOCAL DateStyle = 'SQL, DMY'")

    assert verify(chain.pk).ok
