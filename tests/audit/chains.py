"""Chains to tamper with, and the hands of a database superuser."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from audit import witness
from audit.chain import event_hash
from audit.checkpoints import write_checkpoint
from audit.models import Event
from audit.sample import fill
from audit.verify import verify
from console.organizations.models import Organization
from tests.remembering import remembered

# The nightly figure of G12 is 200 positions: SLIPWAY_POSITIONS=200.
TRIED = int(os.environ.get("SLIPWAY_POSITIONS", "12"))
BETWEEN_CHECKPOINTS = 20
ROWS = BETWEEN_CHECKPOINTS * max(3, TRIED // BETWEEN_CHECKPOINTS + 1)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """A checkpoint folder of the test's own."""
    place = tmp_path / "checkpoints"
    settings.CHECKPOINT_DIR = place
    return place


@pytest.fixture
def chain(db: None) -> Organization:
    """An organization with a chain of `ROWS` events and a checkpoint after each 20 of them."""
    return chain_of("harbourline")


def chain_of(slug: str) -> Organization:
    """An organization of this name with a sound chain."""
    organization, lines = _sound(slug)
    file = witness.path_of(organization.pk)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(lines)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as after a commit: no foreign key check is pending
    return organization


@remembered
def _sound(slug: str) -> tuple[Organization, bytes]:
    """The organization with its rows, and the lines of its checkpoint file."""
    organization = Organization.objects.create(slug=slug, name=slug.title())
    for _ in range(ROWS // BETWEEN_CHECKPOINTS):
        fill(organization, BETWEEN_CHECKPOINTS)
        assert write_checkpoint(organization.pk) is not None
    assert verify(organization.pk).ok
    return organization, witness.path_of(organization.pk).read_bytes()


def as_superuser(sql: str, *values: Any) -> None:
    """Run the statement with the triggers and foreign keys switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def first_bad(organization: Organization) -> int:
    """The first bad row that verify names; the chain must be red."""
    result = verify(organization.pk)
    assert not result.ok
    assert result.first_bad is not None
    return result.first_bad.sequence


def each(positions: list[int], tamper: Callable[[int], None], organization: Organization) -> dict[int, int]:
    """The first bad row after tampering at each position; every attempt is undone again."""
    found = {}
    for position in positions:
        with transaction.atomic():
            tamper(position)
            found[position] = first_bad(organization)
            transaction.set_rollback(True)
    assert verify(organization.pk).ok
    return found


def set_head(organization: Organization) -> None:
    """Make the head fit the last row, as a careful forger does."""
    last = Event.objects.filter(organization=organization).newest_first().first()
    as_superuser(
        "UPDATE audit_chainhead SET sequence = %s, hash = %s WHERE organization_id = %s",
        last.sequence if last else 0,
        last.hash if last else "0" * 64,
        organization.pk,
    )


def relink(organization: Organization, start: int) -> None:
    """Compute every hash anew from a row on, so that the chain fits together again."""
    previous = Event.objects.get(organization=organization, sequence=start - 1).hash if start > 1 else "0" * 64
    changed = []
    for event in Event.objects.filter(organization=organization, sequence__gte=start).order_by("sequence"):
        event.previous_hash = previous
        previous = event_hash(event)
        changed.append((event.pk, event.previous_hash, previous))
    as_superuser(
        "UPDATE audit_event SET previous_hash = new.previous, hash = new.hash"
        " FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS new (id, previous, hash) WHERE audit_event.id = new.id",
        *map(list, zip(*changed, strict=True)),
    )
    set_head(organization)
