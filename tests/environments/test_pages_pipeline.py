"""The pages of the pipeline, of bulk promotion and of jobs."""

import pytest

from console.organizations.models import Organization
from environments import bulk
from environments.models import Environment, Job, Pin
from tests.builders import a_candidate, a_ready_version
from tests.cast import Person
from tests.pages import by_id, has_id, hidden_value, page, words

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


@pytest.mark.django_db(transaction=True)
def test_bulk_pages__difference_first_then_job_then_results(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    ready = a_ready_version(organization, author=dana, tester=quinn, slug="ready", name="Ready desk")
    a_candidate(organization, author=dana, slug="waiting", name="Waiting desk")
    client, address = mara.client(), "/o/harbourline/bulk"

    shown = client.get(address)
    assert "Waiting desk" in words(by_id(shown, "blocked"))
    assert not page(shown).xpath("//input[@name='agents'][@checked]")
    empty = client.post(address, {"note": "", "ticket": ""})
    assert empty.status_code == 422
    digest = ready.versions.get().digest
    started = client.post(address, {"agents": "ready", "digest-ready": digest, "note": "Friday", "ticket": ""})

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
