"""Writing checkpoints: a signed statement of the chain's head, in the database and in a file outside it.

The order is: database row, then file line. A checkpoint that did not reach the file shows red in
`audit_verify` until the next writer, which brings the missing line after (its `written_at` tells).
A checkpoint is a witness, not part of the act: its failure is logged and never undoes a release.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from audit import witness
from audit.chain import moment
from audit.models import ChainHead, Checkpoint, Event
from console.organizations.compiled import compiled
from console.organizations.models import Organization

logger = logging.getLogger(__name__)

_TIMES = "SELECT clock_timestamp(), pg_advisory_xact_lock(hashtext('audit_checkpoint'), hashtext(%s))"


_waiting: ContextVar[set[UUID] | None] = ContextVar("waiting", default=None)


class ChainBroken(Exception):
    """The head does not name the last event; a signature under it would make a forgery look sound."""


def after_commit(organization: Organization) -> None:
    """Write a checkpoint once the surrounding transaction is committed (push, rollback)."""
    waiting = _waiting.get()
    write = partial(_write_or_log, organization.pk) if waiting is None else partial(waiting.add, organization.pk)
    transaction.on_commit(write, robust=True)


@contextmanager
def written_together() -> Iterator[None]:
    """The acts in here share one checkpoint at their end; it covers all of them, because it signs the head.

    For acts of seconds: should the process die before, the scheduled checkpoint of the next minute covers them.
    """
    waiting: set[UUID] = set()
    mark = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(mark)
        for organization_id in waiting:
            _write_or_log(organization_id)


def write_checkpoint(organization_id: UUID) -> Checkpoint | None:
    """Sign the head and put the checkpoint into database and file, durably; None if nothing is new.

    Also brings lines after that an earlier failure kept from the file. Raises OSError when the folder
    cannot be written (the database row then stays, so that verify shows it) and ChainBroken.
    """
    try:
        with witness.folder_lock(exclusive=True):
            checkpoint = _sign_head(organization_id)
            _bring_file_up(organization_id, checkpoint)
    except OSError:
        _sign_head(organization_id)
        raise
    return checkpoint


def organizations_to_write() -> list[UUID]:
    """The organizations whose head has moved since their last checkpoint, or whose file lags behind."""
    last = dict(
        Checkpoint.objects.order_by("organization_id", "-sequence")
        .distinct("organization_id")
        .values_list("organization_id", "sequence")
    )
    heads = ChainHead.objects.filter(sequence__gt=0).values_list("organization_id", "sequence")
    return [pk for pk, sequence in heads if last.get(pk) != sequence or _file_lags(pk, sequence)]


def statement_of(checkpoint: Checkpoint) -> witness.Statement:
    """What a checkpoint's signature covers."""
    return witness.Statement(
        organization=str(checkpoint.organization_id),
        sequence=checkpoint.sequence,
        hash=checkpoint.hash,
        at=moment(checkpoint.at),
        previous=checkpoint.previous,
    )


def _write_or_log(organization_id: UUID) -> None:
    try:
        write_checkpoint(organization_id)
    except (OSError, DatabaseError, ChainBroken):
        logger.exception("The checkpoint of organization %s is not written.", organization_id)


@transaction.atomic
def _sign_head(organization_id: UUID) -> Checkpoint | None:
    with connection.cursor() as cursor:
        cursor.execute(_TIMES, [str(organization_id)])
        now = cursor.fetchone()[0]
    head = _head.first(organization_id)
    if head is None or head.sequence == 0:
        return None
    last = _last.first(organization_id)
    if last and last.sequence >= head.sequence:
        return None
    if not _named(organization_id, head.sequence, head.hash):
        raise ChainBroken(f"The head of {organization_id} names row {head.sequence}, which is not there.")
    checkpoint = Checkpoint(
        organization_id=organization_id,
        sequence=head.sequence,
        hash=head.hash,
        at=now,
        previous=last.signature if last else "",
    )
    checkpoint.signature = statement_of(checkpoint).sign()
    checkpoint.save(force_insert=True)
    return checkpoint


@compiled
def _head(organization: UUID) -> QuerySet[ChainHead]:
    return ChainHead.objects.filter(organization_id=organization)


@compiled
def _last(organization: UUID) -> QuerySet[Checkpoint]:
    return Checkpoint.objects.filter(organization_id=organization).order_by("-sequence")[:1]


@compiled
def _named(organization: UUID, sequence: int, digest: str) -> QuerySet[Event, UUID]:
    """The event that a head names."""
    named = Event.objects.filter(organization_id=organization, sequence=sequence, hash=digest)
    return named.values_list("pk", flat=True)


def _bring_file_up(organization_id: UUID, checkpoint: Checkpoint | None) -> None:
    last = witness.last_line(organization_id)
    written_to = last.statement.sequence if last else 0
    missing = list(
        Checkpoint.objects.filter(organization_id=organization_id, sequence__gt=written_to).order_by("sequence")
    )
    if not missing and checkpoint:
        logger.error("The checkpoint file of %s is ahead of its chain: run audit_verify.", organization_id)
        missing = [checkpoint]
    if len(missing) > bool(checkpoint):
        logger.warning("%s: %s checkpoint lines are written only now.", organization_id, len(missing))
    now = moment(datetime.now(UTC))
    if missing:
        witness.append(organization_id, [witness.Line(statement_of(row), row.signature, now) for row in missing])


def _file_lags(organization_id: UUID, sequence: int) -> bool:
    try:
        last = witness.last_line(organization_id)
    except OSError:
        return True
    return last is None or last.statement.sequence < sequence
