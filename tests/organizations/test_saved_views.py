"""Saved views: filters that a person keeps under a name, theirs alone."""

import pytest

from console.organizations.models import Organization, SavedView
from tests.cast import Person
from tests.pages import Answer, by_id, has_id, page, words

VIEWS = "/o/harbourline/views"
PAGES = {
    "dashboard": ("/o/harbourline/", "q=bil"),
    "agents": ("/o/harbourline/agents/", "state=ready"),
    "queue": ("/o/harbourline/queue", "kind=test"),
    "audit": ("/o/harbourline/audit", "action=release"),
}


def kept(response: Answer) -> list[str]:
    return [words(link) for link in by_id(response, "saved-views").xpath(".//li/a")]


@pytest.mark.parametrize("name", PAGES)
def test_saved_view__on_each_page__is_kept_leads_back_and_is_nobody_else_s(
    name: str, organization: Organization, mara: Person, quinn: Person
) -> None:
    address, query = PAGES[name]
    client = mara.client()
    form = by_id(client.get(f"{address}?{query}"), "saved-views").xpath(f".//form[@action='{VIEWS}/save']")[0]
    sent = {field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")}

    response = client.post(f"{VIEWS}/save", sent | {"name": " My view "}, follow=True)

    assert response.redirect_chain == [(f"{address}?{query}", 302)]
    assert "The view “My view” is kept." in words(page(response))
    (link,) = by_id(response, "saved-views").xpath(".//li/a[@aria-current='true']")
    assert (words(link), link.get("href")) == ("My view", f"{address}?{query}")
    assert kept(client.get(address)) == ["My view"]
    assert kept(quinn.client().get(address)) == []
    assert not by_id(client.get(address), "saved-views").xpath(f".//form[@action='{VIEWS}/save']")


def test_saved_view__the_same_name__gets_the_new_filters_without_page_marks(
    organization: Organization, mara: Person
) -> None:
    client = mara.client()
    for query in ("q=one&after=x&label=", "?q=two"):
        client.post(f"{VIEWS}/save", {"page": "agents", "name": "Mine", "query": query})

    view = SavedView.objects.get()

    assert (view.person, view.page, view.name, view.query) == (mara.user, "agents", "Mine", "q=two")


def test_saved_view__renamed_and_deleted__by_its_owner_alone(
    organization: Organization, mara: Person, quinn: Person, sam: Person
) -> None:
    client = mara.client()
    for name in ("Mine", "Other"):
        client.post(f"{VIEWS}/save", {"page": "agents", "name": name, "query": f"q={name}"})
    view = SavedView.objects.get(name="Mine")

    for person in (quinn, sam):
        assert person.client().post(f"{VIEWS}/{view.pk}/rename", {"name": "Taken"}).status_code == 404
        assert person.client().post(f"{VIEWS}/{view.pk}/delete").status_code == 404
    refused = client.post(f"{VIEWS}/{view.pk}/rename", {"name": "Other"})
    assert (refused.status_code, "There is a view Other already." in words(page(refused))) == (409, True)
    assert client.post(f"{VIEWS}/{view.pk}/rename", {"name": "Ready"})["Location"].endswith("?q=Mine")
    assert kept(client.get("/o/harbourline/agents/")) == ["Other", "Ready"]
    assert client.post(f"{VIEWS}/{view.pk}/delete")["Location"] == "/o/harbourline/agents/"
    assert kept(client.get("/o/harbourline/agents/")) == ["Other"]
    assert client.get(f"{VIEWS}/save").status_code == 405


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"page": "agents", "name": "", "query": "q=x"}, "Give a name."),
        ({"page": "agents", "name": "x" * 61, "query": "q=x"}, "60 are allowed"),
        ({"page": "agents", "name": "Mine", "query": "after=x"}, "nothing to keep"),
        ({"page": "settings", "name": "Mine", "query": "q=x"}, "keeps no views"),
        ({"page": "agents", "name": "Mine", "query": "q=" + "x" * 2001}, "too long"),
        ({"page": "agents", "name": "a\x00b", "query": "q=x"}, "cannot be seen"),
    ],
)
def test_saved_view__of_what_cannot_be_kept__is_422_and_keeps_the_text(
    form: dict[str, str], said: str, organization: Organization, mara: Person
) -> None:
    response = mara.client().post(f"{VIEWS}/save", form)

    assert response.status_code == 422
    assert said in words(page(response))
    assert not SavedView.objects.exists()
    assert not has_id(response, "saved-views")
