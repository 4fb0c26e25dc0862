"""Delete draft: back to the most recent version, with what is lost said before and kept after."""

import pytest

from agents.models import Draft
from console.organizations.models import Organization
from tests.agents.drafting import DRAFT, digest_of, newest_refusal, newest_row, refused, row, seen_in, token_of
from tests.builders import CONFIG, a_candidate, an_agent, config_of, draft_of, edited
from tests.cast import Person
from tests.pages import by_id, has_id, words

PAGE = f"{DRAFT}/delete"


def test_discard_draft__with_changes__goes_back_and_keeps_them_in_the_history(
    organization: Organization, dana: Person
) -> None:
    agent, client = a_candidate(organization, author=dana), dana.client()
    edited(agent, dana, "You are calm.\n")
    before, shown = digest_of(agent), client.get(PAGE)
    assert "goes back to v1. The one change below is taken out; it is by Dana Reyes." in words(by_id(shown, "main"))

    response = client.post(PAGE, {"token": seen_in(shown, "discard")})

    assert response["Location"] == f"{DRAFT}/"
    assert config_of(agent) == CONFIG
    assert newest_row() == row("draft.discarded", agent, dana, before=before, after=digest_of(agent))
    assert before in Draft.history.filter(agent=agent).values_list("manifest__digest", flat=True)
    assert draft_of(agent).contributors == []


def test_discard_draft__that_a_colleague_changed_meanwhile__is_stale(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    seen = token_of(agent)
    edited(agent, mara, "You are calm.\n")

    assert dana.client().post(PAGE, {"token": seen}).status_code == 412
    assert config_of(agent)["prompt"] == "You are calm.\n"
    assert newest_refusal() == refused("draft.discarded", "stale")


def test_discard_draft__without_a_version__is_a_conflict(organization: Organization, dana: Person) -> None:
    agent = an_agent(organization, dana)

    assert not has_id(dana.client().get(PAGE), "discard")
    assert dana.client().post(PAGE, {"token": token_of(agent)}).status_code == 409
    assert config_of(agent) == CONFIG


def test_discard_draft__without_the_token__is_stale(organization: Organization, dana: Person) -> None:
    a_candidate(organization, author=dana)

    assert dana.client().post(PAGE).status_code == 412


def test_discard_draft__with_an_unknown_field__is_refused(organization: Organization, dana: Person) -> None:
    a_candidate(organization, author=dana)

    assert dana.client().post(PAGE, {"token": "x", "version": "1"}).status_code == 422


@pytest.mark.parametrize(("name", "status", "sees"), [("quinn", 403, 403), ("avery", 403, 200), ("sam", 404, 404)])
def test_discard_draft__without_the_right__is_refused(
    organization: Organization, dana: Person, request: pytest.FixtureRequest, name: str, status: int, sees: int
) -> None:
    agent = a_candidate(organization, author=dana)
    edited(agent, dana, "You are calm.\n")
    client = request.getfixturevalue(name).client()

    shown = client.get(PAGE)
    assert (shown.status_code, has_id(shown, "discard")) == (sees, False)
    assert client.post(PAGE, {"token": token_of(agent)}).status_code == status
    assert config_of(agent)["prompt"] == "You are calm.\n"


def test_discard_draft__by_another_method__is_not_allowed(organization: Organization, dana: Person) -> None:
    a_candidate(organization, author=dana)

    assert dana.client().delete(PAGE).status_code == 405
