"""Who is told of what, by which channel, and that nobody hears of what they may not see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from agents.grants import grant_role
from agents.models import Agent
from console.departures import remove_member
from console.organizations.actor import SYSTEM
from console.organizations.errors import Refusal
from console.organizations.jobs import forget_old_notifications
from console.organizations.models import Notification, NotificationSwitch, Organization, OutgoingMail, User
from console.rules import change_settings
from environments.actions import (
    activate,
    mark_ready,
    promote,
    publish,
    push_to_production,
    request_changes,
    revoke_ready,
    revoke_stale_approval,
    rollback,
)
from tests import builders
from tests.cast import Person, join, new_account
from tests.pages import by_id, page, words

LIST, SWITCHES = "/o/harbourline/notifications", "/me/notifications"


@pytest.fixture
def ben(organization: Organization, mara: Person) -> Person:
    """Ben Okafor, Developer, who has no hand in anything."""
    person = new_account("ben.okafor@example.com", "Ben Okafor")
    join(organization, mara, person, "developer")
    return person


@pytest.fixture
def uma(organization: Organization, mara: Person) -> Person:
    """Uma Field, a second QA."""
    person = new_account("uma.field@example.com", "Uma Field")
    join(organization, mara, person, "qa")
    return person


@pytest.fixture
def noor(organization: Organization, mara: Person) -> Person:
    """Noor Haddad, a second Org Admin."""
    person = new_account("noor.haddad@example.com", "Noor Haddad")
    join(organization, mara, person, "org_admin")
    return person


@pytest.fixture
def everybody(
    dana: Person, ben: Person, quinn: Person, uma: Person, mara: Person, noor: Person, avery: Person, sam: Person
) -> None:
    """The cast, with a second person of each role that acts."""


def forget() -> None:
    Notification.objects.all().delete()
    mail.outbox.clear()


def told(event: str) -> set[str]:
    """The first names of those who were told of an event in the console."""
    found = Notification.objects.filter(event=event).values_list("user__name", flat=True)
    assert len(found) == len(set(found)), "told twice"
    return {name.split()[0] for name in found}


def mailed() -> set[str]:
    """The first names of those to whom a mail went."""
    return {str(User.objects.get(email=message.to[0]).name).split()[0] for message in mail.outbox}


# event -> who is told. Dana writes, Quinn tests, Mara administers; Ben, Uma and Noor have the same roles; Avery audits.
TOLD = {
    "promoted": {"Quinn", "Uma"},
    "ready": {"Mara", "Noor"},
    "changes_requested": {"Dana"},
    "pushed": {"Dana", "Quinn", "Noor"},
    "rolled_back": {"Dana", "Quinn", "Noor"},
    "approval_stale": {"Quinn", "Mara", "Noor"},
}


@pytest.mark.usefixtures("everybody")
def test_verbs__each_event__is_told_to_exactly_these_people(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    found: dict[str, set[str]] = {}

    def after(event: str, act: Callable[[], Any]) -> None:
        forget()
        act()
        found[event] = told(event)
        assert set(Notification.objects.values_list("event", flat=True)) == {event}
        assert mailed() == found[event], event

    agent = builders.an_agent(organization, dana)
    after("promoted", lambda: builders.published(agent, dana))
    after("ready", lambda: mark_ready(agent, actor=quinn.actor(), number=1, note="Called it"))
    after("pushed", lambda: push_to_production(agent, actor=mara.actor(), number=1, ticket="OPS-1"))
    builders.pushed(agent, dana, quinn, mara, "Two.\n")
    after("rolled_back", lambda: _roll_back(agent, mara))
    other = builders.a_candidate(organization, author=dana, slug="other", name="Other")
    after("changes_requested", lambda: request_changes(other, actor=quinn.actor(), number=1, reason="Refunds"))
    third = builders.a_ready_version(organization, author=dana, tester=quinn, slug="third", name="Third")
    change_settings(organization, actor=mara.actor(), changes={"ticket_required": True})
    after("approval_stale", lambda: revoke_stale_approval(third, actor=SYSTEM, number=1))

    assert found == TOLD


def _roll_back(agent: Agent, mara: Person) -> None:
    rollback(agent, actor=mara.actor(), environment="production", number=1, reason="Wrong answers")


@pytest.mark.usefixtures("everybody")
def test_verbs__other_ways_to_the_same_end__are_told_the_same(
    organization: Organization, dana: Person, ben: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.a_live_version(organization, author=dana, tester=quinn, admin=mara)
    builders.edited(agent, ben, "Ben wrote this.\n")
    builders.approved(agent, dana, quinn)

    forget()
    revoke_ready(agent, actor=mara.actor(), number=2, reason="Wait for legal")
    assert told("approval_stale") == {"Quinn", "Noor"}
    assert "Mara Lindqvist revoked the approval of v2 of Order desk" in mail.outbox[0].subject

    mark_ready(agent, actor=quinn.actor(), number=2)
    builders.edited(agent, dana, "Three.\n")
    forget()
    publish(agent, actor=dana.actor())
    assert (told("promoted"), told("approval_stale")) == ({"Quinn", "Uma"}, {"Quinn", "Mara", "Noor"})
    assert {row.said for row in Notification.objects.filter(event="approval_stale")} == {"Staging serves v3 now."}

    forget()
    promote(agent, actor=dana.actor(), number=2, environment="staging", note="The other one after all")
    mark_ready(agent, actor=quinn.actor(), number=2)
    forget()
    activate(agent, actor=mara.actor(), number=2, environment="production", ticket="OPS-2")
    assert told("pushed") == {"Dana", "Ben", "Quinn", "Noor"}  # Ben's work is in it


@pytest.mark.usefixtures("everybody")
def test_verbs__refused_or_undone__tell_nobody(organization: Organization, dana: Person, quinn: Person) -> None:
    agent = builders.a_candidate(organization, author=dana)
    forget()

    for act in (
        lambda: mark_ready(agent, actor=dana.actor(), number=1),
        lambda: publish(agent, actor=dana.actor()),
        lambda: request_changes(agent, actor=quinn.actor(), number=1, reason=""),
    ):
        with pytest.raises(Refusal):
            act()

    assert (Notification.objects.count(), len(mail.outbox)) == (0, 0)


def test_recipients__rights_at_that_moment__decide(
    organization: Organization, dana: Person, ben: Person, quinn: Person, uma: Person, mara: Person, sam: Person
) -> None:
    agent = builders.an_agent(organization, dana)
    grant_role(agent, actor=mara.actor(), user=ben.user, role="qa")
    remove_member(uma.membership_in(organization), actor=mara.actor())
    quinn.user.is_active = False
    quinn.user.save()
    forget()

    builders.published(agent, dana)

    assert told("promoted") == {"Ben"}  # by a grant on this agent; Uma left, Quinn's account is closed


def test_switches__per_event_and_channel__are_kept_and_obeyed(
    organization: Organization, dana: Person, quinn: Person, uma: Person
) -> None:
    agent = builders.an_agent(organization, dana)
    client = quinn.client()
    every = set(page(client.get(SWITCHES)).xpath("//main//input[@type='checkbox']/@name"))
    events = {*TOLD, "glass_broken", "webhook_disabled"}  # the last two: test_break_glass.py, tests/webhooks
    assert every == {f"{event}-{channel}" for event in events for channel in ("console", "mail")}

    saved = client.post(SWITCHES, dict.fromkeys(every - {"promoted-mail", "ready-console"}, "on"), follow=True)
    assert "Your notifications are saved." in words(page(saved))
    unticked = page(client.get(SWITCHES)).xpath("//main//input[@type='checkbox'][not(@checked)]/@name")
    assert set(unticked) == {"promoted-mail", "ready-console"}
    forget()
    builders.published(agent, dana)
    assert (told("promoted"), mailed()) == ({"Quinn", "Uma"}, {"Uma"})

    client.post(SWITCHES, dict.fromkeys(every - {"promoted-console", "promoted-mail"}, "on"))
    assert NotificationSwitch.objects.filter(user=quinn.user, event="ready").get().console
    forget()
    builders.published(agent, dana, "Two.\n")
    assert (told("promoted"), mailed()) == ({"Uma"}, {"Uma"})
    assert client.post(SWITCHES, {"everything": "on"}).status_code == 422
    assert NotificationSwitch.objects.filter(user=uma.user).count() == 0


def test_mail__says_what_happened_and_leads_there(organization: Organization, dana: Person, quinn: Person) -> None:
    agent = builders.an_agent(organization, dana)
    mail.outbox.clear()

    with override_settings(PUBLIC_URL="https://slipway.example"):
        publish(agent, actor=dana.actor(), description="Shorter greeting & <b>bold</b>")

    (message,) = mail.outbox
    assert message.to == ["quinn.abara@example.com"]
    assert message.subject == "[Slipway] Dana Reyes promoted v1 of Order desk to Staging"
    assert "Shorter greeting & <b>bold</b>" in message.body
    assert "https://slipway.example/o/harbourline/agents/order-desk/staging" in message.body
    assert "https://slipway.example/me/notifications" in message.body


def test_mail__is_promised_in_the_outbox__by_the_act_itself(
    organization: Organization, dana: Person, quinn: Person
) -> None:
    agent = builders.an_agent(organization, dana)
    OutgoingMail.objects.all().delete()

    with override_settings(EMAIL_BACKEND="console.organizations.outbox.OutboxBackend"):
        builders.published(agent, dana)
        with pytest.raises(Refusal):
            publish(agent, actor=dana.actor())

    (kept,) = OutgoingMail.objects.all()
    assert kept.to == ["quinn.abara@example.com"]


def test_page__lists_opens_and_puts_aside(
    organization: Organization, dana: Person, quinn: Person, mara: Person, uma: Person
) -> None:
    builders.a_candidate(organization, author=dana)
    row = Notification.objects.get(user=quinn.user)
    client = quinn.client()

    listed = client.get(LIST)
    assert "Dana Reyes promoted v1 of Order desk to Staging" in words(by_id(listed, f"notice-{row.pk}"))
    assert "1new notifications" in words(page(listed).xpath("//header")[0]).replace("1 new", "1new")
    client.head(f"{LIST}/{row.pk}")
    assert Notification.objects.get(pk=row.pk).read_at is None
    opened = client.get(f"{LIST}/{row.pk}")
    assert (opened.status_code, opened["Location"]) == (302, "/o/harbourline/agents/order-desk/staging")
    assert Notification.objects.get(pk=row.pk).read_at is not None
    assert "Notifications, nothing new" in words(page(client.get(LIST)))

    assert uma.client().get(f"{LIST}/{row.pk}").status_code == 404  # somebody else's
    assert Notification.objects.filter(user=uma.user, read_at=None).count() == 1
    uma.client().post(f"{LIST}/read")
    assert Notification.objects.filter(read_at=None).count() == 0
    assert "Nothing to tell you yet." in words(page(mara.client().get(LIST)))


def test_page__an_agent_one_may_not_see_any_more__is_not_named(
    organization: Organization, dana: Person, quinn: Person, mara: Person, sam: Person
) -> None:
    builders.a_candidate(organization, author=dana)
    Agent.objects.update(released_at=None)
    row = Notification.objects.get(user=quinn.user)

    text = words(page(quinn.client().get(LIST)))

    assert "Order desk" not in text
    assert "About an agent that you cannot see any more." in text
    assert quinn.client().get(f"{LIST}/{row.pk}").status_code == 404
    for address in (LIST, f"{LIST}/{row.pk}"):
        assert sam.client().get(address).status_code == 404
    assert sam.client().post(f"{LIST}/read").status_code == 404
    assert quinn.client().get(f"{LIST}?older=nonsense").status_code == 400


def test_page__many__is_paged_by_key_at_a_constant_cost(
    organization: Organization, dana: Person, quinn: Person
) -> None:
    agent = builders.a_candidate(organization, author=dana)
    row, client = Notification.objects.get(user=quinn.user), quinn.client()
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    copies = [
        Notification(
            organization=organization,
            user=quinn.user,
            event="promoted",
            agent_id=agent.pk,
            data=row.data,
            path=row.path,
            at=row.at,
        )
        for _ in range(120)
    ]
    Notification.objects.bulk_create(copies)

    with CaptureQueriesContext(connection) as many:
        first = client.get(LIST)

    assert len(many) == len(few)
    assert "99+" in words(page(first).xpath("//header")[0])
    seen, answer = page(first).xpath("//*[@id='notices']/li/@id"), first
    while links := page(answer).xpath("//a[@rel='next']/@href"):
        answer = client.get(links[0])
        seen += page(answer).xpath("//*[@id='notices']/li/@id")
    assert (len(seen), len(set(seen))) == (121, 121)


def test_telling__more_people__costs_a_push_no_more_queries(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.a_ready_version(organization, author=dana, tester=quinn)
    with CaptureQueriesContext(connection) as few:
        push_to_production(agent, actor=mara.actor(), number=1, ticket="OPS-1")
    for number in range(5):
        join(organization, mara, new_account(f"a{number}@example.com", f"A {number}"), "org_admin")
    builders.approved(agent, dana, quinn, "Two.\n")

    with CaptureQueriesContext(connection) as many:
        push_to_production(agent, actor=mara.actor(), number=2, ticket="OPS-1")

    of_telling = [query["sql"] for query in many if "otification" in query["sql"]]
    assert len(of_telling) == 2  # who wants it, and one insert
    assert len(many) <= len(few) + 6  # the version that is superseded is settled


def test_forget_old_notifications__after_half_a_year__keeps_the_others(
    organization: Organization, dana: Person, quinn: Person, uma: Person
) -> None:
    builders.a_candidate(organization, author=dana)
    Notification.objects.filter(user=uma.user).update(at="2020-01-01T00:00Z")

    assert forget_old_notifications() == 1
    assert told("promoted") == {"Quinn"}
