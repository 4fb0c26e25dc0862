"""Two acts that share nothing but a row one of them points to: none waits for the other in a circle.

What a row points to is looked at when its transaction commits, and then the audit chain is held already. Whoever has
locked that row against being pointed to and waits for the chain would close the circle, so no row lock does that.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from audit.models import ChainHead
from audit.verify import verify
from console.organizations.actions import create_key
from console.organizations.actor import Actor
from console.organizations.models import ApiKey, Organization, User
from environments.actions import cancel_job, push_to_production, start_promotion
from tests.api.calling import program
from tests.builders import a_ready_version
from tests.cast import Person
from tests.races import attempt, held, wait_for_waiters

pytestmark = pytest.mark.django_db(transaction=True)


def _both_at_the_chain(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """What came of two acts that wait for the audit chain in this order, with everything locked that they lock."""
    with held(lambda: list(ChainHead.objects.select_for_update())):
        one = attempt(first)
        wait_for_waiters(1)
        other = attempt(second)
        wait_for_waiters(2)
    return [one.result(), other.result()]


def test_push_to_production__beside_an_act_on_the_same_job_key_or_agent__both_are_done(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agents = [a_ready_version(organization, author=dana, tester=quinn, slug=f"a{n}", name=f"A{n}") for n in range(3)]
    key = program(mara, organization, "org_admin", pushes=True).key
    job = start_promotion(organization, actor=mara.actor(), source="staging", target="production")

    def by_key() -> Actor:
        person = User.objects.get(pk=mara.user.pk)
        person.key = ApiKey.objects.get(pk=key.pk)
        return Actor(user=person)

    def push(number: int, actor: Actor) -> object:
        return push_to_production(agents[number], actor=actor, number=1, expected_live=0)

    def start() -> object:
        return start_promotion(organization, actor=mara.actor(), source="staging", target="production")

    done = ["ok", "ok"]
    assert _both_at_the_chain(start, lambda: push(0, mara.actor())) == done
    as_job = replace(mara.actor(), job=job.pk)
    assert _both_at_the_chain(lambda: push(1, as_job), lambda: cancel_job(job, actor=mara.actor())) == done
    make = partial(create_key, organization, name="another", role="auditor")
    assert _both_at_the_chain(lambda: push(2, by_key()), lambda: make(actor=by_key())) == done
    assert verify(organization.pk).ok
