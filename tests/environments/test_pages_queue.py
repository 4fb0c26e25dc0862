"""My queue: what waits for a person by what they may do, oldest first, who is on it, and what comes next."""

from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.grants import grant_role
from agents.models import Agent, Version
from console.organizations.actions import change_roles
from console.organizations.models import Organization
from environments.actions import mark_ready
from environments.models import Claim
from tests import builders
from tests.cast import Person, join, new_account
from tests.pages import Answer, by_id, hidden_value, page, words
from tests.races import at_once

QUEUE = "/o/harbourline/queue"


def groups(response: Answer) -> dict[str, list[str]]:
    """The kinds of work on the page with the agents in each, in order."""
    found = page(response).xpath("//ul[@data-live-rows]")
    return {
        str(one.get("id")).removeprefix("list-"): [words(link) for link in one.xpath("./li//a[@data-row-link]")]
        for one in found
    }


def waiting(person: Person, query: str = "") -> dict[str, list[str]]:
    response = person.client().get(f"{QUEUE}{query}")
    assert response.status_code == 200
    return groups(response)


def tally(person: Person) -> str:
    (tool,) = page(person.client().get("/o/harbourline/agents/")).xpath("//header//a[@href='/o/harbourline/queue']")
    return words(tool)


@pytest.fixture
def work(organization: Organization, dana: Person, quinn: Person, mara: Person) -> None:
    """Something for everybody."""
    builders.a_candidate(organization, author=dana, slug="first", name="First")
    builders.a_candidate(organization, author=dana, slug="another", name="Another")
    builders.an_agent_sent_back(organization, author=dana, tester=quinn, slug="ferry", name="Ferry")
    builders.a_ready_version(organization, author=dana, tester=quinn, slug="billing", name="Billing")
    behind = builders.a_rolled_back_version(
        organization, author=dana, tester=quinn, admin=mara, slug="refunds", name="Refunds"
    )
    builders.edited(behind, dana, "A third prompt.\n")


@pytest.mark.usefixtures("work")
def test_queue__each_role__lists_its_work_oldest_first(
    dana: Person, quinn: Person, mara: Person, avery: Person, sam: Person
) -> None:
    assert waiting(quinn) == {"test": ["First v1", "Another v1"]}
    assert waiting(dana) == {"fix": ["Ferry v1"], "behind": ["Refunds"]}
    assert waiting(mara) == {"fix": [], "behind": [], "push": ["Billing v1"], "held": ["Refunds v2"]}
    assert waiting(avery) == {}
    assert [tally(person) for person in (quinn, dana, mara)] == [
        "2 wait for me: my queue",
        "2 wait for me: my queue",
        "2 wait for me: my queue",
    ]
    assert page(avery.client().get("/o/harbourline/agents/")).xpath("//a[@href='/o/harbourline/queue']") == []
    assert sam.client().get(QUEUE).status_code == 404


@pytest.mark.usefixtures("work")
def test_queue__each_thing__says_since_when_who_and_what_changed(dana: Person, quinn: Person, mara: Person) -> None:
    item = words(by_id(quinn.client().get(QUEUE), "list-test"))
    assert "First v1 waits 1 minute, Dana Reyes" in item
    assert "The first version for Production." in item
    fix = words(by_id(dana.client().get(QUEUE), "list-fix"))
    assert "Ferry v1 waits 1 minute, Quinn Abara" in fix
    assert "It promises refunds" in fix
    behind = words(by_id(dana.client().get(QUEUE), "list-behind"))
    assert "Mara Lindqvist rolled Production back to v1" in behind
    held = words(by_id(mara.client().get(QUEUE), "list-held"))
    assert "Refunds v2 waits 1 minute, Mara Lindqvist" in held
    assert "Wrong answers about refunds" in held


def test_queue__a_newer_version__says_which_parts_differ_from_what_is_live(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.a_live_version(organization, author=dana, tester=quinn, admin=mara)
    config = builders.config_of(agent)
    config["prompt"] = "Other.\n"
    config["knowledge"]["hours"] = {"title": "Hours", "content": "Nine to five."}
    builders.rewritten(agent, dana, config)
    builders.published(agent, dana)

    response = quinn.client().get(QUEUE)

    assert "prompt, 1 knowledge document added" in words(by_id(response, "list-test"))
    (compare,) = page(response).xpath("//ul[@id='list-test']//a[text()='Compare']/@href")
    assert quinn.client().get(compare).status_code == 200


@pytest.mark.usefixtures("work")
def test_act_and_next__from_the_queue__comes_back_to_it_with_the_next_thing(quinn: Person, mara: Person) -> None:
    client = quinn.client()
    (first,) = page(client.get(QUEUE)).xpath("//a[@data-key='e']/@href")
    assert first == "/o/harbourline/agents/first/staging?queue=1"
    form = page(client.get(first)).xpath("//form[.//input[@value='mark_ready']]")[0]
    assert form.get("action") == first
    sent = {field.get("name"): field.get("value") for field in form.xpath(".//input")} | {"note": "Works"}

    response = client.post(first, sent, follow=True)

    assert response.redirect_chain == [(QUEUE, 302)]
    assert "v1 is Ready for Production." in words(page(response))
    (following,) = page(response).xpath("//a[@data-key='e']/@href")
    assert following == "/o/harbourline/agents/another/staging?queue=1"
    push = "/o/harbourline/agents/billing/push?queue=1"
    admin = mara.client()
    seen = {name: hidden_value(admin.get(push), name) for name in ("number", "expected_digest", "expected_live")}
    assert admin.post(push, seen)["Location"] == QUEUE
    lift = "/o/harbourline/agents/refunds/hold/2/lift?queue=1"
    assert page(admin.get(lift)).xpath("//main//form/@action")[0] == lift
    assert admin.post(lift, {"reason": "The carrier"})["Location"] == QUEUE


@pytest.mark.usefixtures("work")
def test_queue__when_nothing_waits__says_what_was_done_last(
    organization: Organization, mara: Person, quinn: Person
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    join(organization, mara, robin, "auditor")
    assert "Nothing waits for you." in words(page(robin.client().get(QUEUE)))
    jon = new_account("jon@example.com", "Jon Berg")
    join(organization, mara, jon, "qa")
    client = jon.client()
    for slug in ("first", "another"):
        address = f"/o/harbourline/agents/{slug}/staging"
        form = page(client.get(address)).xpath("//form[.//input[@value='mark_ready']]")[0]
        client.post(address, {field.get("name"): field.get("value") for field in form.xpath(".//input")})

    text = words(page(client.get(QUEUE)))

    assert "Nothing waits for you. Last done: Marked ready for Production, Another, just now." in text


@pytest.mark.usefixtures("work")
def test_claim__taken__is_seen_by_all_and_ends_with_the_state_or_after_two_hours(
    organization: Organization, mara: Person, quinn: Person
) -> None:
    jon = new_account("jon@example.com", "Jon Berg")
    join(organization, mara, jon, "qa")
    version = Version.objects.get(agent__slug="first")

    response = quinn.client().post(f"{QUEUE}/claim", {"version": version.pk, "take": "on"})

    assert response["Location"] == QUEUE
    assert "You are on it" in words(by_id(quinn.client().get(QUEUE), f"test-{version.pk}"))
    assert "Quinn Abara is on it" in words(by_id(jon.client().get(QUEUE), f"test-{version.pk}"))
    (next_one,) = page(jon.client().get(QUEUE)).xpath("//a[@data-key='e']/@href")
    assert "/another/" in next_one
    refused = jon.client().post(f"{QUEUE}/claim", {"version": version.pk, "take": "on"})
    assert refused.status_code == 409
    assert "Quinn Abara is on it since" in words(page(refused))
    jon.client().post(f"{QUEUE}/claim", {"version": version.pk})
    assert Claim.objects.filter(by=quinn.user).count() == 1
    Claim.objects.update(at=timezone.now() - Claim.objects.all().LIFE)
    assert "on it" not in words(by_id(jon.client().get(QUEUE), f"test-{version.pk}")).replace("I am on it", "")
    assert jon.client().post(f"{QUEUE}/claim", {"version": version.pk, "take": "on"}).status_code == 302
    assert Claim.objects.get().by == jon.user
    jon.client().post(f"{QUEUE}/claim", {"version": version.pk})
    assert not Claim.objects.exists()


@pytest.mark.usefixtures("work")
def test_claim__of_what_does_not_wait_for_the_person__is_404(
    organization: Organization, dana: Person, quinn: Person, mara: Person, sam: Person, avery: Person
) -> None:
    ready = Version.objects.get(agent__slug="billing")
    tested = Version.objects.get(agent__slug="first")
    wrong: list[tuple[Person, Any]] = [(quinn, ready.pk), (dana, tested.pk), (mara, "nonsense"), (sam, tested.pk)]

    for person, version in wrong:
        answer = person.client().post(f"{QUEUE}/claim", {"version": version, "take": "on"})
        assert answer.status_code == 404, person.name
    assert quinn.client().get(f"{QUEUE}/claim").status_code == 405
    assert not Claim.objects.exists()
    grant_role(tested.agent, actor=mara.actor(), user=avery.user, role="qa")
    assert waiting(avery) == {"test": ["First v1"]}


@pytest.mark.usefixtures("work")
def test_live__a_claim__is_news_and_nothing_else_is_304(quinn: Person) -> None:
    client = quinn.client()
    stamp = client.get(QUEUE, headers={"X-Slipway-Live": "1"})["ETag"]
    again = {"X-Slipway-Live": "1", "If-None-Match": stamp}

    assert client.get(QUEUE, headers=again).status_code == 304
    client.post(f"{QUEUE}/claim", {"version": Version.objects.get(agent__slug="first").pk, "take": "on"})
    assert client.get(QUEUE, headers=again).status_code == 200


@pytest.mark.usefixtures("work")
def test_queue__more_than_a_page__is_paged_and_counted_up_to_a_cap_at_constant_cost(
    organization: Organization, dana: Person, quinn: Person
) -> None:
    client = quinn.client()
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as few:
        client.get(QUEUE)
    for number in range(20):
        builders.a_candidate(organization, author=dana, slug=f"more-{number:02}", name=f"More {number:02}")
    with CaptureQueriesContext(connection) as many:
        response = client.get(QUEUE)

    assert len(many) == len(few) <= 40
    assert len(groups(response)["test"]) == 20
    whole = groups(client.get(f"{QUEUE}?kind=test"))
    assert whole["test"][:3] == ["First v1", "Another v1", "More 00 v1"]
    assert len(whole["test"]) == 22
    first = Version.objects.get(agent__slug="another")
    mark = f"{first.release.changed_at.isoformat()}~{first.pk}".replace("+", "%2B")
    assert groups(client.get(f"{QUEUE}?kind=test&after={mark}"))["test"][0] == "More 00 v1"
    assert client.get(f"{QUEUE}?kind=test&after=yesterday").status_code == 400
    assert client.get(f"{QUEUE}?kind=nonsense").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_claim__two_people_at_once__one_has_it_and_the_other_reads_the_name(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    jon = new_account("jon@example.com", "Jon Berg")
    join(organization, mara, jon, "qa")
    builders.a_candidate(organization, author=dana)
    form = {"version": Version.objects.get().pk, "take": "on"}

    def take(client: Client) -> int:
        return client.post(f"{QUEUE}/claim", form).status_code

    assert sorted(at_once(partial(take, quinn.client()), partial(take, jon.client()))) == [302, 409]
    assert Claim.objects.count() == 1


@override_settings(QUEUE_COUNT_SECONDS=60)
@pytest.mark.usefixtures("work")
def test_count__kept_between_pages__is_new_after_every_act(
    organization: Organization, quinn: Person, mara: Person
) -> None:
    client = quinn.client()
    first = tally(quinn)
    with CaptureQueriesContext(connection) as counted:
        client.get("/o/harbourline/agents/")
    with CaptureQueriesContext(connection) as kept:
        client.get("/o/harbourline/agents/")

    mark_ready(Agent.objects.get(slug="first"), actor=quinn.actor(), number=1)

    assert (first, tally(quinn)) == ("2 wait for me: my queue", "1 waits for me: my queue")
    assert len(kept) <= len(counted)
    change_roles(quinn.membership_in(organization), actor=mara.actor(), roles=["auditor"])
    assert page(quinn.client().get("/o/harbourline/agents/")).xpath("//a[@href='/o/harbourline/queue']") == []
