"""A version merged into the draft: what comes, what conflicts, who decides."""

import pytest

from agents.actions import fork_draft
from agents.models import Agent
from console.organizations.models import Organization
from tests.agents.drafting import DRAFT, digest_of, newest_refusal, newest_row, refused, row, seen_in, token_of
from tests.builders import CONFIG, a_candidate, config_of, draft_of, edited, published
from tests.cast import Person
from tests.pages import by_id, has_id, page, words

PAGE = f"{DRAFT}/merge"
THEIRS, MINE = (
    "You are calm.\nBe brief.\nNever promise a refund.\n",
    "You are kind.\nBe brief.\nNever promise a refund.\n",
)


def a_fork(organization: Organization, dana: Person, mara: Person, mine: str) -> Agent:
    """v2 is by Mara, and Dana works on from v1."""
    agent = a_candidate(organization, author=dana)
    published(agent, mara, THEIRS)
    fork_draft(agent, actor=dana.actor(), number=1)
    edited(agent, dana, mine)
    return agent


def test_merge_draft__of_changes_that_fit__holds_both_and_stands_on_the_version(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent, client = a_fork(organization, dana, mara, f"{CONFIG['prompt']}Say goodbye.\n"), dana.client()
    before, shown = digest_of(agent), client.get(f"{PAGE}?number=2")
    assert "From v2 come Prompt. Nothing conflicts." in words(by_id(shown, "main"))

    response = client.post(PAGE, {"number": "2", "strategy": "merge", "token": seen_in(shown, "merge")})

    assert response["Location"] == f"{DRAFT}/"
    assert config_of(agent)["prompt"] == f"{THEIRS}Say goodbye.\n"
    base = draft_of(agent).base
    assert base is not None
    assert base.number == 2
    assert {dana.user.pk, mara.user.pk} <= set(draft_of(agent).contributors)
    data = {"v": 2, "strategy": "merge"}
    assert newest_row() == row("draft.merged", agent, dana, before=before, after=digest_of(agent), data=data)


def test_merge_draft__of_changes_that_conflict__shows_all_three_and_changes_nothing(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = a_fork(organization, dana, mara, MINE)

    response = dana.client().post(PAGE, {"number": "2", "strategy": "merge", "token": token_of(agent)})

    assert response.status_code == 409
    texts = [words(text) for text in page(response).xpath("//*[@id='conflict-1']//textarea")]
    assert [text[:13] for text in texts] == ["You answer qu", "You are calm.", "You are kind."]
    assert config_of(agent)["prompt"] == MINE
    assert newest_refusal() == refused("draft.merged", "merge_conflict")


@pytest.mark.parametrize(("strategy", "kept"), [("theirs", THEIRS), ("mine", MINE)])
def test_merge_draft__with_a_strategy__decides_the_conflict(
    organization: Organization, dana: Person, mara: Person, strategy: str, kept: str
) -> None:
    agent = a_fork(organization, dana, mara, MINE)

    response = dana.client().post(PAGE, {"number": "2", "strategy": strategy, "token": token_of(agent)})

    assert response.status_code == 302
    assert config_of(agent)["prompt"] == kept


def test_merge_draft__of_a_draft_that_changed_meanwhile__is_stale(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = a_fork(organization, dana, mara, MINE)
    seen = token_of(agent)
    edited(agent, mara, "You are new.\n")

    response = dana.client().post(PAGE, {"number": "2", "strategy": "theirs", "token": seen})

    assert response.status_code == 412
    assert "You are new." in words(by_id(response, "conflict-1"))
    assert config_of(agent)["prompt"] == "You are new.\n"
    assert newest_refusal() == refused("draft.merged", "stale")


def test_merge_draft__without_a_version__has_nothing_to_merge(organization: Organization, dana: Person) -> None:
    agent = a_candidate(organization, author=dana)

    assert "stands on v1 already" in words(by_id(dana.client().get(PAGE), "main"))
    assert dana.client().get(f"{PAGE}?number=9").status_code == 404
    assert dana.client().post(PAGE, {"number": "9", "strategy": "merge"}).status_code == 404
    assert config_of(agent) == CONFIG


@pytest.mark.parametrize(
    "given", [{}, {"number": "1"}, {"number": "1", "strategy": "both"}, {"number": "x", "strategy": "mine"}]
)
def test_merge_draft__with_bad_input__is_refused(
    organization: Organization, dana: Person, given: dict[str, str]
) -> None:
    a_candidate(organization, author=dana)

    assert dana.client().post(PAGE, given).status_code == 422


@pytest.mark.parametrize(("name", "status", "sees"), [("quinn", 403, 403), ("avery", 403, 200), ("sam", 404, 404)])
def test_merge_draft__without_the_right__is_refused(
    organization: Organization,
    dana: Person,
    mara: Person,
    request: pytest.FixtureRequest,
    name: str,
    status: int,
    sees: int,
) -> None:
    agent = a_fork(organization, dana, mara, MINE)
    client = request.getfixturevalue(name).client()

    shown = client.get(f"{PAGE}?number=2")
    assert (shown.status_code, has_id(shown, "merge")) == (sees, False)
    assert client.post(PAGE, {"number": "2", "strategy": "theirs"}).status_code == status
    assert config_of(agent)["prompt"] == MINE


def test_merge_draft__by_another_method__is_not_allowed(organization: Organization, dana: Person) -> None:
    a_candidate(organization, author=dana)

    assert dana.client().put(PAGE).status_code == 405
