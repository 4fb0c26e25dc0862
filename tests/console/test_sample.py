"""The sample organization: written in bulk, yet every row as the verbs would have left it."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from agents.contents import load
from agents.models import Agent, Draft, Version
from agents.schema import problems
from audit.clock import shifted_by
from audit.models import Event
from audit.verify import verify
from console.benchmarks.people import Crew, found_crew
from console.benchmarks.sample import Amount, fill_organization
from environments.actions import mark_ready, publish, push_to_production, rollback
from environments.models import Hold, Pin, Release
from tests.console.test_demo import MUST_BE_EMPTY

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew() -> Crew:
    """An organization of 60 agents, 240 versions and 3,000 events."""
    with shifted_by(-timedelta(days=25)):
        made = found_crew(further=[("developer-two", "developer"), ("qa-two", "qa")])
    fill_organization(made.organization, Amount(60, 240, 3_000))
    return made


def test_sample__filled__keeps_every_invariant_and_a_chain_that_verifies(crew: Crew) -> None:
    assert (Agent.objects.count(), Version.objects.count(), Event.objects.count()) == (60, 240, 3_000)
    assert verify(crew.organization.pk).ok
    for what, query in MUST_BE_EMPTY.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            assert cursor.fetchall() == [], what
    states = Counter(Pin.objects.filter(environment__kind="staging").values_list("version__release__state", flat=True))
    assert set(states) == {"staging", "changes_requested", "ready", "production", "rolled_back"}
    assert Hold.objects.filter(lifted_at=None).count() == states["rolled_back"] > 0
    draft = Draft.objects.select_related("manifest").exclude(base=None)[0]
    assert problems(load(draft.manifest)) == []
    assert Draft.history.count() >= 240


def test_sample__its_agents__go_on_by_the_verbs(crew: Crew) -> None:
    staged = Release.objects.filter(state="staging", version__author=crew.developer.user).exclude(
        version__contributions__user=crew.tester.user
    )
    chosen = staged.select_related("version__agent__organization")[0].version

    mark_ready(chosen.agent, actor=crew.tester, number=chosen.number)
    move = push_to_production(chosen.agent, actor=crew.admin, number=chosen.number)
    assert move.version == chosen
    if move.from_version:
        back = rollback(
            chosen.agent, actor=crew.admin, environment="production", number=move.from_version.number, reason="Sampled"
        )
        assert back.version == move.from_version
    changed = Draft.objects.exclude(base=None).exclude(base__digest=F("manifest__digest"))
    draft = changed.select_related("agent__organization", "base").filter(agent__pins__version=F("base"))[0]
    assert draft.base is not None
    assert publish(draft.agent, actor=crew.developer).version.number == draft.base.number + 1
    assert verify(crew.organization.pk).ok


def test_sample_command__an_organization_that_is_there__is_left_alone(crew: Crew) -> None:
    with pytest.raises(Exception, match="There is an organization bench already"):
        call_command("sample", organization="bench")
    with pytest.raises(LookupError, match="has agents already"):
        fill_organization(crew.organization, Amount(1, 1, 1))
