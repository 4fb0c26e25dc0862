"""Somebody changes a right, a rule or the pipeline in the middle of a push (G4, G16): by every door, in both orders.

Where an act and an intruder meet is fixed by holding the audit chain, the last lock of every verb. Who comes first has
then locked, read and written all that it will, and waits for the chain; who comes second waits for the first.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest

from agents.grants import grant_role, take_role
from agents.models import Agent
from audit.models import ChainHead, Event
from audit.verify import verify
from console.departures import remove_member
from console.organizations.actions import change_roles
from console.organizations.models import Organization
from console.refusals import STATUS
from console.rules import change_settings
from environments import bulk
from environments.actions import (
    change_environment,
    create_environment,
    delete_environment,
    mark_ready,
    revoke_ready,
    start_promotion,
)
from environments.actions.pipelines import Changes
from environments.models import Environment, JobItem, Pin
from tests.api.calling import Program, program
from tests.builders import a_ready_version
from tests.cast import Person, join, new_account
from tests.races import held, outcome, start, wait_for_waiters

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], Any]


@dataclass
class Stage:
    """An organization with somebody who pushes own work, four eyes off; what the table's intruders do to it."""

    organization: Organization
    admin: Person
    tester: Person
    pusher: Person
    key: Program
    testers_key: Program
    agents: list[Agent] = field(default_factory=list)

    def roles(self, person: Person, *roles: str) -> None:
        change_roles(person.membership_in(self.organization), actor=self.admin.actor(), roles=list(roles))

    def grant(self, person: Person, role: str) -> None:
        grant_role(self.agents[0], actor=self.admin.actor(), user=person.user, role=role)

    def take(self, person: Person, role: str) -> None:
        take_role(self.agents[0], actor=self.admin.actor(), user=person.user, role=role)

    def only_granted(self, person: Person, role: str) -> None:
        self.roles(person, "auditor")
        self.grant(person, role)

    def remove(self, person: Person) -> None:
        remove_member(person.membership_in(self.organization), actor=self.admin.actor())

    def back(self, person: Person, *roles: str) -> None:
        join(self.organization, self.admin, person, *roles)

    def four_eyes(self, on: bool) -> None:
        change_settings(self.organization, actor=self.admin.actor(), changes={"four_eyes": on})

    def place(self, slug: str) -> Environment:
        return Environment.objects.select_related("organization").get(organization=self.organization, slug=slug)

    def signed_off(self, wanted: bool) -> None:
        changes = Changes(rules={"requires_sign_off": wanted})
        change_environment(self.place("production"), actor=self.admin.actor(), changes=changes)

    def sign(self) -> None:
        mark_ready(self.agents[0], actor=self.tester.actor(), number=1)

    def unsign(self) -> None:
        revoke_ready(self.agents[0], actor=self.admin.actor(), number=1, reason="To be tested again")

    def add(self, slug: str, kind: str = "staging", position: int | None = None) -> None:
        actor = self.admin.actor()
        create_environment(self.organization, actor=actor, name=slug, slug=slug, kind=kind, position=position)

    def move(self, slug: str, position: int) -> None:
        change_environment(self.place(slug), actor=self.admin.actor(), changes=Changes(position=position))

    def delete(self, slug: str) -> None:
        delete_environment(self.place(slug), actor=self.admin.actor())


def by_form(stage: Stage, person: Person, agent: Agent, page: str, **more: Any) -> Act:
    """Sending a page's form; the status."""
    client = person.client()
    client.raise_request_exception = False
    data = {"expected_digest": agent.versions.get().digest, **more}
    return lambda: client.post(f"/o/{stage.organization.slug}/agents/{agent.slug}/{page}", data).status_code


def by_key(key: Program, agent: Agent, act: str, **body: Any) -> Act:
    """A call of a program; the status and the code."""

    def call() -> tuple[int, str]:
        answer = key.post(f"/agents/{agent.slug}/{act}", body)
        return answer.status, answer.code

    return call


def by_job(stage: Stage, agent: Agent, target: str) -> Act:
    """An agent's turn in a job that was started before; how it ended."""
    actor = stage.pusher.actor()
    job = start_promotion(stage.organization, actor=actor, source="staging", target=target, agents=[agent])

    def turn() -> tuple[str, str]:
        bulk.run(job.pk)
        item = JobItem.objects.get(job=job)
        return item.state, item.code

    return turn


def pushes(stage: Stage, agents: list[Agent] | None = None) -> list[Act]:
    """A push by each door: of the first agent, or each of another one."""
    one, two, three = agents or stage.agents[:1] * 3
    staged = Pin.objects.get(agent=two, environment__slug="staging").deployment_id
    page = by_form(stage, stage.pusher, one, "push", number=1, expected_live=0)
    return [page, by_key(stage.key, two, f"deployments/{staged}/promote"), by_job(stage, three, "production")]


def promotions(stage: Stage) -> list[Act]:
    """The same version on to the next staging environment, by each door."""
    return [*promotions_by_hand(stage), by_job(stage, stage.agents[0], "canary")]


def promotions_by_hand(stage: Stage) -> list[Act]:
    """The same without a job, which would keep the environment that it speaks of."""
    agent = stage.agents[0]
    page = by_form(stage, stage.pusher, agent, "promote?version=1&environment=canary", expected_live=0)
    return [page, by_key(stage.key, agent, "versions/1/activate", environment="canary")]


def decisions(stage: Stage) -> list[Act]:
    """QA marks the candidate ready, on the page and by program."""
    agent = stage.agents[0]
    page = by_form(stage, stage.tester, agent, "staging", decision="mark_ready", number=1, note="Tested")
    return [page, by_key(stage.testers_key, agent, "versions/1/ready", note="Tested")]


@dataclass(frozen=True)
class Intruder:
    """What somebody does in the middle of an act on the first agent, and what every door is then told."""

    told: str
    does: Callable[[Stage], None]
    acts: Callable[[Stage], list[Act]] = pushes
    before: tuple[Callable[[Stage], None], ...] = ()
    after: tuple[Callable[[Stage], None], ...] = ()


DELETION = "the place it goes to is deleted"
REMOVAL = "who acts is removed, and their keys with them"
INTRUDERS = {
    "QA's only right, the grant on this agent, is taken": Intruder(
        "permission_denied",
        lambda s: s.take(s.tester, "qa"),
        decisions,
        before=(lambda s: s.unsign(), lambda s: s.only_granted(s.tester, "qa")),
        after=(lambda s: s.roles(s.tester, "qa"),),
    ),
    "QA decides elsewhere now": Intruder(
        "illegal_transition",
        lambda s: s.add("canary"),
        decisions,
        after=(lambda s: s.delete("canary"), lambda s: s.sign()),
    ),
    "the grant on this agent, the pusher's only right, is taken": Intruder(
        "permission_denied",
        lambda s: s.take(s.pusher, "org_admin"),
        before=(lambda s: s.only_granted(s.pusher, "org_admin"),),
        after=(lambda s: s.roles(s.pusher, "org_admin"),),
    ),
    "the grant on this agent, by which QA signed, is taken": Intruder(
        "approval_stale",
        lambda s: s.take(s.tester, "qa"),
        before=(lambda s: s.only_granted(s.tester, "qa"),),
        after=(lambda s: s.roles(s.tester, "qa"),),
    ),
    "QA is removed": Intruder(
        "approval_stale", lambda s: s.remove(s.tester), after=(lambda s: s.back(s.tester, "qa"),)
    ),
    "four eyes are switched on where no sign-off is asked for": Intruder(
        "self_approval",
        lambda s: s.four_eyes(True),
        before=(lambda s: s.signed_off(False),),
        after=(lambda s: s.four_eyes(False), lambda s: s.signed_off(True)),
    ),
    "another production environment is put before": Intruder(
        "illegal_transition",
        lambda s: s.move("europe", 2),
        before=(lambda s: s.signed_off(False),),
        after=(lambda s: s.move("europe", 3), lambda s: s.signed_off(True)),
    ),
    "a staging environment is added": Intruder(
        "approval_stale", lambda s: s.add("canary"), after=(lambda s: s.delete("canary"),)
    ),
    DELETION: Intruder(
        "not_found",
        lambda s: s.delete("canary"),
        promotions_by_hand,
        before=(lambda s: s.add("canary"),),
        after=(lambda s: s.add("canary"),),
    ),
    "a place is added between": Intruder(
        "illegal_transition", lambda s: s.add("lab", position=2), promotions, after=(lambda s: s.delete("lab"),)
    ),
    REMOVAL: Intruder("permission_denied", lambda s: s.remove(s.pusher), promotions),
}


def meet(*groups: list[Act]) -> list[list[Any]]:
    """What came of acts of which the first ones wait for the audit chain, the next ones for those, and so on."""
    ends: list[list[Future[Any]]] = []
    with held(lambda: list(ChainHead.objects.select_for_update())):
        for group in groups:
            ends.append([start(act) for act in group])
            wait_for_waiters(sum(map(len, ends)))
    return [[end.result() for end in group] for group in ends]


@pytest.fixture
def stage(organization: Organization, mara: Person, quinn: Person) -> Stage:
    pat = new_account("pat.okoye@example.com", "Pat Okoye")
    join(organization, mara, pat, "developer", "org_admin")
    key = program(pat, organization, "org_admin", pushes=True)
    stage = Stage(organization, mara, quinn, pat, key, program(quinn, organization, "qa"))
    stage.four_eyes(False)
    stage.add("europe", "production")
    for slug in ("a0", "a1", "a2"):
        stage.agents.append(a_ready_version(organization, author=pat, tester=quinn, slug=slug, name=slug))
    return stage


def test_act__an_intruder_is_before_it__is_refused_by_every_door(stage: Stage) -> None:
    told = {}
    for name, intruder in INTRUDERS.items():
        acts = intruder.acts(stage)
        for act in intruder.before:
            act(stage)
        told[name] = meet([_outcome(stage, intruder)], acts)
        for act in intruder.after:
            act(stage)

    assert told == {name: [["ok"], _refusals(intruder)] for name, intruder in INTRUDERS.items()}
    assert set(Pin.objects.values_list("environment__slug", flat=True)) == {"staging"}
    assert verify(stage.organization.pk).ok


def test_push__intruders_come_while_it_is_under_way__is_done_before_all_of_them(stage: Stage) -> None:
    stage.grant(stage.pusher, "org_admin")
    stage.grant(stage.tester, "qa")
    during = [one for name, one in INTRUDERS.items() if one.acts is pushes or name == REMOVAL]
    acts, known = pushes(stage, stage.agents), Event.objects.count()

    done, *came = meet(acts, *[[_outcome(stage, one)] for one in during])

    assert done == [302, (201, ""), ("promoted", "")]
    assert came == [["ok"]] * len(during)
    events = Event.objects.filter(sequence__gt=known).order_by("sequence")
    assert [event.verb for event in events[:3]] == ["release.pushed_to_production"] * 3

    stage.back(stage.pusher, "org_admin")
    page, _ = promotions_by_hand(stage)
    assert meet([page], [_outcome(stage, INTRUDERS[DELETION])]) == [[302], ["still_served"]]
    assert verify(stage.organization.pk).ok


def _outcome(stage: Stage, intruder: Intruder) -> Act:
    return lambda: outcome(lambda: intruder.does(stage))


def _refusals(intruder: Intruder) -> list[Any]:
    """What each door says to the refusal: the page, the program, the job."""
    status = STATUS.get(intruder.told, 409)
    doors = 3 if intruder.acts in (pushes, promotions) else 2
    return [status, (status, intruder.told), ("failed", intruder.told)][:doors]
