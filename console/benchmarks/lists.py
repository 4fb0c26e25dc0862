"""The agents list with 10 and with 1,000 agents (goal: at most 250 ms, the same number of statements)."""

from django.test import Client
from django.urls import reverse

from agents.actions import create_agent
from agents.models import Agent
from console.benchmarks.measuring import Series
from console.benchmarks.people import Crew
from console.organizations.models import Organization
from environments.actions import publish

GOAL = "≤ 250 ms, constant statements"


def measure(crew: Crew, rounds: int, agents: int) -> list[Series]:
    """The first page of the list, with a few agents and with many; a third of them is in Staging."""
    return [_measure(crew, rounds, 10), _measure(crew, rounds, agents)]


def _measure(crew: Crew, rounds: int, agents: int) -> Series:
    _fill(crew, agents)
    client, url = _browser(crew.organization, crew), reverse("environments:agent-list", args=["bench"])
    client.get(url)  # the first request compiles templates
    series = Series(f"agents list, {agents:,} agents", GOAL)
    for _ in range(rounds):
        response = series.run(lambda: client.get(url))
        if response.status_code != 200:
            raise LookupError(f"the list answered {response.status_code}")
    return series


def _fill(crew: Crew, agents: int) -> None:
    for number in range(Agent.objects.filter(organization=crew.organization).count(), agents):
        agent = create_agent(
            crew.organization,
            actor=crew.developer,
            slug=f"agent-{number:05}",
            name=f"Agent {number:05}",
            config={"prompt": f"Prompt of agent {number}."},
        )
        if number % 3 == 0:
            publish(agent, actor=crew.developer)


def _browser(organization: Organization, crew: Crew) -> Client:
    client = Client(SERVER_NAME="localhost")
    if crew.admin.user is None:
        raise LookupError("the crew consists of people")
    client.force_login(crew.admin.user)
    return client
