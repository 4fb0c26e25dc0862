"""Checkpoints: written after commit, never in the way of a release, safe among many writers."""

import logging
import stat
import threading
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit import witness
from audit.checkpoints import after_commit, write_checkpoint, written_together
from audit.jobs import write_checkpoints
from audit.models import ChainHead, Checkpoint, Event
from audit.sample import fill
from audit.verify import verify
from console.organizations.models import Organization
from tests.audit.chains import as_superuser, folder
from tests.races import at_once, start

__all__ = ["folder"]  # fixture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def organization() -> Organization:
    """An organization with ten events and no checkpoint."""
    organization = Organization.objects.create(slug="harbourline", name="Harbourline")
    fill(organization, 10)
    return organization


def sequences(organization: Organization) -> list[int]:
    """The rows that the lines of the file speak of."""
    path = witness.path_of(organization.pk)
    return [orjson.loads(line)["sequence"] for line in path.read_bytes().splitlines()] if path.exists() else []


def verified(*arguments: str) -> str:
    """What the command prints when everything is green."""
    out = StringIO()
    call_command("audit_verify", *arguments, stdout=out, no_color=True)
    return out.getvalue()


def test_write_checkpoint__head_moved__writes_row_and_line_for_the_owner_only(organization: Organization) -> None:
    write_checkpoint(organization.pk)
    fill(organization, 5)
    write_checkpoint(organization.pk)

    assert sequences(organization) == [10, 15]
    assert list(Checkpoint.objects.order_by("sequence").values_list("sequence", flat=True)) == [10, 15]
    path = witness.path_of(organization.pk)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert verify(organization.pk).ok


def test_write_checkpoint__nothing_new__writes_nothing(organization: Organization) -> None:
    write_checkpoint(organization.pk)

    assert write_checkpoint(organization.pk) is None
    assert sequences(organization) == [10]


def test_write_checkpoint__empty_chain__writes_nothing(folder: Path) -> None:
    organization = Organization.objects.create(slug="empty", name="Empty")

    assert write_checkpoint(organization.pk) is None
    assert verify(organization.pk).ok


def test_after_commit__committed__writes_a_checkpoint(organization: Organization) -> None:
    with transaction.atomic():
        after_commit(organization)
        assert not Checkpoint.objects.exists()

    assert sequences(organization) == [10]


def test_after_commit__of_acts_written_together__is_one_checkpoint_that_covers_them(organization: Organization) -> None:
    with written_together():
        for _ in range(3):
            fill(organization, 2)
            with transaction.atomic():
                after_commit(organization)
        assert not Checkpoint.objects.exists()

    assert sequences(organization) == [16]
    assert (verify(organization.pk).ok, verify(organization.pk).covered_to) == (True, 16)


def test_after_commit__rolled_back__writes_none(organization: Organization) -> None:
    with transaction.atomic():
        after_commit(organization)
        transaction.set_rollback(True)

    assert sequences(organization) == []
    assert not Checkpoint.objects.exists()


def test_after_commit__folder_cannot_be_written__keeps_the_act_logs_and_shows_red_until_mended(
    organization: Organization, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")

    with caplog.at_level(logging.ERROR), transaction.atomic():
        Organization.objects.filter(pk=organization.pk).update(name="Quayside")
        after_commit(organization)

    assert Organization.objects.get(pk=organization.pk).name == "Quayside"
    assert "is not written" in caplog.text
    assert not verify(organization.pk).ok

    folder.unlink()
    result = verify(organization.pk)
    assert [finding.place for finding in result.findings] == ["file"]

    write_checkpoints()
    assert sequences(organization) == [10]
    assert verify(organization.pk).ok


def test_write_checkpoint__half_a_line_after_a_crash__is_red_then_cut_off(organization: Organization) -> None:
    write_checkpoint(organization.pk)
    with witness.path_of(organization.pk).open("ab") as file:
        file.write(b'{"organization":"0')
    assert not verify(organization.pk).ok

    fill(organization, 1)
    write_checkpoint(organization.pk)

    assert sequences(organization) == [10, 11]
    assert verify(organization.pk).ok


def test_write_checkpoint__head_names_no_event__signs_nothing(
    organization: Organization, caplog: pytest.LogCaptureFixture
) -> None:
    ChainHead.objects.filter(organization=organization).update(hash="f" * 64)

    with transaction.atomic():
        after_commit(organization)

    assert not Checkpoint.objects.exists()
    assert "is not written" in caplog.text


def test_write_checkpoint__from_16_writers__keeps_one_ordered_file(organization: Organization) -> None:
    def write() -> None:
        for _ in range(4):
            fill(organization, 1)
            write_checkpoint(organization.pk)

    at_once(*[write] * 16)

    written = sequences(organization)
    assert written == sorted(set(written))
    assert written[-1] == 10 + 64
    result = verify(organization.pk)
    assert result.ok
    assert result.uncovered == 0


def test_verify__while_others_write__gives_no_false_alarm(organization: Organization) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            fill(organization, 3)
            write_checkpoint(organization.pk)

    writers = [start(write) for _ in range(3)]
    try:
        results = [verify(organization.pk) for _ in range(20)]
    finally:
        stop.set()
    for writer in writers:
        writer.result()

    assert [result.findings for result in results if not result.ok] == []


def test_write_checkpoints__every_organization__covers_what_moved(organization: Organization) -> None:
    other = Organization.objects.create(slug="elsewhere", name="Elsewhere")
    fill(other, 3)

    write_checkpoints()
    fill(other, 3)
    write_checkpoints()
    write_checkpoints()

    assert (sequences(organization), sequences(other)) == ([10], [3, 6])


def test_signature__after_the_secret_key_changed__holds_with_the_old_key_as_fallback(
    organization: Organization, settings: Any
) -> None:
    write_checkpoint(organization.pk)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, quite as long as the one before it was"
    assert verify(organization.pk).ok

    settings.CHECKPOINT_KEY = "a key of its own"
    fill(organization, 1)
    write_checkpoint(organization.pk)
    assert verify(organization.pk).ok

    settings.SECRET_KEY_FALLBACKS = []
    assert not verify(organization.pk).ok


def test_audit_verify__green__prints_the_uncovered_window(organization: Organization) -> None:
    write_checkpoint(organization.pk)
    fill(organization, 4)

    printed = verified("--organization", "harbourline")

    assert "harbourline: sound, 14 rows checked" in printed
    assert "rows 11 to 14 (since 20" in printed


def test_audit_verify__red__names_the_first_bad_row_and_fails(organization: Organization) -> None:
    with transaction.atomic():
        as_superuser("UPDATE audit_event SET reason = 'x' WHERE sequence = 6")
    out = StringIO()

    with pytest.raises(CommandError, match="RED: 1 of 1"):
        call_command("audit_verify", stdout=out, no_color=True)

    assert "first bad row 6: row 6 does not have the hash" in out.getvalue()


def test_audit_verify__organization_gone_from_the_database__is_found_through_its_file(
    organization: Organization,
) -> None:
    write_checkpoint(organization.pk)
    with transaction.atomic():
        for table in ("audit_event", "audit_checkpoint", "audit_chainhead"):
            as_superuser(f"DELETE FROM {table}")  # noqa: S608
        as_superuser("DELETE FROM organizations_organization")
    out = StringIO()

    with pytest.raises(CommandError, match="RED: 1 of 1"):
        call_command("audit_verify", stdout=out, no_color=True)

    assert f"{organization.pk} (not in the database): BROKEN" in out.getvalue()


def test_audit_verify__trigger_switched_off__is_red(organization: Organization) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_immutable")
    out = StringIO()
    try:
        with pytest.raises(CommandError, match="RED"):
            call_command("audit_verify", stdout=out, no_color=True)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER audit_event_immutable")

    assert "audit_event_immutable is gone or switched off" in out.getvalue()


def test_audit_verify__unknown_organization__fails_in_words(folder: Path) -> None:
    with pytest.raises(CommandError, match="no organization 'nowhere'"):
        verified("--organization", "nowhere")


def test_verification__as_json__is_what_the_contract_says(organization: Organization) -> None:
    assert verify(organization.pk).as_json() == {"ok": True, "checked": 10, "first_bad": None}

    with transaction.atomic():
        as_superuser("DELETE FROM audit_event WHERE sequence = 4")

    answer = verify(organization.pk).as_json()
    assert (answer["ok"], answer["checked"]) == (False, 9)
    assert answer["first_bad"] == {"sequence": 4, "what": "row 4 is missing"}
    assert Event.objects.count() == 9
