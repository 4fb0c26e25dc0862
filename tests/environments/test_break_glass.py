"""break_glass: past failing gates, by name, loud and for ever on record (R2)."""

from typing import Any

import pytest

from audit.models import Event
from console.organizations.errors import Invalid, NotFound, PermissionMissing
from console.organizations.models import Notification, Organization
from environments.actions import break_glass, rollback
from environments.errors import OnHold
from environments.models import Deployment
from tests.builders import a_candidate, an_agent, two_live_versions
from tests.cast import Person, join, new_account
from tests.pages import by_id, has_id, hidden_value, page, words

pytestmark = pytest.mark.django_db
REASON = "Callers are told a wrong emergency number since 9:40."


def test_break_glass__candidate_that_nobody_signed__is_live_and_everybody_is_told(
    organization: Organization, dana: Person, mara: Person
) -> None:
    other = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, other, "org_admin")
    agent = a_candidate(organization, author=dana)

    move = break_glass(
        agent, actor=mara.actor(), number=1, environment="production", typed_slug=agent.slug, reason=REASON
    )

    assert (move.version.release.state, move.break_glass) == ("production", REASON)
    event = Event.objects.get(verb="release.glass_broken", outcome="done")
    assert (event.reason, event.data["passed_over"]) == (REASON, ["sign_off"])
    told = Notification.objects.filter(event="glass_broken").values_list("user__name", flat=True)
    assert set(told) >= {"Robin Hale", "Dana Reyes"}


def test_break_glass__wrong_slug_short_reason_or_missing_right__changes_nothing(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    call: dict[str, Any] = {"number": 1, "environment": "production", "typed_slug": agent.slug, "reason": REASON}

    for wrong in ({"typed_slug": "other"}, {"reason": "Urgent"}, {"reason": ""}):
        with pytest.raises(Invalid):
            break_glass(agent, actor=mara.actor(), **{**call, **wrong})
    for person in (dana, quinn):
        with pytest.raises(PermissionMissing):
            break_glass(agent, actor=person.actor(), **call)
    assert not Deployment.objects.filter(environment__kind="production").exists()


def test_break_glass__a_skipped_hop_or_a_hold__stands_all_the_same(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    held = two_live_versions(organization, author=dana, tester=quinn, admin=mara)
    rollback(held, actor=mara.actor(), environment="production", number=1, reason="Wrong")
    other = an_agent(organization, dana, slug="other")
    call: dict[str, Any] = {"environment": "production", "reason": REASON}

    with pytest.raises(OnHold):
        break_glass(held, actor=mara.actor(), number=2, typed_slug=held.slug, **call)
    with pytest.raises(NotFound):
        break_glass(other, actor=mara.actor(), number=1, typed_slug="other", **call)


def test_break_glass__on_its_page__says_what_it_passes_over_and_keeps_what_was_typed(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_candidate(organization, author=dana)
    push = "/o/harbourline/agents/order-desk/push"
    client = mara.client()
    (link,) = page(client.get(push)).xpath("//a[@id='emergency']/@href")
    shown = client.get(link)
    assert "Version 1 has not been marked ready." in words(by_id(shown, "decision"))
    form = {name: hidden_value(shown, name) for name in ("number", "expected_digest", "expected_live")}
    form |= {"reason": "Urgent", "typed_slug": "other", "ticket": "OPS-9"}

    short = client.post(link, form)
    assert (short.status_code, hidden_value(short, "ticket")) == (422, "OPS-9")
    misspelt = client.post(link, form | {"reason": REASON})
    assert (misspelt.status_code, REASON in misspelt.content.decode()) == (422, True)
    stale = client.post(link, form | {"reason": REASON, "typed_slug": agent.slug, "expected_live": "7"})
    assert stale.status_code == 412
    assert not Deployment.objects.filter(environment__kind="production").exists()
    done = client.post(link, form | {"reason": REASON, "typed_slug": agent.slug}, follow=True)
    assert REASON in words(by_id(done, "emergency"))
    assert "Mara Lindqvist pushed v1 to Production past failing gates" in words(page(done))

    assert not has_id(quinn.client().get(push), "emergency")
    assert quinn.client().get(link).status_code == dana.client().post(link, form).status_code == 403
    assert "No gate fails" in words(by_id(client.get(link), "decision"))
