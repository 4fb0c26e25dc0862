"""Requests that no page of ours sends: a clear 4xx, never a 500, and nothing kept that should not be."""

import pytest
from django.test import Client

from agents.actions import create_agent
from audit.models import Checkpoint
from console.organizations.errors import Invalid
from console.organizations.models import Organization
from environments.actions import activate, lift_hold, rollback
from environments.marks import moment_in
from environments.models import Hold, Pin
from tests.api.calling import program
from tests.builders import a_candidate, a_ready_version, a_rolled_back_version
from tests.cast import Person

pytestmark = pytest.mark.django_db


def _patient(person: Person) -> Client:
    client = person.client()
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("page", "query", "status"),
    [
        ("compare", {"from": "environment:\x00"}, 404),
        ("compare", {"to": "environment:a\x00b"}, 404),
        ("draft/history", {"before": "0"}, 200),
        ("draft/history", {"before": "٣"}, 200),
        ("releases/", {"environment": "\x00"}, 404),
        ("versions/", {"before": "0"}, 200),
    ],
)
def test_page__a_query_that_names_nothing__is_answered(
    page: str, query: dict[str, str], status: int, organization: Organization, dana: Person
) -> None:
    agent = a_candidate(organization, author=dana)

    response = _patient(dana).get(f"/o/{organization.slug}/agents/{agent.slug}/{page}", query)

    assert response.status_code == status


def test_rollback__into_an_environment_named_by_nul__is_not_found(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    address = f"/o/{organization.slug}/agents/{agent.slug}/rollback?environment=%00"

    response = _patient(mara).post(address, {"number": 1, "reason": "Try", "expected_live": 0})

    assert response.status_code == 404


def test_form__a_body_over_the_limit__is_413(organization: Organization, dana: Person) -> None:
    body = b"text=" + b"a" * (17 * 1024 * 1024)

    response = _patient(dana).post(
        f"/o/{organization.slug}/agents/import", body, content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 413


@pytest.mark.parametrize("page", ["staging", "push", "promote"])
def test_form__with_a_field_it_does_not_have__is_refused_and_named(
    page: str, organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_ready_version(organization, author=dana, tester=quinn)
    digest = agent.versions.get().digest
    data: dict[str, object] = {"number": 1, "expected_digest": digest, "expected_live": 0}
    if page == "staging":
        data = {"decision": "revoke_ready", "number": 1, "expected_digest": digest, "reason": "Why"}
    if page == "promote":
        data = {"note": "", "expected_digest": digest, "expected_live": 1}

    response = _patient(mara).post(f"/o/{organization.slug}/agents/{agent.slug}/{page}", data | {"author": "mara"})

    assert response.status_code == 422
    assert "author" in response.content.decode()
    assert set(Pin.objects.values_list("environment__slug", flat=True)) == {"staging"}


def test_answers__signed_in_and_out__are_kept_by_no_browser(organization: Organization, dana: Person) -> None:
    client = dana.client()

    kept = {
        path: client.get(path).headers.get("Cache-Control", "")
        for path in ["/", "/me/", f"/o/{organization.slug}/agents/", "/o/nobody/agents/", "/accounts/sessions/"]
    }

    assert {path for path, header in kept.items() if "no-store" not in header} == set()


def test_create_agent__a_slug_with_a_line_end__is_invalid(organization: Organization, dana: Person) -> None:
    with pytest.raises(Invalid):
        create_agent(organization, actor=dana.actor(), slug="order-desk\n", name="Order desk")


def test_rollback__of_staging_after_its_hold_was_lifted__holds_again(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara)
    lift_hold(agent, actor=mara.actor(), number=2, reason="It was not the fault of v2")

    rollback(agent, actor=mara.actor(), environment="staging", number=1, reason="It was")

    assert Hold.objects.get(lifted_at=None).version.number == 2
    assert agent.releases.get(version__number=2).state == "rolled_back"


@pytest.mark.django_db(transaction=True)
def test_activate__in_production__is_witnessed_like_a_push(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_ready_version(organization, author=dana, tester=quinn)

    activate(agent, actor=mara.actor(), number=1, environment="production")

    assert Checkpoint.objects.filter(organization=organization).count() == 1


@pytest.mark.parametrize("cookie", ['sessionid="\\000abcdefgh"', "sessionid=ø", "sessionid=' OR 1=1"])
def test_any_address__with_a_session_cookie_that_was_never_given__is_answered_as_without_one(cookie: str) -> None:
    client = Client(raise_request_exception=False)

    for address, status in (("/accounts/login/", 200), ("/api/v1/me", 401), ("/healthz", 200), ("/", 302)):
        assert client.get(address, headers={"Cookie": cookie}).status_code == status, address


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/agents/order-desk/environments/production?at=0242-08-29T01:15:44%2B18:50", 404),
        ("GET", "/agents/order-desk/environments/production?at=0001-01-01T00:00:00%2B02:00", 400),
        ("GET", "/audit?since=0.0", 400),
        ("GET", "/agents/order-desk/draft/history?limit=0", 400),
        ("GET", "/agents/order-desk/draft/history?limit=-9223372036854775808", 400),
        ("TRACE", "/agents/order-desk", 405),
    ],
)
def test_call__with_what_no_program_means__is_a_clear_refusal(
    method: str, path: str, status: int, organization: Organization, dana: Person
) -> None:
    a_candidate(organization, author=dana)

    answer = program(dana, organization, "developer").call(method, path, idempotency_key="k")

    assert answer.status == status, answer.body


def test_marks__with_an_offset_that_no_zone_has__are_read_in_utc() -> None:
    assert moment_in("2026-11-20T14:00:00+18:50").isoformat() == "2026-11-19T19:10:00+00:00"
