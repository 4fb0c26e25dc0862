"""Exports through HTTP: exactly what is seen, checkable from outside, harmless in a spreadsheet, recorded."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from audit.export import COLUMNS, neutral
from audit.models import ChainHead, Event
from audit.sample import fill
from console.organizations.models import Organization
from tests.audit.test_audit_page import happened, page, shown
from tests.cast import Person


def exported(client: Client, format: str, query: str = "") -> str:
    """The file as text."""
    answer = client.post(f"/o/harbourline/audit/export{query}", {"format": format})
    assert answer.status_code == 200, answer.content
    return b"".join(answer).decode()


def records(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The head and the events of a JSON Lines file."""
    head, *events = map(json.loads, text.rstrip("\n").split("\n"))
    return head, events


def outside_hash(event: dict[str, Any]) -> str:
    """The hash as docs/audit.md tells an outside verifier to compute it, without any code of ours."""
    covered = {name: value for name, value in event.items() if name not in ("record", "hash")}
    spelled = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(spelled.encode()).hexdigest()


@pytest.mark.parametrize("query", ["", "?outcome=refused", "?q=reason", "?action=draft&actor=Dana+Reyes"])
def test_export__filtered__equals_the_view(organization: Organization, dana: Person, avery: Person, query: str) -> None:
    for number in range(6):
        refusal = "conflict" if number % 2 else ""
        happened(organization, "draft.saved", dana, reason=f"Reason {number}", refusal=refusal)
    seen = shown(page(avery, query))

    head, events = records(exported(avery.client(), "jsonl", query))
    rows = list(csv.reader(io.StringIO(exported(avery.client(), "csv", query))))

    assert [event["sequence"] for event in events] == seen
    assert head["rows"] == len(seen)
    in_csv = [int(row[0]) for row in rows[2:]]
    assert [number for number in in_csv if number <= max(seen)] == seen
    assert tuple(rows[1]) == COLUMNS


def test_export__jsonl__can_be_verified_from_outside(organization: Organization, dana: Person, avery: Person) -> None:
    happened(
        organization, "draft.saved", dana, reason='quotes " and \\ and \u2028 \x07 ä 😀', data={"b": 1, "a": ["é"]}
    )

    head, events = records(exported(avery.client(), "jsonl"))

    assert [outside_hash(event) for event in events] == [event["hash"] for event in events]
    links = [(newer["previous_hash"], older["hash"]) for newer, older in pairwise(events)]
    assert all(previous == own for previous, own in links)
    assert events[-1]["previous_hash"] == "0" * 64
    assert (head["chain"]["head_sequence"], head["chain"]["head_hash"]) == (events[0]["sequence"], events[0]["hash"])
    assert (head["chain"]["state"], head["time_zone"]) == ("sound", "UTC")


def test_export__head__states_filter_scope_and_rows(organization: Organization, dana: Person, quinn: Person) -> None:
    happened(organization, "release.promoted", dana, environment="staging")

    head, events = records(exported(quinn.client(), "jsonl", "?environment=staging&q="))

    assert head["filter"] == {"environment": "staging"}
    assert head["scope"] == "Your own events and what releases did"
    assert head["rows"] == len(events) == 1


def test_export__developer__gets_own_events_only(organization: Organization, dana: Person, mara: Person) -> None:
    happened(organization, "draft.saved", mara, reason="secret plan")

    text = exported(dana.client(), "jsonl")

    assert "secret plan" not in text
    assert {event["actor_id"] for event in records(text)[1]} == {str(dana.user.pk)}


def test_export__done__is_itself_an_event_with_the_filter(organization: Organization, avery: Person) -> None:
    before = Event.objects.filter(organization=organization).count()

    exported(avery.client(), "csv", "?outcome=done")

    event = Event.objects.get(organization=organization, verb="audit.exported")
    assert event.actor == avery.user
    assert event.data == {"format": "csv", "filter": {"outcome": "done"}, "rows": before, "up_to": before}


def test_export__unknown_format__is_refused_and_recorded(organization: Organization, avery: Person) -> None:
    for data in ({"format": "xlsx"}, {}):
        assert avery.client().post("/o/harbourline/audit/export", data).status_code == 400

    outcomes = Event.objects.filter(organization=organization, verb="audit.exported").values_list("outcome", "refusal")
    assert list(outcomes) == [("refused", "invalid_filter")] * 2


def test_export__unknown_filter__gets_400(organization: Organization, avery: Person) -> None:
    assert avery.client().post("/o/harbourline/audit/export?colour=red", {"format": "csv"}).status_code == 400


def test_export__without_token__changes_nothing(organization: Organization, avery: Person) -> None:
    client = avery.client()
    client.handler.enforce_csrf_checks = True

    assert client.post("/o/harbourline/audit/export", {"format": "csv"}).status_code == 403
    assert not Event.objects.filter(organization=organization, verb="audit.exported").exists()


def test_export__event_cannot_be_written__answers_503_and_no_file(organization: Organization, avery: Person) -> None:
    ChainHead.objects.filter(organization=organization).update(sequence=1)

    answer = avery.client().post("/o/harbourline/audit/export", {"format": "csv"})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "audit_unavailable" in answer.content.decode()
    assert not Event.objects.filter(organization=organization, verb="audit.exported").exists()


def test_export__broken_chain__says_so_in_the_head(organization: Organization, avery: Person) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE audit_event SET reason = 'x' WHERE organization_id = %s AND sequence = 1", [organization.pk]
        )

    head, _ = records(exported(avery.client(), "jsonl"))

    assert head["chain"]["state"] == "broken"
    assert head["chain"]["first_bad"]["sequence"] == 1


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1"])
def test_csv__formula__is_neutralised(organization: Organization, dana: Person, avery: Person, cell: str) -> None:
    happened(organization, "draft.saved", dana, reason=cell)

    rows = list(csv.reader(io.StringIO(exported(avery.client(), "csv"), newline="")))

    assert rows[2][COLUMNS.index("reason")] == f"'{cell}" == neutral(cell)


def test_export__head_of_csv__is_neutral_whatever_the_filter(organization: Organization, avery: Person) -> None:
    text = exported(avery.client(), "csv", "?q=%3Dcmd%7C%22%0D%0A%3D1")

    first = next(csv.reader(io.StringIO(text, newline="")))
    assert first[0] == "# Slipway audit log"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in first)


def test_export__many_rows__are_all_there_in_order(organization: Organization, avery: Person) -> None:
    fill(organization, 5_000)
    total = Event.objects.filter(organization=organization).count()

    _, events = records(exported(avery.client(), "jsonl"))

    assert [event["sequence"] for event in events] == list(range(total, 0, -1))


def test_docs__verifier_from_outside__accepts_an_export_and_finds_a_change(
    organization: Organization, dana: Person, avery: Person, tmp_path: Path
) -> None:
    happened(organization, "draft.saved", dana, reason="line\u2028separator")
    page_of_docs = (settings.BASE_DIR / "docs" / "audit.md").read_text(encoding="utf-8")
    (tmp_path / "verifier.py").write_text(page_of_docs.split("```python\n")[1].split("```")[0], encoding="utf-8")
    text = exported(avery.client(), "jsonl")

    def verdict(content: str) -> int:
        (tmp_path / "export.jsonl").write_text(content, encoding="utf-8", newline="\n")
        arguments = [sys.executable, "-I", str(tmp_path / "verifier.py"), str(tmp_path / "export.jsonl")]
        return subprocess.run(arguments, check=False, capture_output=True, timeout=30).returncode

    lines = text.rstrip("\n").split("\n")
    assert verdict(text) == 0
    assert verdict(text.replace("Dana", "Nora")) == 1
    assert verdict("\n".join(lines[:3] + lines[4:])) == 1
    assert verdict("\n".join(lines[:-1])) == 1
