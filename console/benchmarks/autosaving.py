"""A save by the editing page itself: the whole way of a request, with a prompt of 200 KB."""

from collections.abc import Iterator
from functools import partial

from django.test import Client
from django.urls import reverse

from agents.actions import create_agent, section_token
from agents.models import Draft
from console.benchmarks.measuring import Series
from console.benchmarks.people import Crew
from environments.actions import publish

GOAL = "≤ 150 ms"
BYTES = 200_000
SLUG = "autosaved"
LINE = "Rule {}: say what you know of sailing {} in two sentences, and never promise a cabin.\n"


def measure(crew: Crew, rounds: int) -> Iterator[Series]:
    """Text after text is typed into a prompt of 200 KB; each save carries the token of the one before."""
    series = Series("autosave of a 200 KB prompt, through HTTP", GOAL)
    client, address = Client(SERVER_NAME="localhost"), reverse("agents:draft-section", args=["bench", SLUG, "prompt"])
    if crew.developer.user is None:
        raise LookupError("the crew consists of people")
    client.force_login(crew.developer.user)
    agent = create_agent(
        crew.organization, actor=crew.developer, slug=SLUG, name="Autosaved", config={"prompt": _prompt(0)}
    )
    publish(agent, actor=crew.developer)
    token = section_token(Draft.objects.select_related("manifest").get(agent=agent), "prompt")
    for number in range(rounds + 1):
        form = {"text": _prompt(number + 1), "token": token}
        save = partial(client.post, address, form, headers={"X-Slipway-Autosave": "1"})
        answer = series.run(save) if number else save()  # the first request imports and compiles
        if answer.status_code != 200:
            raise LookupError(f"the autosave answered {answer.status_code}")
        token = answer.json()["token"]
    yield series


def _prompt(number: int) -> str:
    """200 KB, each time with another line in the middle."""
    lines = [LINE.format(line, line * 17 % 97) for line in range(BYTES // len(LINE))]
    lines[len(lines) // 2] = f"Typed for the {number}th time.\n"
    return "".join(lines)
