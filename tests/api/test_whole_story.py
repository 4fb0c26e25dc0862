"""The release workflow by program: four keys, no page."""

import pytest
from django.test import Client

from console.organizations.models import Organization
from tests.api.calling import call, program
from tests.cast import Person


@pytest.mark.django_db
def test_release__by_program__goes_all_the_way_and_back(
    organization: Organization, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    developer, tester = program(dana, organization, "developer"), program(quinn, organization, "qa")
    admin, auditor = program(mara, organization, "org_admin", pushes=True), program(avery, organization, "auditor")

    made = developer.post("/agents", {"slug": "desk", "name": "Desk", "config": {"prompt": "Hello"}})
    assert (made.status, made.headers["Location"]) == (201, "/api/v1/agents/desk")
    assert made.body["environments"] == {"development": None, "staging": None, "production": None}
    assert tester.get("/agents/desk").status == 404

    published = developer.post("/agents/desk/deployments/publish", {"description": "First"})
    assert published.status == 201, published.body
    assert published.body["action"] == "publish"
    assert published.body["by"]["key"] == "developer of Dana Reyes"
    assert developer.post("/agents/desk/versions/1/ready").code == "permission_denied"
    signed = tester.post("/agents/desk/versions/1/ready", {"note": "Fine", "expected_digest": published.body["digest"]})
    assert (signed.status, signed.body["decision"]) == (200, "ready")
    assert tester.post(f"/agents/desk/deployments/{published.body['id']}/promote").code == "permission_denied"
    pushed = admin.post(f"/agents/desk/deployments/{published.body['id']}/promote")
    assert (pushed.status, pushed.body["environment"], pushed.body["action"]) == (201, "production", "push")

    draft = developer.get("/agents/desk/draft")
    assert developer.call("PUT", "/agents/desk/draft", {"config": {"prompt": "Hi"}}).status == 428
    saved = developer.call("PUT", "/agents/desk/draft", {"config": {"prompt": "Hi"}}, if_match=draft.headers["ETag"])
    assert saved.status == 200
    assert developer.call("PUT", "/agents/desk/draft", {"config": {}}, if_match=draft.headers["ETag"]).status == 412
    second = developer.post("/agents/desk/deployments/publish")
    tester.post("/agents/desk/versions/2/ready")
    admin.post(f"/agents/desk/deployments/{second.body['id']}/promote")
    back = admin.post(f"/agents/desk/deployments/{pushed.body['id']}/rollback", {"reason": "Wrong"})
    assert (back.status, back.body["version"]) == (201, 1)
    assert developer.get("/agents/desk/versions/2").body["on_hold"] is True
    assert admin.post("/agents/desk/hold/lift", {"version": 2, "reason": "Fixed"}).body["state"] == "superseded"

    difference = auditor.get("/agents/desk/compare?from=1&to=2")
    assert difference.body["identical"] is False
    assert auditor.get("/audit/verify").body == {"ok": True, "checked": pytest.approx(20, abs=10), "first_bad": None}
    assert auditor.get("/audit?limit=5").body["items"][0]["actor_label"]
    assert auditor.get("/me").body["roles"] == ["auditor"]
    assert auditor.get("/environments").body["items"][0]["slug"] == "development"
    gates = auditor.get("/agents/desk/gates?environment=production")
    assert {gate["rule"] for gate in gates.body} >= {"sign_off", "not_on_hold"}
    assert auditor.get("/agents/desk/environments/production").body["version"] == 1


@pytest.mark.django_db
def test_errors__all__are_problems(organization: Organization, dana: Person) -> None:
    developer, stranger = program(dana, organization, "developer"), Client()

    for answer, status, code in [
        (call(stranger, "GET", "/agents"), 401, "unauthenticated"),
        (call(stranger, "GET", "/nothing", x_api_key="slw_x"), 401, "unauthenticated"),
        (developer.get("/nothing"), 404, "not_found"),
        (developer.call("POST", "/me"), 405, "method_not_allowed"),
        (developer.get("/agents?colour=red"), 400, "unknown_parameter"),
        (developer.get("/agents?limit=201"), 400, "invalid_parameter"),
        (developer.get("/agents?cursor=forged"), 400, "invalid_cursor"),
        (developer.post("/agents", b"{"), 400, "bad_request"),
        (developer.post("/agents", b"[1]"), 400, "bad_request"),
        (developer.post("/agents", {"slug": "x"}), 422, "invalid"),
        (developer.post("/agents", {"slug": "x", "name": "X", "id": 7}), 422, "invalid"),
        (developer.post("/agents", {"slug": "x", "name": "X", "config": {"prompt": 7}}), 422, "invalid"),
        (developer.get("/agents/unknown"), 404, "not_found"),
        (developer.get("/agents/a%00b"), 404, "not_found"),
    ]:
        assert (answer.status, answer.code) == (status, code), answer.body
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.body["request_id"]
