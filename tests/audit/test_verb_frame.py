"""The frame of every verb: done with its event, refused with one event, or undone (T12, invariant 7)."""

import sys
import time
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from audit.errors import AuditUnavailable
from audit.log import record, verb
from audit.models import ChainHead, Event
from audit.verify import verify
from console.organizations.actor import SYSTEM, Actor
from console.organizations.errors import Conflict, NotFound, PermissionMissing, Refusal
from console.organizations.models import Organization, User
from console.organizations.policies import missing
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, ACTS = 32, 25


@pytest.fixture
def organization() -> Organization:
    """An organization without any event."""
    return Organization.objects.create(slug="harbourline", name="Harbourline")


@verb("organization.settings_changed")
def rename(organization: Organization, *, actor: Actor, name: str, refusal: Refusal | None = None) -> Event:
    """A verb as they all are: change, maybe refuse, record."""
    organization.name = name
    organization.save(update_fields=["name"])
    if refusal:
        raise refusal
    return record("organization.settings_changed", organization.audit_target(), actor=actor, data={"name": name})


@verb("draft.saved")
def note(organization: Organization, *, actor: Actor) -> Event:
    """A verb that changes nothing but the log."""
    return record("draft.saved", organization.audit_target(), actor=actor)


def name_of(organization: Organization) -> str:
    """The name in the database."""
    return Organization.objects.get(pk=organization.pk).name


def test_verb__done__leaves_the_change_and_one_event(organization: Organization) -> None:
    event = rename(organization, actor=SYSTEM, name="Quayside")

    assert name_of(organization) == "Quayside"
    assert [(one.pk, one.outcome, one.sequence) for one in Event.objects.all()] == [(event.pk, "done", 1)]
    assert verify(organization.pk).checked == 1


def test_verb__refused__leaves_nothing_but_one_refused_event(organization: Organization) -> None:
    user = User.objects.create_user(email="dana.reyes@example.com", name="Dana Reyes")
    actor = Actor(user=user, door="page", request_id="request-0001", address="192.0.2.7")

    with pytest.raises(Conflict):
        rename(organization, actor=actor, name="Quayside", refusal=Conflict("Not now.", environment="staging"))

    assert name_of(organization) == "Harbourline"
    event = Event.objects.get()
    assert (event.outcome, event.refusal, event.reason) == ("refused", "conflict", "Not now.")
    assert (event.actor, event.environment, event.request_id) == (user, "staging", "request-0001")
    assert verify(organization.pk).checked == 1


def test_verb__unknown_object__leaves_no_event(organization: Organization) -> None:
    with pytest.raises(NotFound):
        rename(organization, actor=SYSTEM, name="Quayside", refusal=NotFound("No such thing."))

    assert name_of(organization) == "Harbourline"
    assert not Event.objects.exists()


def test_verb__crashes__leaves_nothing(organization: Organization) -> None:
    with pytest.raises(TypeError):
        rename(organization, actor=SYSTEM, name="Quayside", refusal=TypeError("a bug"))  # type: ignore[arg-type]

    assert name_of(organization) == "Harbourline"
    assert not Event.objects.exists()


def test_verb__event_cannot_be_written__undoes_the_act(organization: Organization) -> None:
    rename(organization, actor=SYSTEM, name="Quayside")
    rename(organization, actor=SYSTEM, name="Dockside")
    ChainHead.objects.filter(organization=organization).update(sequence=1)

    with pytest.raises(AuditUnavailable):
        rename(organization, actor=SYSTEM, name="Moorings")

    assert name_of(organization) == "Dockside"
    assert Event.objects.count() == 2


@pytest.mark.parametrize("label", ["a\0b", "x" * 65])
def test_record__event_cannot_be_written_and_somebody_goes_on__loses_the_transaction(
    organization: Organization, label: str
) -> None:
    after: list[str] = []
    target = replace(organization.audit_target(), id=label)  # refused by psycopg, or by PostgreSQL
    with transaction.atomic():
        Organization.objects.filter(pk=organization.pk).update(name="Quayside")
        transaction.on_commit(lambda: after.append("committed"))
        with pytest.raises(AuditUnavailable):
            record("draft.saved", target, actor=SYSTEM)

    assert name_of(organization) == "Harbourline"
    assert after == []
    assert Event.objects.count() == 0


def test_verb__refusal_cannot_be_recorded__is_answered_as_unavailable(organization: Organization) -> None:
    rename(organization, actor=SYSTEM, name="Quayside")
    ChainHead.objects.filter(organization=organization).update(sequence=0)

    with pytest.raises(AuditUnavailable):
        rename(organization, actor=SYSTEM, name="Dockside", refusal=Conflict("Not now."))

    assert name_of(organization) == "Quayside"
    assert Event.objects.count() == 1


def test_verb__clock_set_back__keeps_times_in_the_order_of_the_chain(organization: Organization) -> None:
    with connection.cursor() as cursor:
        rename(organization, actor=SYSTEM, name="Quayside")
        cursor.execute("SELECT set_config('slipway.time_shift', '-3600 seconds', false)")
        rename(organization, actor=SYSTEM, name="Dockside")
        cursor.execute("SELECT set_config('slipway.time_shift', '', false)")

    first, second = Event.objects.order_by("sequence")
    assert first.at <= second.at


@pytest.mark.parametrize(
    "data",
    [
        {"ratio": 0.1, "whole": 1.0, "exponent": 1e22, "minus": -0.0, "endless": float("inf")},
        {"large": 2**63, "larger": 10**40, "edge": 2**53},
        {"text": "nul \0, lone \ud800, emoji \U0001f600, bidi \u202e"},
        {"id": uuid4(), "list": (1, None, True), 7: "key", "deep": {"b": [{"a": {"ä": "ö", "z": 1}}]}},
    ],
)
def test_record__any_data__recomputes_from_the_database(organization: Organization, data: dict[Any, Any]) -> None:
    act = verb("organization.settings_changed")(
        lambda subject, *, actor: record(
            "organization.settings_changed", subject.audit_target(), actor=actor, data=data, reason="\0\udfff odd"
        )
    )

    act(organization, actor=SYSTEM)

    assert verify(organization.pk).ok
    assert Event.objects.get().is_intact


def test_verb__32_at_once__keep_one_chain_without_gap_or_fork(organization: Organization) -> None:
    def write() -> tuple[float, float]:
        mine, began = Organization.objects.get(pk=organization.pk), time.monotonic()
        for _ in range(ACTS):
            note(mine, actor=SYSTEM)
        return began, time.monotonic()

    times = at_once(*[write] * WRITERS)
    seconds = max(end for _, end in times) - min(begin for begin, _ in times)
    sys.stdout.write(f"{WRITERS * ACTS / seconds:.0f} audited acts a second\n")

    result = verify(organization.pk)
    assert result.ok
    assert result.checked == WRITERS * ACTS
    assert len(set(Event.objects.values_list("previous_hash", flat=True))) == WRITERS * ACTS


def test_refusal__of_a_right__names_who_holds_it(organization: Organization) -> None:
    refusal = missing("manage_settings", organization)
    assert isinstance(refusal, PermissionMissing)
    with pytest.raises(PermissionMissing):
        rename(organization, actor=SYSTEM, name="Quayside", refusal=refusal)

    assert Event.objects.get().refusal == "permission_denied"
