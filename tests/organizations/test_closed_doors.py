"""Every address of the console is closed to who is not signed in, but for a short list (contract.md)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from console.organizations.models import Organization

# Route -> why it is open. A new route is closed unless it is written here.
OPEN = {
    "healthz": "says only ok",
    "": "shows the way to set-up or sign-in",
    "help": "the words of the product and its keys; who cannot sign in looks there too",
    "setup": "there is nobody to sign in yet; gone afterwards",
    "invite/<str:token>": "the link is the proof; the page asks for an account",
    "accounts/login/": "sign-in",
    "accounts/2fa/authenticate/": "second step of the sign-in",
    "accounts/2fa/webauthn/login/": "sign-in by passkey",
    "accounts/logout/": "asks, and does nothing for nobody",
    "accounts/inactive/": "says that an account is closed",
    "accounts/signup/": "says that sign-up is closed",
    "accounts/password/reset/": "who forgot the password cannot sign in",
    "accounts/password/reset/done/": "second page of the reset",
    "accounts/password/reset/key/done/": "last page of the reset",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "the mailed link is the proof",
    "accounts/email/": "not offered: 404 for everybody",
    "accounts/confirm-email/": "not offered: 404 for everybody",
    "accounts/confirm-email/<path:rest>": "not offered: 404 for everybody",
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": "hidden behind the one above",
    "accounts/password/set/": "not offered: 404 for everybody",
    "accounts/login/code/confirm/": "not offered: 404 for everybody",
    "accounts/reauthenticate/": "sends who is not signed in to the sign-in",
    "accounts/2fa/reauthenticate/": "sends who is not signed in to the sign-in",
    "schemas/agent-v1.json": "the published schema of the agent document",
}
API = "api/v1/"  # answers in its own words: tests/api/test_closed_doors.py
SAMPLES = {"slug": "harbourline", "uuid": "01a1fab4-58d3-7167-8000-000000000000", "int": "1", "str": "x", "path": "x"}


def routes(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every route with its view, the first of equal ones only."""
    seen: set[str] = set()
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found: Iterator[tuple[str, Any]] = routes(entry, route)
        else:
            assert isinstance(entry, URLPattern)
            found = iter([(route, entry.callback)])
        for name, view in found:
            if name not in seen:
                seen.add(name)
                yield name, view


def sample(route: str) -> str:
    """An address of the route."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda match: SAMPLES[match[1] or "str"], route)


CLOSED = [route for route, _ in routes() if route not in OPEN and not route.startswith(API)]


def test_open_routes__are_those_of_the_list() -> None:
    opened = {route for route, view in routes() if not getattr(view, "login_required", True)}

    assert {route for route in opened if not route.startswith(API)} - set(OPEN) == set()


def test_walk__of_the_url_map__finds_the_pages() -> None:
    assert {"o/<slug:organization>/members", "me/theme", "accounts/password/change/"} <= set(CLOSED)


@pytest.mark.parametrize("route", CLOSED)
def test_closed_route__for_nobody__leads_to_the_sign_in(organization: Organization, route: str) -> None:
    client, address = Client(), sample(route)

    for response in (client.get(address), client.post(address)):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=/")


@pytest.mark.parametrize("route", [route for route, why in OPEN.items() if "not signed in to" in why])
def test_proof_of_identity__for_nobody__leads_to_the_sign_in(organization: Organization, route: str) -> None:
    assert Client().get(sample(route))["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("address", ["/o/harbourline/members/", "/o/harbourline/nothing", "/nothing", "/o/x/agents/"])
def test_unknown_address__is_not_found(organization: Organization, address: str) -> None:
    assert Client().get(address).status_code in {302, 404}


def test_health__says_only_ok(db: None) -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}
