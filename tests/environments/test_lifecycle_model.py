"""Random histories: the verbs on the real database do exactly what the small model says, step by step."""

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from agents.actions import discard_draft, draft_token, fork_draft, merge_draft
from agents.models import Draft, Version
from console.organizations.errors import Refusal
from console.organizations.models import Organization
from environments.actions import (
    lift_hold,
    mark_ready,
    promote,
    publish,
    push_to_production,
    request_changes,
    revoke_ready,
    rollback,
    withdraw_request,
)
from tests.builders import a_small_agent, edited
from tests.cast import Person
from tests.environments.model import Lifecycle
from tests.environments.standing import served, state_of

pytestmark = pytest.mark.django_db

# The nightly figure of G2 is 2,000 sequences of up to 50 steps: SLIPWAY_SEQUENCES=2000.
SEQUENCES = int(os.environ.get("SLIPWAY_SEQUENCES", "5"))

# R2: what production serves was approved, byte for byte.
UNAPPROVED = """
SELECT pin.agent_id FROM environments_pin pin
JOIN environments_environment environment ON environment.id = pin.environment_id
JOIN environments_deployment deployment ON deployment.id = pin.deployment_id
JOIN agents_version version ON version.id = pin.version_id
LEFT JOIN environments_signoff sign_off ON sign_off.id = deployment.sign_off_id
WHERE environment.kind = 'production' AND sign_off.digest IS DISTINCT FROM version.digest
"""


class Machine(RuleBasedStateMachine):
    """One agent, driven by three people, beside the model of it."""

    organization: ClassVar[Organization]
    dana: ClassVar[Person]
    quinn: ClassVar[Person]
    mara: ClassVar[Person]
    slugs: ClassVar[Iterator[int]]

    def __init__(self) -> None:
        super().__init__()
        self.model = Lifecycle()
        self.agent = a_small_agent(self.organization, self.dana, slug=f"agent-{next(self.slugs)}", prompt="a")

    @rule(text=strategies.sampled_from("abcd"))
    def save(self, text: str) -> None:
        self.check(self.model.save(text), lambda: edited(self.agent, self.dana, text))

    @rule()
    def publish(self) -> None:
        self.check(self.model.publish(), lambda: publish(self.agent, actor=self.dana.actor()))

    @rule(data=strategies.data())
    @precondition(lambda self: self.model.versions)
    def decide(self, data: Any) -> None:
        number, verb = self.pick(data), data.draw(strategies.sampled_from(["ready", "no", "withdraw", "revoke"]))
        actor = self.quinn.actor()
        expected, act = {
            "ready": (self.model.mark_ready, lambda: mark_ready(self.agent, actor=actor, number=number)),
            "no": (
                self.model.request_changes,
                lambda: request_changes(self.agent, actor=actor, number=number, reason="No"),
            ),
            "withdraw": (self.model.withdraw, lambda: withdraw_request(self.agent, actor=actor, number=number)),
            "revoke": (
                self.model.revoke,
                lambda: revoke_ready(self.agent, actor=actor, number=number, reason="No"),
            ),
        }[verb]
        self.check(expected(number), act)

    @rule(data=strategies.data())
    @precondition(lambda self: self.model.versions)
    def move(self, data: Any) -> None:
        number, verb = self.pick(data), data.draw(strategies.sampled_from(["promote", "push", "back", "lift"]))
        actor = self.mara.actor()
        expected, act = {
            "promote": (
                self.model.promote,
                lambda: promote(self.agent, actor=actor, number=number, environment="staging"),
            ),
            "push": (self.model.push, lambda: push_to_production(self.agent, actor=actor, number=number)),
            "back": (
                self.model.rollback,
                lambda: rollback(self.agent, actor=actor, environment="production", number=number, reason="No"),
            ),
            "lift": (self.model.lift, lambda: lift_hold(self.agent, actor=actor, number=number, reason="Ok")),
        }[verb]
        self.check(expected(number), act)

    @rule()
    @precondition(lambda self: "staging" in self.model.pins)
    def release(self) -> None:
        """The usual way, so that long histories reach production often."""
        number = self.model.pins["staging"].number
        self.check(
            self.model.mark_ready(number), lambda: mark_ready(self.agent, actor=self.quinn.actor(), number=number)
        )
        self.check(
            self.model.push(number), lambda: push_to_production(self.agent, actor=self.mara.actor(), number=number)
        )

    @rule(data=strategies.data())
    @precondition(lambda self: self.model.versions)
    def restart(self, data: Any) -> None:
        number, verb = self.pick(data), data.draw(strategies.sampled_from(["fork", "merge", "discard"]))
        actor, draft = self.dana.actor(), Draft.objects.select_related("manifest", "layout").get(agent=self.agent)
        if verb == "fork":
            self.check(self.model.fork(number), lambda: fork_draft(self.agent, actor=actor, number=number))
        elif verb == "discard":
            token = draft_token(draft)
            self.check(self.model.discard(), lambda: discard_draft(self.agent, actor=actor, token=token))
        else:
            self.check(
                self.model.merge_theirs(number),
                lambda: merge_draft(self.agent, actor=actor, number=number, strategy="theirs"),
            )

    @invariant()
    def same_facts(self) -> None:
        versions = Version.objects.filter(agent=self.agent)
        states = {version.number: state_of(version) for version in versions}
        assert states == {number: version.state for number, version in self.model.versions.items()}
        assert served(self.agent) == {name: pin.number for name, pin in self.model.pins.items()}

    @invariant()
    def production_serves_only_what_was_approved(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(UNAPPROVED)
            assert cursor.fetchall() == []

    def pick(self, data: Any) -> int:
        return int(data.draw(strategies.sampled_from(sorted(self.model.versions))))

    def check(self, expected: str, act: Callable[[], object]) -> None:
        outcome = "ok"
        try:
            act()
        except Refusal as refusal:
            outcome = refusal.code
        assert outcome == expected


def test_lifecycle__random_histories__agree_with_the_model(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    Machine.organization, Machine.dana, Machine.quinn, Machine.mara = organization, dana, quinn, mara
    Machine.slugs = itertools.count(1)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


def test_model__a_rollback__is_noticed_by_the_next_publish() -> None:
    """The model itself says what the rule says, or agreeing with it would prove nothing."""
    model = Lifecycle()
    for text in "ab":
        model.save(text)
        model.publish()
        number = model.pins["staging"].number
        model.mark_ready(number)
        model.push(number)
    model.rollback(1)
    model.save("c")

    assert model.publish() == "stale_base"
