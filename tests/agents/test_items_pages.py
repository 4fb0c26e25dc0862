"""The lists of items: search, sizes, upload of several files, duplicate, delete and take back."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agents.actions import section_token
from agents.canonical import PART_BYTES
from agents.models import Agent, Draft
from console.organizations.models import Organization
from tests.agents.drafting import DRAFT, digest_of
from tests.builders import CONFIG, an_agent, config_of, draft_of, edited, published
from tests.cast import Person
from tests.pages import by_id, has_id, page, sent_by, words

KNOWLEDGE, UPLOAD = f"{DRAFT}/items/knowledge", f"{DRAFT}/upload"


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    """An agent with one document and one tool."""
    return an_agent(organization, dana)


def files(*contents: tuple[str, bytes]) -> list[SimpleUploadedFile]:
    """Files as a browser sends them."""
    return [SimpleUploadedFile(name, content) for name, content in contents]


def test_upload__of_several_files__takes_the_good_ones_and_says_why_not_the_others(agent: Agent, dana: Person) -> None:
    several = files(
        ("Fees 2026.md", b"# What it costs\n\nNothing."),
        ("latin.txt", "café".encode("latin-1")),
        ("prices.csv", "\ufeffsku;price\r\nA-1;5\r\n".encode()),
        ("manual.pdf", b"%PDF-1.7"),
        ("large.txt", b"x" * (PART_BYTES + 1)),
        ("returns.txt", b"Another text"),
        ("empty.txt", b""),
    )

    response = dana.client().post(UPLOAD, {"documents": several, "same": "leave"})

    assert response.status_code == 200
    knowledge = config_of(agent)["knowledge"]
    assert knowledge == {
        **CONFIG["knowledge"],
        "fees-2026": {"title": "What it costs", "source": "Fees 2026.md", "content": "# What it costs\n\nNothing."},
        "prices": {"title": "prices", "source": "prices.csv", "content": "sku;price\nA-1;5\n"},
    }
    told = [words(item) for item in by_id(response, "results").xpath(".//li")]
    assert [line.split(" ")[0] for line in told] == [
        *("Fees", "latin.txt", "prices.csv", "manual.pdf"),
        *("large.txt", "returns.txt", "empty.txt"),
    ]
    assert "Line 1, column 4: This is not UTF-8" in told[1]
    assert "Only text" in told[3]
    assert "1,048,577 bytes, 1,048,576 are allowed" in told[4]
    assert "already; it was left as it is" in told[5]
    assert "The file is empty" in told[6]
    assert Draft.history.filter(agent=agent).count() == 3


@pytest.mark.parametrize(
    ("same", "expected"),
    [
        ("replace", {"returns": {"title": "Returns", "source": "returns.txt", "content": "Other"}}),
        (
            "both",
            {**CONFIG["knowledge"], "returns-2": {"title": "returns", "source": "returns.txt", "content": "Other"}},
        ),
    ],
)
def test_upload__of_a_name_that_is_there__does_what_was_chosen(
    agent: Agent, dana: Person, same: str, expected: Any
) -> None:
    dana.client().post(UPLOAD, {"documents": files(("returns.txt", b"Other")), "same": same})

    assert config_of(agent)["knowledge"] == expected


def test_upload__over_the_limit_of_the_document__keeps_what_fitted(agent: Agent, dana: Person) -> None:
    large = files(*((f"part-{number}.txt", b"x" * (PART_BYTES - 100)) for number in range(3)))

    response = dana.client().post(UPLOAD, {"documents": large, "same": "leave"})

    assert sorted(config_of(agent)["knowledge"]) == ["part-0", "returns"]
    told = [words(item) for item in by_id(response, "results").xpath(".//li")]
    assert "2,097,152 are allowed" in told[2]


@pytest.mark.parametrize("sent", [{}, {"documents": "no file"}, {"same": "else"}])
def test_upload__without_a_file__says_so(agent: Agent, dana: Person, sent: dict[str, str]) -> None:
    response = dana.client().post(UPLOAD, {"same": "leave", **sent})

    assert response.status_code == 422
    assert has_id(response, "form-errors")


def test_knowledge__searched__shows_where_the_words_stand(agent: Agent, dana: Person) -> None:
    dana.client().post(UPLOAD, {"documents": files(("tide.txt", b"At low  tide nobody lands.\n" * 9)), "same": "leave"})

    response = dana.client().get(KNOWLEDGE, {"q": "LOW tide"})

    assert page(response).xpath("//tbody/tr/@id") == ["item-tide"]
    assert [mark.text for mark in page(response).xpath("//mark")] == ["low  tide"] * 3
    assert "and 6 more places" in words(by_id(response, "item-tide"))
    nothing = words(by_id(dana.client().get(KNOWLEDGE, {"q": "<script>(.*"}), "main"))
    assert "Nothing holds “<script>(.*”" in nothing


def test_list__of_documents__shows_size_source_and_what_changed(agent: Agent, dana: Person) -> None:
    published(agent, dana)
    client = dana.client()
    client.post(UPLOAD, {"documents": files(("new.txt", b"n" * 3000)), "same": "leave"})

    new, old = (words(by_id(client.get(KNOWLEDGE), f"item-{slug}")) for slug in ("new", "returns"))

    assert ("3.0" in new, "KB" in new, "new.txt" in new, "added" in new) == (True, True, True, True)
    assert "changed" not in old
    assert "GET orders.example" in words(by_id(client.get(f"{DRAFT}/items/tools"), "item-order-lookup"))


def test_item__deleted__comes_back_as_it_was(agent: Agent, dana: Person) -> None:
    client, before = dana.client(), digest_of(agent)
    form = page(client.get(KNOWLEDGE)).xpath("//tr[@id='item-returns']//form")[0]

    shown = client.post(form.get("action"), {**dict(form.form_values()), "act": "delete returns"}, follow=True)

    assert "knowledge" not in config_of(agent)
    assert "Removed returns." in words(by_id(shown, "undo"))
    client.post(f"{KNOWLEDGE}/undo", sent_by(shown, "undo"))
    assert digest_of(agent) == before
    assert not has_id(client.get(KNOWLEDGE, {"gone": "returns", "was": "0" * 64}), "undo")
    strange = {"slug": "returns", "was": "0" * 64}
    assert client.post(f"{KNOWLEDGE}/undo", strange).status_code == 404


def test_item__duplicated__stands_twice(agent: Agent, dana: Person) -> None:
    client = dana.client()
    for _twice in range(2):
        response = client.post(f"{DRAFT}/items/tools/act", {"act": "duplicate order-lookup", "token": ""})

    assert response["Location"] == f"{DRAFT}/edit/tools/order-lookup-3"
    assert list(config_of(agent)["tools"]) == ["order-lookup", "order-lookup-2", "order-lookup-3"]


def test_list__for_each_role__is_edited_read_or_not_there(agent: Agent, avery: Person, sam: Person) -> None:
    shown = avery.client().get(KNOWLEDGE)
    assert not page(shown).xpath("//main//form[@method='post']")
    acts = [
        (f"{KNOWLEDGE}/act", {"act": "delete returns", "token": ""}),
        (f"{KNOWLEDGE}/act", {"act": "duplicate returns", "token": ""}),
        (UPLOAD, {"documents": files(("a.txt", b"a")), "same": "leave"}),
    ]
    for address, sent in acts:
        assert [person.client().post(address, sent).status_code for person in (avery, sam)] == [403, 404], address
    assert list(config_of(agent)["knowledge"]) == ["returns"]
    assert avery.client().get(f"{DRAFT}/items/prompt").status_code == 404


def test_recently_deleted__names_what_is_gone_and_brings_it_back(agent: Agent, dana: Person) -> None:
    client = dana.client()
    assert client.get(f"{KNOWLEDGE}?deleted=1").status_code == 200
    token = section_token(draft_of(agent), "knowledge/returns")
    client.post(f"{DRAFT}/remove/knowledge/returns", {"token": token})
    edited(agent, dana, "Later.")

    shown = client.get(f"{KNOWLEDGE}?deleted=1")
    assert "Knowledge document returns just now" in words(by_id(shown, "deleted"))
    (form,) = by_id(shown, "deleted").xpath(".//form")
    client.post(form.get("action"), dict(form.form_values()))
    assert "returns" in config_of(agent)["knowledge"]
    assert "Nothing was deleted" in words(by_id(client.get(f"{KNOWLEDGE}?deleted=1"), "deleted"))
