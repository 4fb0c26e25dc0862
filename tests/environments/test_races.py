"""Two or sixty-four people at once, on the real database: one wins, the others get a clean refusal."""

import itertools
from collections import Counter
from functools import partial

import pytest

from agents.actions import save_draft
from agents.actions.drafts import draft_token
from agents.contents import load
from agents.models import Draft, Version
from audit.models import Event
from console.organizations.models import Organization
from environments.actions import mark_ready, promote, publish, push_to_production, rollback
from environments.models import Deployment, Pin
from tests.builders import a_small_agent, approved, edited, published, pushed
from tests.cast import Person
from tests.environments.standing import moves, served, state_of
from tests.races import outcomes_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_push_to_production__64_at_once__one_wins_and_one_event(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_small_agent(organization, dana)
    version = approved(agent, dana, quinn, "v1")

    outcomes = outcomes_at_once(
        *[lambda: push_to_production(agent, actor=mara.actor(), number=1, expected_live=0)] * 64
    )

    assert Counter(outcomes) == {"ok": 1, "stale": 63}
    assert state_of(version) == "production"
    assert Deployment.objects.filter(agent=agent, action="push").count() == 1
    pushed = Event.objects.filter(organization=organization, verb="release.pushed_to_production")
    assert Counter(pushed.values_list("outcome", flat=True)) == {"done": 1, "refused": 63}
    _assert_chain_is_whole(organization)


def test_publish__16_at_once__one_version_and_no_gap(organization: Organization, dana: Person) -> None:
    agent = a_small_agent(organization, dana)

    outcomes = outcomes_at_once(*[lambda: publish(agent, actor=dana.actor())] * 16)

    assert Counter(outcomes) == {"ok": 1, "unchanged": 15}
    assert list(Version.objects.filter(agent=agent).values_list("number", flat=True)) == [1]


def test_promote__against_mark_ready__never_an_approval_of_what_staging_does_not_serve(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    for round_ in range(8):
        agent = a_small_agent(organization, dana, slug=f"round-{round_}")
        first = published(agent, dana, "v1")
        edited(agent, dana, "v2")

        decision, promotion = outcomes_at_once(
            partial(mark_ready, agent, actor=quinn.actor(), number=1),
            partial(publish, agent, actor=dana.actor()),
        )

        assert promotion == "ok"
        assert decision in {"ok", "illegal_transition"}
        assert served(agent) == {"staging": 2}
        assert state_of(first) == "superseded"
        refused = outcomes_at_once(partial(push_to_production, agent, actor=mara.actor(), number=1))
        assert refused == ["approval_stale" if decision == "ok" else "illegal_transition"]


def test_save__against_publish__the_version_is_one_of_the_two_texts_and_nothing_is_lost(
    organization: Organization, dana: Person
) -> None:
    for round_ in range(8):
        agent = a_small_agent(organization, dana, slug=f"round-{round_}", prompt="before")
        token = draft_token(Draft.objects.select_related("manifest", "layout").get(agent=agent))

        saving, publishing = outcomes_at_once(
            partial(save_draft, agent, actor=dana.actor(), config={"prompt": "after"}, token=token),
            partial(publish, agent, actor=dana.actor()),
        )

        assert (saving, publishing) == ("ok", "ok")
        version = Version.objects.select_related("manifest").get(agent=agent)
        assert load(version.manifest)["prompt"] in {"before", "after"}
        draft = Draft.objects.select_related("manifest").get(agent=agent)
        assert load(draft.manifest)["prompt"] == "after"
        assert draft.base == version


def test_save__32_at_once_on_one_token__one_is_saved_and_the_others_are_told(
    organization: Organization, dana: Person
) -> None:
    agent = a_small_agent(organization, dana)
    token = draft_token(Draft.objects.select_related("manifest", "layout").get(agent=agent))
    texts = [f"text {number}" for number in range(32)]

    outcomes = outcomes_at_once(
        *[partial(save_draft, agent, actor=dana.actor(), config={"prompt": text}, token=token) for text in texts]
    )

    assert Counter(outcomes) == {"ok": 1, "stale": 31}
    assert load(Draft.objects.select_related("manifest").get(agent=agent).manifest)["prompt"] in texts
    assert Draft.history.filter(agent=agent).count() == 2


def test_rollback__against_promote_and_push__ends_in_one_of_the_orders(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_small_agent(organization, dana)
    pushed(agent, dana, quinn, mara, "v1")
    pushed(agent, dana, quinn, mara, "v2")
    third = approved(agent, dana, quinn, "v3")

    back, push = outcomes_at_once(
        lambda: rollback(
            agent, actor=mara.actor(), environment="production", number=1, reason="Wrong", expected_live=2
        ),
        lambda: push_to_production(agent, actor=mara.actor(), number=3, expected_live=2),
    )

    assert sorted([back, push]) == ["ok", "stale"]
    assert served(agent)["production"] == (1 if back == "ok" else 3)
    assert state_of(third) == ("ready" if back == "ok" else "production")
    assert moves(agent)[-1][0] == ("rollback" if back == "ok" else "push")


def test_verbs__two_agents_at_once__never_wait_for_each_other_in_vain(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agents = [a_small_agent(organization, dana, slug=f"agent-{number}") for number in range(8)]
    for agent in agents:
        published(agent, dana, "v1")
        edited(agent, dana, "v2")

    outcomes = outcomes_at_once(
        *[partial(mark_ready, agent, actor=quinn.actor(), number=1) for agent in agents],
        *[partial(publish, agent, actor=dana.actor()) for agent in agents],
        *[partial(promote, agent, actor=dana.actor(), number=1, environment="staging") for agent in agents],
    )

    assert set(outcomes) <= {"ok", "illegal_transition", "unchanged"}
    assert Pin.objects.filter(environment__slug="staging").count() == 8
    _assert_chain_is_whole(organization)


def _assert_chain_is_whole(organization: Organization) -> None:
    events = list(Event.objects.filter(organization=organization).order_by("sequence"))
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert all(after.previous_hash == before.hash for before, after in itertools.pairwise(events))
