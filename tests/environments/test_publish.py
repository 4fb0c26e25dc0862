"""The draft as the next version in Staging. What its page shows stands in test_pages_moving."""

from collections.abc import Callable

import pytest

from agents.actions import fork_draft, restore_draft
from agents.models import Agent, Draft, Version
from console.organizations.models import Organization
from environments.actions import promote, publish, rollback
from environments.models import Deployment
from tests.agents.drafting import newest_row, token_of
from tests.builders import a_small_agent, draft_of, edited, published, pushed, rewritten
from tests.cast import Person
from tests.environments.asking import (
    PROMOTE,
    assert_bad_texts,
    assert_closed_to,
    assert_other_methods,
    assert_refused,
    assert_without_right,
    move_row,
    nothing_changes,
    picture,
    seen,
    typed,
    undone,
)
from tests.environments.standing import served, state_of
from tests.pages import page, words

VERB = "release.published"


@pytest.fixture
def agent(organization: Organization, dana: Person) -> Agent:
    return a_small_agent(organization, dana)


def test_publish__first_and_second__cut_and_pin_a_version_each(agent: Agent, dana: Person) -> None:
    client = dana.client()
    with nothing_changes(agent, events=0):
        form = seen(client, PROMOTE)
    assert form == {"expected_digest": draft_of(agent).manifest.digest, "expected_live": "0"}

    response = client.post(PROMOTE, form | {"note": "Shorter greeting"})

    version, move = Version.objects.get(agent=agent), Deployment.objects.get(agent=agent)
    assert response["Location"] == f"/o/harbourline/agents/order-desk/releases/{move.pk}/"
    assert (version.number, version.description, version.author) == (1, "Shorter greeting", dana.user)
    assert (state_of(version), served(agent)) == ("staging", {"staging": 1})
    assert newest_row() == move_row(VERB, agent, dana, reason="Shorter greeting")
    assert (newest_row()["before"], newest_row()["after"]) == ("", form["expected_digest"])

    edited(agent, dana, "Two.")
    client.post(PROMOTE, seen(client, PROMOTE) | {"note": ""})

    assert (state_of(version), served(agent)) == ("superseded", {"staging": 2})
    base = draft_of(agent).base
    assert base is not None
    assert base.number == 2
    assert newest_row() == move_row(VERB, agent, dana)
    assert newest_row()["before"] == version.digest


def test_publish__draft_equal_to_the_latest_version__promotes_it_or_is_unchanged(agent: Agent, dana: Person) -> None:
    published(agent, dana, "v1")
    published(agent, dana, "v2")
    client = dana.client()
    form = {"expected_digest": draft_of(agent).manifest.digest, "expected_live": "2", "note": "Kept"}

    with nothing_changes(agent, events=1):
        response = client.post(PROMOTE, form)
    assert_refused(response, 409, VERB, "unchanged", "Staging serves v2 already")
    assert "Kept" in typed(response)
    promote(agent, actor=dana.actor(), number=1, environment="staging")
    response = client.post(PROMOTE, form | {"expected_live": "1"})

    assert response.status_code == 302
    assert (served(agent), Version.objects.filter(agent=agent).count()) == ({"staging": 2}, 2)


def test_publish__by_others__404_to_strangers_403_without_the_right(
    agent: Agent, dana: Person, quinn: Person, avery: Person, sam: Person
) -> None:
    published(agent, dana, "v1")
    edited(agent, dana, "v2")
    form = seen(dana.client(), PROMOTE) | {"note": "Mine"}

    assert_closed_to(sam, agent, PROMOTE, form)
    for person in (quinn, avery):
        said = ("promote to Staging", "Developer", "Org Admin", "Dana Reyes", "Mara Lindqvist")
        assert_without_right(person, agent, PROMOTE, form, VERB, *said)
    assert_other_methods(dana.client(), agent, PROMOTE)


def test_publish__something_moved_since_it_was_seen__412_on_record_and_nothing_executed(
    agent: Agent, dana: Person, mara: Person
) -> None:
    client = dana.client()
    form = seen(client, PROMOTE) | {"note": "Kept"}
    edited(agent, mara, "Other.")

    with nothing_changes(agent, events=1):
        response = client.post(PROMOTE, form)
    assert_refused(response, 412, VERB, "stale", "Mara Lindqvist changed the draft")
    assert "Kept" in typed(response)
    publish(agent, actor=mara.actor())
    edited(agent, dana, "Third.")
    with nothing_changes(agent, events=1):
        response = client.post(PROMOTE, form | {"expected_digest": draft_of(agent).manifest.digest})
    assert_refused(response, 412, VERB, "stale", "now serves v1, by Mara Lindqvist")


def test_publish__with_an_error_in_the_draft__is_refused_until_it_is_gone(agent: Agent, dana: Person) -> None:
    nodes = {"a": {"type": "tool", "tool": "gone"}, "b": {"type": "end"}}
    flow = {"start": "a", "nodes": nodes, "edges": [{"from": "a", "to": "b"}]}
    config = {"prompt": "You use {{nothing_declared}}.", "flow": flow}
    rewritten(agent, dana, config)
    client = dana.client()

    shown = client.get(PROMOTE)
    assert "The draft has 1 error: see its problems." in words(page(shown))
    assert page(shown).xpath("boolean(//a[contains(@href, '/draft/#problems')])")
    form = {"expected_digest": draft_of(agent).manifest.digest, "expected_live": "0", "note": "Kept"}
    with nothing_changes(agent, events=1):
        response = client.post(PROMOTE, form)
    assert_refused(response, 409, VERB, "gate_failed", "The draft has 1 error")
    assert "Kept" in typed(response)

    rewritten(agent, dana, {**config, "tools": {"gone": {"type": "reference", "description": "Not gone"}}})
    client.post(PROMOTE, form | {"expected_digest": draft_of(agent).manifest.digest})
    assert served(agent) == {"staging": 1}


def test_publish__bad_input__422_with_the_text_kept(agent: Agent, dana: Person) -> None:
    client = dana.client()
    form = seen(client, PROMOTE)

    assert_bad_texts(client, agent, PROMOTE, form, "note")
    for wrong in ({"expected_digest": "A" * 64}, {"expected_live": "-1"}, {"expected_live": "1e3"}):
        with nothing_changes(agent, events=0):
            response = client.post(PROMOTE, form | {"note": "Kept"} | wrong)
        assert (response.status_code, "Kept" in typed(response)) == (422, True)


def behind_a_rollback(agent: Agent, dana: Person, quinn: Person, mara: Person) -> None:
    """Mara rolled back while Dana was writing."""
    rollback(agent, actor=mara.actor(), environment="production", number=1, reason="Wrong")


def behind_a_step_back(agent: Agent, dana: Person, quinn: Person, mara: Person) -> None:
    """Mara put the older version into Staging again."""
    promote(agent, actor=mara.actor(), number=1, environment="staging")


def behind_by_a_restored_save(agent: Agent, dana: Person, quinn: Person, mara: Person) -> None:
    """Dana restored a save from before v2, which others know by now."""
    old = Draft.history.filter(agent=agent, base__number=1).latest()
    restore_draft(agent, actor=dana.actor(), history_id=old.pk)


BEHIND: list[tuple[Callable[..., None], int, str]] = [
    (behind_a_rollback, 1, "Mara Lindqvist rolled Production back to v1"),
    (behind_a_step_back, 1, "Mara Lindqvist brought Staging to v1"),
    (behind_by_a_restored_save, 2, "brought Production to v2"),
]


def test_publish__draft_behind_a_move__409_until_the_version_is_merged(
    agent: Agent, dana: Person, quinn: Person, mara: Person, subtests: pytest.Subtests
) -> None:
    pushed(agent, dana, quinn, mara, "v1")
    edited(agent, dana, "v2 in the making")
    pushed(agent, dana, quinn, mara, "v2")
    client = dana.client()

    for moved, number, by in BEHIND:
        with subtests.test(moved.__name__), undone():
            moved(agent, dana, quinn, mara)
            edited(agent, dana, "v3")
            with nothing_changes(agent, events=1):
                response = client.post(PROMOTE, draft_form(agent))
            assert_refused(response, 409, VERB, "stale_base", by)
            assert "Kept" in typed(response)
            (merge,) = page(response).xpath("//*[@id='refused']//a/@href")
            assert merge.endswith(f"/draft/merge?number={number}")
            client.post(merge.partition("?")[0], {"number": number, "strategy": "mine", "token": token_of(agent)})

            assert client.post(PROMOTE, draft_form(agent)).status_code == 302
            base = Version.objects.get(agent=agent, number=3).base
            assert base is not None
            assert (base.number, served(agent)["staging"]) == (number, 3)


def draft_form(agent: Agent) -> dict[str, str]:
    """The form of the promote page as it is now."""
    live = served(agent).get("staging", 0)
    return {"expected_digest": draft_of(agent).manifest.digest, "expected_live": str(live), "note": "Kept"}


def test_publish__draft_started_anew_from_an_older_version__is_no_step_behind(agent: Agent, dana: Person) -> None:
    published(agent, dana, "v1")
    published(agent, dana, "v2")
    fork_draft(agent, actor=dana.actor(), number=1)
    edited(agent, dana, "v3 on v1")
    client = dana.client()

    assert client.post(PROMOTE, seen(client, PROMOTE)).status_code == 302
    assert served(agent) == {"staging": 3}


def test_publish__content_that_is_on_hold__409_and_no_number_is_used(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    pushed(agent, dana, quinn, mara, "v1")
    pushed(agent, dana, quinn, mara, "v2")
    rollback(agent, actor=mara.actor(), environment="production", number=1, reason="Wrong answers")
    fork_draft(agent, actor=dana.actor(), number=1)
    published(agent, dana, "v3")
    edited(agent, dana, "v2")
    client = dana.client()
    form, before = {"expected_digest": draft_of(agent).manifest.digest, "expected_live": "3"}, picture(agent)

    response = client.post(PROMOTE, form | {"note": "Kept"})

    assert_refused(response, 409, VERB, "on_hold", "v2 was rolled back by Mara Lindqvist: Wrong answers")
    assert "Kept" in typed(response)
    assert picture(agent) == before
    assert list(Version.objects.filter(agent=agent).values_list("number", flat=True).order_by("number")) == [1, 2, 3]
