"""The pages of the pipeline, of bulk promotion and of jobs."""

from typing import Any

import pytest

from console.organizations.models import Organization
from environments import bulk
from environments.actions import revoke_ready
from environments.models import Environment, Job, Pin
from tests.builders import a_candidate, a_ready_version, approved
from tests.cast import Person
from tests.pages import Answer, by_id, has_id, hidden_value, page, words

PIPELINE = "/o/harbourline/settings/environments"


@pytest.mark.django_db
def test_pipeline_pages__add_change_and_delete__as_the_org_admin_says(
    organization: Organization, mara: Person, avery: Person, dana: Person
) -> None:
    client = mara.client()

    assert client.post(PIPELINE, {"name": "Canary", "kind": "staging", "description": ""}).status_code == 302
    assert client.post(PIPELINE, {"name": "Canary", "kind": "staging", "description": ""}).status_code == 422
    form = {
        "name": "Pre-release",
        "description": "For friends",
        "position": "2",
        "token": hidden_value(client.get(f"{PIPELINE}/production"), "token"),
        "requires_sign_off": "on",
        "soak_minutes": "30",
        "approvals_qa": "1",
        "approvals_org_admin": "0",
        "ticket_pattern": "OPS-*",
        "windows": "mon-fri 09:00-17:00 Europe/Berlin",
        "freeze": "",
    }
    assert client.post(f"{PIPELINE}/production", form | {"position": "3"}).status_code == 302
    rules = Environment.objects.get(organization=organization, slug="production").rules
    assert (rules.soak_minutes, rules.ticket_pattern, str(rules.windows[0])) == (
        30,
        "OPS-*",
        "mon, tue, wed, thu, fri 09:00-17:00 Europe/Berlin",
    )
    stale = client.post(f"{PIPELINE}/production", form | {"position": "3"})
    assert stale.status_code == 412
    wrong = client.post(f"{PIPELINE}/canary", form | {"windows": "always"})
    assert (wrong.status_code, "always" in words(by_id(wrong, "environment"))) == (422, True)
    assert client.post(f"{PIPELINE}/canary/delete").status_code == 302
    assert not Environment.objects.filter(organization=organization, slug="canary").exists()
    assert avery.client().get(PIPELINE).status_code == 200
    assert not has_id(avery.client().get(PIPELINE), "add-environment")
    assert dana.client().get(PIPELINE).status_code == 403


def _confirmed(review: Any) -> dict[str, Any]:
    """What the form of a review sends once its button is pressed."""
    fields: dict[str, Any] = {"act": "start"}
    for name, value in by_id(review, "bulk-review").form_values():
        fields.setdefault(name, []).append(value.strip())
    return fields


@pytest.mark.django_db(transaction=True)
def test_bulk_pages__difference_first_then_job_then_results(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    a_ready_version(organization, author=dana, tester=quinn, slug="ready", name="Ready desk")
    a_candidate(organization, author=dana, slug="waiting", name="Waiting desk")
    client, address = mara.client(), "/o/harbourline/bulk"

    shown = client.get(address)
    assert "Waiting desk" in words(by_id(shown, "blocked"))
    assert not page(shown).xpath("//input[@name='agents'][@checked]")
    assert client.post(f"{address}/review", {"note": ""})["Location"] == address
    review = client.post(f"{address}/review", {"agents": "ready"})
    assert not Job.objects.exists()
    assert "Production gets v1. It serves nothing yet." in words(by_id(review, "agent-ready"))
    assert "Be brief." in words(by_id(review, "ready-part-prompt"))
    started = client.post(f"{address}/review", _confirmed(review) | {"note": "Friday"})

    job = Job.objects.get()
    assert started["Location"] == f"/o/harbourline/jobs/{job.pk}/"
    bulk.run(job.pk)
    done = client.get(started["Location"])
    assert "Finished: 1 of 1" in words(by_id(done, "job"))
    assert Pin.objects.filter(environment__slug="production").count() == 1
    assert str(job.pk) in client.get("/o/harbourline/jobs/").content.decode()
    undone = client.post(f"{started['Location']}act", {"act": "undo", "reason": "Wrong"})
    bulk.run(Job.objects.exclude(pk=job.pk).get().pk)
    assert "Skipped" in words(by_id(client.get(undone["Location"]), "items"))
    assert quinn.client().get(started["Location"]).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_bulk_choice__filtered_and_paged__keeps_what_was_chosen_and_starts_nothing(
    organization: Organization, dana: Person, quinn: Person, mara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for slug in ("apple", "banana", "cherry"):
        a_ready_version(organization, author=dana, tester=quinn, slug=slug, name=slug.title())
    monkeypatch.setattr("environments.bulk_page.SHOWN", 2)
    client, address = mara.client(), "/o/harbourline/bulk?source=staging"

    def boxes(response: Answer) -> dict[str, bool]:
        found = page(response).xpath("//input[@name='agents']")
        return {box.get("value"): box.get("checked") is not None for box in found}

    first = client.post(address, {"agents": "apple"})
    assert boxes(first) == {"apple": True, "banana": False}
    after = page(first).xpath("//button[@name='after']/@value")[0]
    second = client.post(address, {"agents": ["apple", "no-such", "\x00"], "after": after})
    assert boxes(second) == {"apple": True, "cherry": False}
    assert "1 more agent is chosen Apple" in words(by_id(second, "elsewhere"))
    found = client.post(address, {"agents": ["apple", "cherry"], "q": "BAN"})
    assert boxes(found) == {"apple": True, "cherry": True, "banana": False}
    assert boxes(client.get(f"{address}&q=cher")) == {"cherry": False}
    assert client.post(address, {"q": "x" * 101}).status_code == 400
    review = client.post("/o/harbourline/bulk/review?source=staging", {"agents": ["apple", "cherry"], "q": "BAN"})
    assert (review.status_code, Job.objects.count()) == (200, 0)
    assert has_id(review, "agent-cherry")


@pytest.mark.django_db(transaction=True)
def test_bulk_review__when_something_changed_or_is_refused__starts_nothing_and_keeps_the_choice(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    first = a_ready_version(organization, author=dana, tester=quinn, slug="first", name="First desk")
    a_ready_version(organization, author=dana, tester=quinn, slug="second", name="Second desk")
    a_candidate(organization, author=dana, slug="waiting", name="Waiting desk")
    client, address = mara.client(), "/o/harbourline/bulk/review"
    chosen = {"agents": ["second", "first", "waiting"], "ticket": "OPS-7"}

    review = client.post(address, chosen)
    sent = _confirmed(review)
    assert sent["agents"] == ["first", "second"]
    assert sent["ticket"] == ["OPS-7"]
    rule = "Version 1 has not been marked ready. Needs QA: Quinn Abara."
    assert rule in words(by_id(review, "agent-waiting"))
    forged = client.post(address, sent | {"agents": ["first", "waiting"]})
    assert forged.status_code == 409
    refused = "Waiting desk cannot move: Version 1 has not been marked ready. Nothing was started."
    assert refused in words(by_id(forged, "refused"))
    assert client.post(address, sent | {"agents": ["first", "gone"]}).status_code == 412

    approved(first, dana, quinn, "Another prompt.")
    moved = client.post(address, sent)
    assert moved.status_code == 412
    assert "First desk changed after this review was opened." in words(by_id(moved, "refused"))
    assert "Another prompt." in words(by_id(moved, "first-part-prompt"))
    again = _confirmed(moved)
    assert again["agents"] == ["first", "second"]
    assert not Job.objects.exists()
    assert mara.stale_client().post(address, again).status_code == 403
    assert client.post(address, again).status_code == 302

    job = Job.objects.get()
    revoke_ready(first, actor=quinn.actor(), number=2, reason="Not yet")
    bulk.run(job.pk)
    retry = client.get(f"{address}?follows={job.pk}")
    assert "First desk" in words(by_id(retry, "kept-back"))
    approved(first, dana, quinn, "A third prompt.")
    retry = client.get(f"{address}?follows={job.pk}")
    assert "A third prompt." in words(by_id(retry, "first-part-prompt"))
    assert client.post(f"{address}?follows={job.pk}", _confirmed(retry)).status_code == 302
    followed = Job.objects.get(follows=job)
    bulk.run(followed.pk)
    assert (followed.ticket, followed.counts()["promoted"]) == ("OPS-7", 1)


@pytest.mark.django_db
def test_bulk_review__of_many__is_paged_and_carries_what_was_seen(
    organization: Organization, dana: Person, mara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("environments.bulk_review.AT_ONCE", 2)
    for name in "abc":
        a_candidate(organization, author=dana, slug=f"desk-{name}", name=f"Desk {name}")
    client, address = dana.client(), "/o/harbourline/bulk/review"
    sent = {"agents": ["desk-a", "desk-b", "desk-c"], "note": "All three"}
    first = client.post(address, sent)
    assert has_id(first, "agent-desk-b")
    assert not has_id(first, "agent-desk-c")
    carried = _confirmed(first) | {"act": "", "page": "2"}
    second = client.post(address, carried)
    assert has_id(second, "agent-desk-c")
    assert [text.split()[0] for text in _confirmed(second)["frozen"]] == ["desk-c", "desk-a", "desk-b"]
    assert _confirmed(second)["note"] == ["All three"]
