"""Every address of the API is closed without a key, and another organization's things do not exist (T15, T36)."""

from collections.abc import Iterator

import pytest
from django.test import Client

from agents.models import Agent
from audit.models import Event
from console.organizations.models import Organization
from environments.models import Deployment, Environment
from tests.api.calling import call, program
from tests.builders import a_candidate, an_agent
from tests.cast import Person
from tests.organizations.test_closed_doors import API, routes
from tests.webhooks.hooking import webhook_and_delivery

pytestmark = pytest.mark.django_db

OPEN = {"openapi.json", "docs"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
UNKNOWN = "01a1fab4-58d3-7167-8000-000000000000"
NEVER = {
    "agent": "nobody",
    "deployment": UNKNOWN,
    "environment": "nowhere",
    "number": "977",
    "key": UNKNOWN,
    "job": UNKNOWN,
    "webhook": UNKNOWN,
    "delivery": UNKNOWN,
}

MOVE = {"source": "staging", "target": "production"}


def addresses(names: dict[str, str]) -> Iterator[str]:
    """Every route of the API with these names in it."""
    for route, _ in routes():
        if route.startswith(API) and route.removeprefix(API) not in OPEN:
            address = "/" + route.removeprefix(API)
            for name, value in names.items():
                address = address.replace(f"<{name}>", value)
            assert "<" not in address, f"tests/api/test_closed_doors.py does not know what {address} names"
            yield address


def test_every_route__without_a_key__is_401_and_does_nothing(organization: Organization) -> None:
    client, before = Client(), Event.objects.count()
    found = list(addresses(NEVER))

    for address in found:
        for method in METHODS:
            answer = call(client, method, address)
            assert (answer.status, answer.code) in {(401, "unauthenticated"), (429, "too_many_requests")}, address
            assert "WWW-Authenticate" in answer.headers or "Retry-After" in answer.headers
    assert len(found) > 25
    assert Event.objects.count() == before


def test_every_route__naming_a_foreign_thing__is_answered_like_an_unknown_one(
    organization: Organization, other_organization: Organization, dana: Person, mara: Person, sam: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    ours = NEVER | {
        "agent": agent.slug,
        "deployment": str(Deployment.objects.get(agent=agent).pk),
        "environment": str(Environment.objects.get(organization=organization, slug="staging").pk),
        "number": "1",
        "job": str(
            program(mara, organization, "org_admin", pushes=True).post("/environments/promote", MOVE).body["job"]["id"]
        ),
        **webhook_and_delivery(organization, mara),
        "key": str(program(dana, organization, "developer").key.pk),
    }
    stranger, before = program(sam, other_organization, "org_admin"), Event.objects.count()

    for foreign, unknown in zip(addresses(ours), addresses(NEVER), strict=True):
        if foreign == unknown:
            continue
        for method in METHODS:
            theirs = stranger.call(method, foreign, {"reason": "x"})
            never = stranger.call(method, unknown, {"reason": "x"})
            assert (theirs.status, theirs.code) == (never.status, never.code), (method, foreign)
            assert theirs.status in {400, 404, 405, 422, 428, 409} - ({409} if method == "GET" else set()), foreign
    assert Agent.objects.get(pk=agent.pk).name == agent.name
    assert Event.objects.filter(organization=organization).count() <= before


def test_session__changes_something__only_with_a_csrf_token(organization: Organization, dana: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(dana.user)

    assert call(client, "GET", "/me").body["roles"] == ["developer"]
    refused = call(client, "POST", "/agents", {"slug": "desk", "name": "Desk"})
    assert (refused.status, Agent.objects.count()) == (403, 0)
    client.get("/me/")
    token = client.cookies["csrftoken"].value
    assert call(client, "POST", "/agents", {"slug": "desk", "name": "Desk"}, x_csrftoken=token).status == 201


def test_key__two_headers_or_a_wrong_scheme__opens_nothing(organization: Organization, dana: Person) -> None:
    developer, client = program(dana, organization, "developer"), Client()

    assert call(client, "GET", "/me", authorization=f"Bearer {developer.secret}").status == 200
    assert call(client, "GET", "/me", authorization=f"Basic {developer.secret}").status == 401
    assert developer.get("/me", authorization="Bearer other").status == 401
    assert call(client, "GET", f"/me?key={developer.secret}").status == 401


def test_calls__above_the_limit__wait(organization: Organization, dana: Person, settings: object) -> None:
    setattr(settings, "API_CALLS_PER_MINUTE", 2)  # noqa: B010
    developer = program(dana, organization, "developer")

    answers = [developer.get("/me") for _ in range(3)]

    assert [answer.status for answer in answers] in ([200, 200, 429], [200, 200, 200])
    assert answers[0].headers["X-RateLimit-Limit"] == "2"
    if answers[2].status == 429:
        assert 1 <= int(answers[2].headers["Retry-After"]) <= 60


def test_bodies__too_large_or_of_another_type__are_not_read(organization: Organization, dana: Person) -> None:
    developer = program(dana, organization, "developer")

    assert developer.post("/agents", b'{"a": "' + b"x" * 1_048_600 + b'"}').status == 413
    wrong = developer.client.post(
        "/api/v1/agents",
        "slug=x",
        content_type="application/x-www-form-urlencoded",
        headers={"x-api-key": developer.secret},
    )
    assert wrong.status_code == 415


def test_head__of_a_draft__has_the_tag_and_no_body(organization: Organization, dana: Person) -> None:
    agent, developer = an_agent(organization, dana), program(dana, organization, "developer")

    head, get = (developer.call(method, f"/agents/{agent.slug}/draft") for method in ("HEAD", "GET"))

    assert (head.status, head.headers["ETag"], head.body) == (200, get.headers["ETag"], b"")
