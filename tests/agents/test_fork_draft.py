"""The draft started anew from a version."""

import pytest

from agents.models import Draft
from console.organizations.models import Organization
from tests.agents.drafting import DRAFT, digest_of, newest_refusal, newest_row, refused, row, seen_in, token_of
from tests.builders import CONFIG, a_candidate, config_of, draft_of, edited, published
from tests.cast import Person
from tests.pages import by_id, has_id, words

PAGE = f"{DRAFT}/fork"


def test_fork_draft__from_an_older_version__stands_on_it(organization: Organization, dana: Person) -> None:
    agent, client = a_candidate(organization, author=dana), dana.client()
    published(agent, dana, "You are calm.\n")
    before, shown = digest_of(agent), client.get(f"{PAGE}?number=1")
    assert "The draft becomes what v1 was." in words(by_id(shown, "main"))

    response = client.post(PAGE, {"number": "1", "token": seen_in(shown, "fork")})

    assert response["Location"] == f"{DRAFT}/"
    assert config_of(agent) == CONFIG
    base = draft_of(agent).base
    assert base is not None
    assert base.number == 1
    assert newest_row() == row("draft.forked", agent, dana, before=before, after=digest_of(agent), data={"v": 1})
    assert before in Draft.history.filter(agent=agent).values_list("manifest__digest", flat=True)


def test_fork_draft__of_a_draft_that_changed_meanwhile__is_stale(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    seen = token_of(agent)
    edited(agent, mara, "You are kind.\n")

    assert dana.client().post(PAGE, {"number": "1", "token": seen}).status_code == 412
    assert config_of(agent)["prompt"] == "You are kind.\n"
    assert newest_refusal() == refused("draft.forked", "stale")


def test_fork_draft__from_a_version_that_is_not_there__is_not_found(organization: Organization, dana: Person) -> None:
    a_candidate(organization, author=dana)

    assert dana.client().get(f"{PAGE}?number=7").status_code == 404
    assert dana.client().post(PAGE, {"number": "7"}).status_code == 404


@pytest.mark.parametrize("given", [{}, {"number": "x"}, {"number": "-1"}, {"number": "1", "state": "ready"}])
def test_fork_draft__with_bad_input__is_refused(
    organization: Organization, dana: Person, given: dict[str, str]
) -> None:
    a_candidate(organization, author=dana)

    assert dana.client().post(PAGE, given).status_code == 422


@pytest.mark.parametrize(("name", "status", "sees"), [("quinn", 403, 403), ("avery", 403, 200), ("sam", 404, 404)])
def test_fork_draft__without_the_right__is_refused(
    organization: Organization, dana: Person, request: pytest.FixtureRequest, name: str, status: int, sees: int
) -> None:
    agent = a_candidate(organization, author=dana)
    edited(agent, dana, "You are calm.\n")
    client = request.getfixturevalue(name).client()

    shown = client.get(f"{PAGE}?number=1")
    assert (shown.status_code, has_id(shown, "fork")) == (sees, False)
    assert client.post(PAGE, {"number": "1"}).status_code == status
    assert config_of(agent)["prompt"] == "You are calm.\n"


def test_fork_draft__by_another_method__is_not_allowed(organization: Organization, dana: Person) -> None:
    a_candidate(organization, author=dana)

    assert dana.client().put(PAGE).status_code == 405
