"""Help, maintenance and the pages of mistakes: they stand without a session, say what to do, and keep their shape."""

import json

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from console import views
from console.organizations.models import Organization
from console.urls import urlpatterns as console_urls
from tests.cast import Person
from tests.pages import by_id, heading, page, words

WORDS = "A new version of the console is put in. Back at 14:30."


def breaks(request: HttpRequest) -> HttpResponse:
    """A view with a mistake."""
    raise RuntimeError("a mistake")


urlpatterns = [*console_urls, path("breaks", breaks)]
handler500 = views.server_error


def test_help__signed_in_or_not__is_linked_at_the_foot_of_every_page(organization: Organization, dana: Person) -> None:
    for client, start in ((Client(), "/accounts/login/"), (dana.client(), "/o/harbourline/agents/")):
        (link,) = page(client.get(start)).xpath("//footer//a[@href='/help']")
        shown = client.get("/help")

        assert words(link) == "Help"
        assert (shown.status_code, heading(shown)) == (200, "Help")


@override_settings(MAINTENANCE=WORDS)
def test_maintenance__while_it_has_words__answers_every_address_with_them(
    organization: Organization, dana: Person
) -> None:
    client = dana.client()
    shown = client.get("/o/harbourline/agents/")
    asked = client.get("/o/harbourline/agents/", headers={"HX-Request": "true"})
    api = client.get("/api/v1/agents")

    assert (shown.status_code, shown["Retry-After"], heading(shown)) == (503, "300", "Closed for maintenance")
    assert WORDS in words(by_id(shown, "refusal"))
    assert (asked.status_code, WORDS in words(by_id(asked, "refused"))) == (503, True)
    assert (api.status_code, api["Content-Type"]) == (503, "application/problem+json")
    assert json.loads(api.content)["detail"] == WORDS
    assert client.get("/healthz").status_code == 200


@override_settings(ROOT_URLCONF="tests.console.test_system_pages")
@pytest.mark.parametrize("script", [False, True])
def test_mistake__of_ours__names_the_request_and_says_that_the_text_is_kept(
    organization: Organization, dana: Person, script: bool
) -> None:
    client = dana.client()
    client.raise_request_exception = False
    headers = {"X-Request-ID": "request-0007"} | ({"HX-Request": "true"} if script else {})

    answer = client.get("/breaks", headers=headers)

    said = words(by_id(answer, "refused" if script else "refusal"))
    assert answer.status_code == 500
    assert "request-0007" in said
    assert "kept" in said
    assert "RuntimeError" not in answer.content.decode()
