"""Whose work is in a draft, part by part, through everything that changes a draft."""

from agents.actions import discard_draft, merge_draft, restore_draft
from agents.authorship import authors_by_part, shares
from agents.models import Agent, Draft
from console.organizations.models import Organization
from tests.agents.drafting import token_of
from tests.builders import CONFIG, a_candidate, draft_of, edited, rewritten
from tests.cast import Person


def work(agent: Agent) -> dict[str, list[str]]:
    """Part -> names, the last one first."""
    return {path: [one.person.name for one in found] for path, found in authors_by_part(draft_of(agent)).items()}


def test_authors_by_part__through_the_life_of_a_draft__names_whose_work_differs_from_the_base(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    assert work(agent) == {}

    edited(agent, dana, "You are calm.\n")
    edited(agent, mara, "You are quick.\n")
    rewritten(agent, mara, CONFIG | {"prompt": "You are quick.\n", "variables": {"company": {}}})
    both = Draft.history.filter(agent=agent).latest().pk
    assert work(agent) == {"prompt": ["Mara Lindqvist", "Dana Reyes"], "variables": ["Mara Lindqvist"]}
    assert [(one.person.name, one.parts) for one in shares(authors_by_part(draft_of(agent)))] == [
        ("Mara Lindqvist", 2),
        ("Dana Reyes", 1),
    ]

    edited(agent, dana, str(CONFIG["prompt"]))
    assert work(agent) == {"variables": ["Mara Lindqvist"]}

    discard_draft(agent, actor=dana.actor(), token=token_of(agent))
    assert work(agent) == {}

    restore_draft(agent, actor=dana.actor(), history_id=both)
    assert work(agent) == {
        "prompt": ["Dana Reyes", "Mara Lindqvist"],
        "variables": ["Dana Reyes", "Mara Lindqvist"],
    }

    merge_draft(agent, actor=mara.actor(), number=1)
    assert work(agent)["variables"] == ["Dana Reyes", "Mara Lindqvist"]


def test_authors_by_part__of_work_from_before_it_was_noted__credits_everybody_since_the_base(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    edited(agent, mara, "You are quick.\n")
    draft = draft_of(agent)
    draft.authors = {}

    assert [one.person.name for one in authors_by_part(draft)["prompt"]] == ["Mara Lindqvist"]
