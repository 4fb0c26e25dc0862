"""Taking a copy of the log away is itself an act. What the files hold stands in test_export."""

import pytest

from audit.models import Event
from console.organizations.models import Organization
from console.organizations.policies import permissions_on
from tests.agents.drafting import newest_refusal, newest_row, refused
from tests.cast import ADDRESS, Person
from tests.pages import by_id, words

VERB, EXPORT = "audit.exported", "/o/harbourline/audit/export"


def test_export_events__by_a_reader__is_on_record_with_what_was_taken(
    organization: Organization, avery: Person
) -> None:
    before = Event.objects.filter(organization=organization).count()

    response = avery.client().post(f"{EXPORT}?outcome=done", {"format": "jsonl"})

    text = b"".join(response).decode()
    assert response["Content-Type"] == "application/jsonl; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="audit-harbourline-')
    assert response["Cache-Control"] == "no-store"
    assert text.count("\n") == before + 1
    assert newest_row() == {
        "verb": VERB,
        "outcome": "done",
        "refusal": "",
        "actor": "Avery Stone",
        "door": "page",
        "target": ("organization", str(organization.pk), "Harbourline"),
        "agent": None,
        "environment": "",
        "before": "",
        "after": "",
        "reason": "",
        "data": {"format": "jsonl", "filter": {"outcome": "done"}, "rows": before, "up_to": before},
        "address": ADDRESS,
    }


@pytest.mark.parametrize(("name", "scope"), [("dana", 1), ("quinn", 1), ("mara", None), ("avery", None)])
def test_export_events__by_each_role__holds_what_the_role_reads(
    name: str, scope: int | None, organization: Organization, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(name)
    own = Event.objects.filter(organization=organization, actor=person.user).count()
    everything = Event.objects.filter(organization=organization).count()

    b"".join(person.client().post(EXPORT, {"format": "csv"}))

    assert newest_row()["data"]["rows"] == (own if scope else everything)
    assert ("view_all_events" in permissions_on(person.user, organization)) == (scope is None)


def test_export_events__by_strangers__is_404_like_an_unknown_organization_and_noted_nowhere(
    organization: Organization, sam: Person
) -> None:
    before, client = Event.objects.count(), sam.client()

    answers = [client.post(EXPORT.replace("harbourline", slug), {"format": "csv"}) for slug in ("harbourline", "no")]

    assert [answer.status_code for answer in answers] == [404, 404]
    texts = {words(by_id(answer, "refusal")).split("request")[0] for answer in answers}
    assert len(texts) == 1
    assert Event.objects.count() == before


def test_export_events__by_get__is_not_allowed(organization: Organization, avery: Person) -> None:
    before = Event.objects.count()

    assert avery.client().get(f"{EXPORT}?format=csv").status_code == 405
    assert Event.objects.count() == before


@pytest.mark.parametrize("given", [{"format": "xlsx"}, {"format": ""}, {"format": "csv\x00"}, {}])
def test_export_events__unknown_format__is_refused_and_on_record(
    given: dict[str, str], organization: Organization, avery: Person
) -> None:
    response = avery.client().post(EXPORT, given)

    assert response.status_code == 400
    assert newest_refusal() == refused(VERB, "invalid_filter")
    assert "There are: csv, jsonl." in words(by_id(response, "refusal"))
