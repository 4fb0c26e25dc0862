"""Writing the log: a verb's event is its last statement, in its own transaction.

`verb(...)` is the frame of every act: one transaction around it, and after a refusal a second one
that keeps the refused attempt. If the event cannot be written, the act does not happen.
"""

import functools
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, transaction

from audit.chain import clean, event_hash, storable
from audit.clock import NOW
from audit.errors import AuditUnavailable
from audit.models import Event
from audit.verbs import VERBS
from console.organizations import prepared
from console.organizations.actor import Actor, Target
from console.organizations.errors import NotFound, Refusal
from console.organizations.models import Organization

logger = logging.getLogger(__name__)


class Subject(Protocol):
    """Anything a verb can be done to."""

    def audit_target(self) -> Target:
        """The subject as audit events name it."""
        ...


S = TypeVar("S", bound=Subject)
P = ParamSpec("P")
R = TypeVar("R")


def verb(name: str) -> Callable[[Callable[Concatenate[S, P], R]], Callable[Concatenate[S, P], R]]:
    """Frame a verb: one durable transaction; a refusal rolls it back and is recorded on its own.

    Durable, because a verb inside another transaction could be undone after its event was believed.
    """
    assert_known(name)

    def frame(act: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
        @functools.wraps(act)
        def run(subject: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            target = subject.audit_target()
            try:
                with transaction.atomic(durable=True):
                    return act(subject, *args, **kwargs)
            except (NotFound, AuditUnavailable):
                raise
            except Refusal as refusal:
                _record_refusal(name, target, kwargs, refusal)
                raise

        run.audit_verb = name  # type: ignore[attr-defined]  # read by the guard test
        return run

    return frame


def record(
    name: str,
    target: Target,
    *,
    actor: Actor,
    environment: str = "",
    before: str = "",
    after: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
    refusal: str = "",
) -> Event:
    """Append one event to the organization's chain; the chain head is the last lock a verb takes.

    The time comes from the database, read under that lock, and never runs against the sequence.
    Raises AuditUnavailable if the event cannot be written; the surrounding transaction is then lost.
    """
    assert_known(name)
    event = Event(
        organization=target.organization,
        verb=name,
        outcome=Event.Outcome.REFUSED if refusal else Event.Outcome.DONE,
        refusal=refusal,
        actor=actor.user,
        actor_label=clean(actor.label, 200),
        door=actor.door,
        target_kind=target.kind,
        target_id=target.id,
        target_label=clean(target.label, 300),
        agent_id=target.agent_id,
        environment=clean(environment, 63),
        before_digest=before,
        after_digest=after,
        reason=clean(reason),
        data=storable((data or {}) | _key_of(actor)),
        request_id=clean(actor.request_id, 64),
        address=clean(actor.address, 64),
    )
    try:
        with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS):
            _append(event)
    except DatabaseError as error:
        logger.exception("The event %s could not be written.", name)
        raise AuditUnavailable from error
    return event


def _key_of(actor: Actor) -> dict[str, Any]:
    """The API key that the actor used, so that the record says a program did it and which."""
    return {"key": {"id": str(actor.key.pk), "name": actor.key.name, "prefix": actor.key.prefix}} if actor.key else {}


def _append(event: Event) -> None:
    sequence, event.previous_hash, event.at = lock_head(event.organization)
    event.sequence = sequence + 1
    event.hash = event_hash(event)
    prepared.insert(event)
    with prepared.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_chainhead SET sequence = %s, hash = %s, at = %s WHERE organization_id = %s",
            [event.sequence, event.hash, event.at, event.organization_id],
        )


def assert_known(name: str) -> None:
    """Refuse a verb that is not in the closed list; a programming error, found at import time."""
    if name not in VERBS:
        raise LookupError(f"{name} is not in audit.verbs")


def lock_head(organization: Organization) -> tuple[int, str, datetime]:
    """Lock the chain until the transaction ends: its last sequence and hash, and the time for the next event."""
    with prepared.cursor() as cursor:
        for _ in range(2):
            cursor.execute(
                f"SELECT sequence, hash, greatest({NOW}, at) FROM audit_chainhead"  # noqa: S608  # NOW is our own constant
                " WHERE organization_id = %s FOR UPDATE",
                [organization.pk],
            )
            row = cursor.fetchone()
            if row:
                return row[0], row[1], row[2]
            cursor.execute(
                "INSERT INTO audit_chainhead (organization_id, sequence, hash) VALUES (%s, 0, %s)"
                " ON CONFLICT DO NOTHING",
                [organization.pk, "0" * 64],
            )
    raise DatabaseError("the chain head vanished")


def _record_refusal(name: str, target: Target, kwargs: dict[str, Any], refusal: Refusal) -> None:
    actor = kwargs.get("actor")
    if not isinstance(actor, Actor):
        return
    with transaction.atomic():
        record(
            name,
            target,
            actor=actor,
            environment=str(refusal.extra.get("environment", "")),
            reason=refusal.detail,
            refusal=refusal.code,
        )
