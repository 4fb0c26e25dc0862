"""Single parts of a version or an earlier save taken over into the draft, and nowhere else."""

import pytest

from agents.models import Agent, Draft
from agents.versions import people_behind
from console.organizations.models import Organization
from environments.actions import mark_ready
from environments.errors import SelfApproval
from tests.agents.drafting import AGENT, DRAFT, digest_of, newest_refusal, newest_row, refused, row, seen_in, token_of
from tests.builders import CONFIG, a_candidate, an_agent, config_of, draft_of, edited, published, rewritten
from tests.cast import Person, join, new_account
from tests.environments.standing import served
from tests.pages import by_id, has_id, page, words

TAKE = f"{DRAFT}/take"
OTHER_TOOL = {
    "crm": {"type": "http", "description": "Find a customer", "method": "GET", "endpoint": "https://crm.example"}
}


def two_versions(organization: Organization, dana: Person) -> Agent:
    """v1 is CONFIG; v2 and the draft have another prompt, another tool and no knowledge."""
    agent = a_candidate(organization, author=dana)
    config = {**CONFIG, "prompt": "You are calm.\n", "tools": OTHER_TOOL}
    del config["knowledge"]
    rewritten(agent, dana, config)
    published(agent, dana)
    return agent


def test_take_parts__ticked_on_the_compare_page__changes_these_parts_of_the_draft_alone(
    organization: Organization, dana: Person
) -> None:
    agent, client = two_versions(organization, dana), dana.client()
    before, pins = digest_of(agent), served(agent)
    shown = client.get(f"{AGENT}/compare/v1...staging")
    ticks = [str(path) for path in page(shown).xpath("//input[@name='part'][@form='take']/@value")]
    assert ticks == ["prompt", "knowledge/returns", "tools/crm", "tools/order-lookup"]
    assert by_id(shown, "take").xpath(".//button/@value") == ["v1"]

    review = client.get(TAKE, {"source": "v1", "part": ["prompt", "knowledge/returns", "tools/crm"]})
    assert "The draft gets as v1 has it: Prompt, " in words(by_id(review, "main"))
    form = {"source": "v1", "part": ["prompt", "knowledge/returns", "tools/crm"], "token": seen_in(review, "take")}
    response = client.post(TAKE, form)

    assert response["Location"] == f"{DRAFT}/"
    assert config_of(agent) == {key: value for key, value in CONFIG.items() if key != "tools"}
    base = draft_of(agent).base
    assert base is not None
    assert (base.number, served(agent)) == (2, pins)
    data = {"from": "v1", "paths": ["prompt", "knowledge/returns", "tools/crm"], "parts": 3}
    assert newest_row() == row("draft.parts_taken", agent, dana, before=before, after=digest_of(agent), data=data)
    newest = Draft.history.filter(agent=agent).latest()
    assert newest.history_change_reason == "Took prompt, knowledge/returns, tools/crm from v1"


def test_take_parts__of_an_earlier_save__brings_its_people_along(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = an_agent(organization, dana)
    edited(agent, mara, "Written by Mara.\n")
    save = Draft.history.filter(agent=agent).latest().pk
    published(agent, dana, "Written by Dana.\n")

    response = dana.client().post(TAKE, {"source": f"history:{save}", "part": ["prompt"], "token": token_of(agent)})

    assert response.status_code == 302
    assert config_of(agent)["prompt"] == "Written by Mara.\n"
    assert mara.user.pk in draft_of(agent).contributors


def test_take_parts__of_somebodys_unapproved_version__does_not_launder_it(
    organization: Organization, dana: Person, mara: Person
) -> None:
    lou = new_account("lou.varga@example.com", "Lou Varga")
    join(organization, mara, lou, "developer", "qa")
    agent = a_candidate(organization, author=dana)
    published(agent, lou, "Written by Lou.\n")
    published(agent, dana, "Written by Dana.\n")

    dana.client().post(TAKE, {"source": "v2", "part": ["prompt"], "token": token_of(agent)})
    fourth = published(agent, dana, "Written by Lou.\nAnd by Dana.\n")

    assert lou.user.pk in people_behind(fourth)
    with pytest.raises(SelfApproval):
        mark_ready(agent, actor=lou.actor(), number=fourth.number)


def test_take_parts__into_a_draft_that_changed_meanwhile__is_stale_and_shows_it_anew(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = two_versions(organization, dana)
    seen = token_of(agent)
    edited(agent, mara, "You are new.\n")

    response = dana.client().post(TAKE, {"source": "v1", "part": ["prompt"], "token": seen})

    assert response.status_code == 412
    assert "You are new." in words(by_id(response, "diff"))
    assert seen_in(response, "take") == token_of(agent)
    assert by_id(response, "take").xpath(".//input[@name='part']/@value") == ["prompt"]
    assert config_of(agent)["prompt"] == "You are new.\n"
    assert newest_refusal() == refused("draft.parts_taken", "stale")


def test_take_parts__that_the_draft_has_already__is_refused_as_unchanged(
    organization: Organization, dana: Person
) -> None:
    agent = two_versions(organization, dana)

    response = dana.client().post(TAKE, {"source": "v1", "part": ["settings"], "token": token_of(agent)})

    assert (response.status_code, has_id(response, "take")) == (409, False)
    assert newest_refusal() == refused("draft.parts_taken", "unchanged")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 422),
        ({"source": "v1"}, 422),
        ({"source": "v1", "part": ["tools/nothing"]}, 422),
        ({"source": "v1", "part": ["prompt"], "extra": "x"}, 422),
        ({"source": "v9", "part": ["prompt"]}, 404),
        ({"source": "nonsense", "part": ["prompt"]}, 404),
        ({"source": "history:977001", "part": ["prompt"]}, 404),
        ({"source": "staging:1", "part": ["prompt"]}, 404),
    ],
)
def test_take_parts__with_bad_input__is_refused(
    organization: Organization, dana: Person, given: dict[str, object], status: int
) -> None:
    agent = two_versions(organization, dana)
    before = digest_of(agent)

    response = dana.client().post(TAKE, {"token": token_of(agent)} | given)

    assert (response.status_code, digest_of(agent)) == (status, before)


def test_take_parts__of_another_agents_save__is_not_found(organization: Organization, dana: Person) -> None:
    agent = two_versions(organization, dana)
    other = an_agent(organization, dana, slug="other", name="Other")
    foreign = Draft.history.filter(agent=other).latest().pk

    response = dana.client().post(TAKE, {"source": f"history:{foreign}", "part": ["prompt"], "token": token_of(agent)})

    assert response.status_code == 404
    assert config_of(agent)["prompt"] == "You are calm.\n"


@pytest.mark.parametrize(("name", "status"), [("quinn", 403), ("avery", 403), ("sam", 404)])
def test_take_parts__without_the_right__is_refused_and_offered_to_nobody(
    organization: Organization, dana: Person, request: pytest.FixtureRequest, name: str, status: int
) -> None:
    agent, client = two_versions(organization, dana), request.getfixturevalue(name).client()

    response = client.post(TAKE, {"source": "v1", "part": ["prompt"], "token": token_of(agent)})

    assert response.status_code == status
    assert client.get(TAKE, {"source": "v1", "part": ["prompt"]}).status_code == status
    if status == 403:
        assert not has_id(client.get(f"{AGENT}/compare/v1...v2"), "take")
    assert config_of(agent)["prompt"] == "You are calm.\n"


def test_take_parts__by_another_method__is_not_allowed(organization: Organization, dana: Person) -> None:
    a_candidate(organization, author=dana)

    assert dana.client().put(TAKE).status_code == 405
