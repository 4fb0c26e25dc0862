"""The pages of many agents, in a small and in a large organization: the same number of statements in both."""

import gc
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import Agent
from audit.clock import shifted_by
from console.benchmarks.measuring import Series
from console.benchmarks.people import Crew, found_crew
from console.benchmarks.sample import Amount, fill_organization
from console.organizations.actor import Actor
from environments.models import Pin

DASHBOARD, LIST, OVERVIEW, AUDIT = "≤ 400 ms", "≤ 250 ms", "≤ 200 ms", "≤ 150 ms"
FURTHER = [("developer-two", "developer"), ("qa-two", "qa")]
FEW = Amount(agents=60, versions=600, events=6_000)
DAYS = 25
OLDER = re.compile(r'rel="next" href="[^"]*[?&;]cursor=([^"&]+)"')


def sampled(slug: str, amount: Amount) -> Crew:
    """A new organization with so many agents, versions and events."""
    with shifted_by(-timedelta(days=DAYS)):
        crew = found_crew(slug, further=FURTHER)
    fill_organization(crew.organization, amount, days=DAYS)
    return crew


def measure(crew: Crew, size: Amount, rounds: int) -> list[Series]:
    """Every page of an organization of this size."""
    gc.collect()
    gc.freeze()  # as the web server does (console.wsgi)
    return [
        *_dashboards(crew, size, rounds),
        *_lists(crew, size, rounds),
        *_histories(crew, size, rounds),
        *_audit(crew, size, rounds),
    ]


def _dashboards(crew: Crew, size: Amount, rounds: int) -> Iterator[Series]:
    address, agents = reverse("organization", args=[crew.organization.slug]), f"{size.agents:,} agents"
    admin = _browser(crew.admin)
    yield _pages(admin, address, f"dashboard, first 50 of {agents}", DASHBOARD, rounds)
    yield _pages(admin, f"{address}?size=200", f"dashboard, first 200 of {agents}", DASHBOARD, rounds)
    yield _pages(admin, f"{address}?tile=mine", f"dashboard, waits for me, {agents}", DASHBOARD, rounds)
    stamp = admin.get(address, headers={"X-Slipway-Live": "1"})["ETag"]
    unchanged = {"X-Slipway-Live": "1", "If-None-Match": stamp}
    yield _pages(admin, address, f"dashboard, unchanged, {agents}", "", rounds, status=304, headers=unchanged)


def _lists(crew: Crew, size: Amount, rounds: int) -> Iterator[Series]:
    slug, agents = crew.organization.slug, f"{size.agents:,} agents"
    queue, listed = reverse("environments:queue", args=[slug]), reverse("environments:agent-list", args=[slug])
    for reader, actor in (("a developer", crew.developer), ("a QA", crew.tester), ("an admin", crew.admin)):
        yield _pages(_browser(actor), queue, f"my queue of {reader}, {agents}", LIST, rounds)
    yield _pages(_browser(crew.admin), listed, f"agents list, {agents}", LIST, rounds)
    agent = _busiest(crew)
    overview = reverse("environments:agent-overview", args=[slug, agent.slug])
    yield _pages(_browser(crew.admin), overview, f"agent overview, {agents}", OVERVIEW, rounds)


def _histories(crew: Crew, size: Amount, rounds: int) -> Iterator[Series]:
    slug, events, admin = crew.organization.slug, f"{size.events:,} events", _browser(crew.admin)
    project, releases = (reverse(f"environments:{name}", args=[slug]) for name in ("project-history", "release-list"))
    yield _pages(admin, project, f"history of the project, {events}", LIST, rounds)
    yield _pages(admin, releases, f"releases of the project, {events}", LIST, rounds)
    place = reverse("environments:environment", args=[slug, _busiest(crew).slug, "production"])
    yield _pages(admin, place, f"an environment and its history, {events}", OVERVIEW, rounds)


def _audit(crew: Crew, size: Amount, rounds: int) -> Iterator[Series]:
    """The log as it begins, with each filter, with filters that leave nothing together, and far back."""
    address, events = reverse("audit", args=[crew.organization.slug]), f"{size.events:,} events"
    person, agent, admin = crew.tester.label, _busiest(crew).slug, _browser(crew.admin)
    asked = {
        "first page": "",
        "one family of acts": "action=release",
        "one act": "action=release.promoted",
        "one person's acts": f"actor={person}&outcome=done",
        "refused acts": "outcome=refused",
        "one person's refused acts in Production": f"actor={person}&outcome=refused&environment=production",
        "one agent": f"object={agent}",
        "one environment": "environment=staging",
        "since a day": f"since={timezone.localdate() - timedelta(days=DAYS // 2)}",
        "a text that is often there": "q=desk",
        "a text that is nowhere": "q=zeppelin",
        "nothing found": "until=2001-01-01",
        "40th page": f"cursor={_far_back(admin, address)}",
    }
    for name, query in asked.items():
        yield _pages(admin, f"{address}?{query}", f"audit, {name}, {events}", AUDIT, rounds)
    others, mine = f"{address}?actor={person}&action=draft", "audit, another's drafts for a developer"
    yield _pages(_browser(crew.developer), others, f"{mine}, {events}", AUDIT, rounds)


def _far_back(client: Client, address: str) -> str:
    """The mark of a page that is reached by going to older ones again and again."""
    cursor = ""
    for _ in range(39):
        page = client.get(address, {"cursor": cursor} if cursor else {}).content.decode()
        if (found := OLDER.search(page)) is None:
            break
        cursor = unquote(found[1])
    return cursor


def _pages(
    client: Client, address: str, name: str, goal: str, rounds: int, *, status: int = 200, headers: Any = None
) -> Series:
    series = Series(name, goal)
    client.get(address, headers=headers)  # the first request compiles templates
    for _ in range(rounds):
        response = series.run(lambda: client.get(address, headers=headers))
        if response.status_code != status:
            raise LookupError(f"{name} answered {response.status_code}")
    return series


def _busiest(crew: Crew) -> Agent:
    """An agent with something everywhere."""
    pins = Pin.objects.filter(organization=crew.organization, environment__kind="production")
    return pins.select_related("agent").order_by("-version__number")[0].agent


def _browser(actor: Actor) -> Client:
    if actor.user is None:
        raise LookupError("the crew consists of people")
    client = Client(SERVER_NAME="localhost")
    client.force_login(actor.user)
    return client
