"""An agent put away: everything stays readable and nothing can be done. Bringing it back has a file of its own."""

from collections.abc import Callable

import pytest

from agents.actions import discard_draft, draft_token, fork_draft, merge_draft, restore_draft, save_draft, save_section
from agents.models import Agent, Draft
from audit.models import Event
from console.organizations.errors import Refusal
from console.organizations.models import Organization
from environments.actions import archive_agent
from tests.agents.drafting import newest_row, refused, row
from tests.builders import a_small_agent, draft_of, edited, published, pushed
from tests.cast import Person
from tests.environments.asking import (
    AGENT,
    DECIDE,
    PROMOTE,
    PUSH,
    ROLLBACK,
    activation,
    assert_refused,
    assert_without_right,
    lifting,
    nothing_changes,
    picture,
    typed,
)
from tests.pages import page, words

VERB, ARCHIVE = "agent.archived", f"{AGENT}archive"
TEXT = "What I typed"


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    """v2 is in Staging, v1 was; the draft went on."""
    made = a_small_agent(organization, dana)
    published(made, dana, "v1")
    published(made, dana, "v2")
    edited(made, dana, "v3 in the making")
    return made


def test_archive_agent__not_live__is_put_away_and_stays_readable(agent: Agent, dana: Person, mara: Person) -> None:
    before = picture(agent)

    response = mara.client().post(ARCHIVE)

    assert response["Location"] == "/o/harbourline/agents/"
    after = picture(agent)
    assert before.pop("archived") == [None]
    assert after.pop("archived") != [None]
    assert after == before
    assert newest_row() == row(VERB, agent, mara)
    assert "This agent is archived" in words(page(dana.client().get(AGENT)))
    for path in ("draft/", "draft/history", "versions/", "versions/1/", "releases/", "compare", "promote"):
        with nothing_changes(agent, events=0):
            assert dana.client().get(f"{AGENT}{path}").status_code == 200, path


def test_archive_agent__served_in_production__409_names_where(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    pushed(agent, dana, quinn, mara, "v3")

    with nothing_changes(agent, events=1):
        response = mara.client().post(ARCHIVE)

    assert_refused(response, 409, VERB, "still_served", "Production serves Order-Desk")


def test_archive_agent__twice__409(agent: Agent, mara: Person) -> None:
    client = mara.client()
    client.post(ARCHIVE)

    with nothing_changes(agent, events=1):
        response = client.post(ARCHIVE)

    assert_refused(response, 409, VERB, "archived", "is archived")


def test_archive_agent__by_others_or_by_get__refused(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person, sam: Person
) -> None:
    with nothing_changes(agent, events=0):
        assert sam.client().post(ARCHIVE).status_code == 404
        assert {mara.client().get(ARCHIVE).status_code, mara.client().put(ARCHIVE).status_code} == {405}
    for person in (dana, quinn, avery):
        assert_without_right(person, agent, ARCHIVE, {}, VERB, "archive agents", "Org Admin", "Mara Lindqvist")


def test_archive_agent__afterwards__no_page_moves_or_decides_anything(
    agent: Agent, quinn: Person, mara: Person
) -> None:
    version, number = agent.versions.get(number=1), {"number": "1"}
    live, digest = {"expected_live": "2"}, {"expected_digest": version.digest}
    draft = {"expected_digest": draft_of(agent).manifest.digest}
    asked: list[tuple[str, Person, str, dict[str, str]]] = [
        ("release.published", mara, PROMOTE, draft | live | {"note": TEXT}),
        ("release.promoted", mara, f"{PROMOTE}?version=1", digest | live | {"note": TEXT}),
        ("release.activated", mara, activation(1, "staging"), live | {"note": TEXT}),
        ("release.pushed_to_production", mara, PUSH, number | digest | live | {"note": TEXT}),
        ("release.rolled_back", mara, ROLLBACK, number | live | {"reason": TEXT}),
        ("release.hold_lifted", mara, lifting(1), {"reason": TEXT}),
        ("release.marked_ready", quinn, DECIDE, number | digest | {"decision": "mark_ready", "note": TEXT}),
        ("release.changes_requested", quinn, DECIDE, number | digest | {"decision": "request_changes", "reason": TEXT}),
        ("release.request_withdrawn", quinn, DECIDE, number | digest | {"decision": "withdraw_request", "note": TEXT}),
        ("release.ready_revoked", quinn, DECIDE, number | digest | {"decision": "revoke_ready", "reason": TEXT}),
    ]
    archive_agent(agent, actor=mara.actor())
    clients = {person: person.client() for person in (mara, quinn)}

    for verb, person, address, form in asked:
        with nothing_changes(agent, events=1):
            response = clients[person].post(address, form)
        assert_refused(response, 409, verb, "archived", "is archived")
        assert TEXT in typed(response), verb


def test_archive_agent__afterwards__no_verb_changes_the_draft(agent: Agent, dana: Person, mara: Person) -> None:
    token, actor = draft_token(draft_of(agent)), dana.actor()
    save = Draft.history.filter(agent=agent).earliest().pk
    acts: dict[str, Callable[[], object]] = {
        "draft.saved": lambda: save_draft(agent, actor=actor, config={"prompt": "Late"}, token=token),
        "draft.discarded": lambda: discard_draft(agent, actor=actor, token=token),
        "draft.restored": lambda: restore_draft(agent, actor=actor, history_id=save),
        "draft.forked": lambda: fork_draft(agent, actor=actor, number=1),
        "draft.merged": lambda: merge_draft(agent, actor=actor, number=1),
    }
    archive_agent(agent, actor=mara.actor())

    with nothing_changes(agent, events=1), pytest.raises(Refusal, match="is archived"):
        save_section(agent, actor=actor, path="prompt", value="Late", token=token)
    for verb, act in acts.items():
        with nothing_changes(agent, events=1), pytest.raises(Refusal, match="is archived"):
            act()
        event = Event.objects.filter(organization=agent.organization).newest_first()[0]
        assert (event.verb, event.outcome, event.refusal) == refused(verb, "archived")
