"""Programs that race, and answers that get lost, over the network against two processes of the web server (G1, G19)."""

import http.client
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from threading import Barrier
from urllib.parse import urlsplit

import orjson
import pytest

from agents.models import Agent, Version
from audit.models import Event
from audit.verify import verify
from console.organizations.models import Organization
from environments.models import Deployment, Pin
from tests.api.calling import Answer, Program, program
from tests.builders import a_ready_version, edited, rewritten
from tests.cast import Person

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

RACERS = 64
TRIES = 400  # repeats of a call whose twin is still under way


def test_programs__that_race_and_lose_answers__leave_one_act_and_one_answer(
    organization: Organization, dana: Person, quinn: Person, mara: Person, two_web_server_processes: list[str]
) -> None:
    agent = a_ready_version(organization, author=dana, tester=quinn)
    admins = [program(mara, organization, "org_admin", name=f"racer {n}", pushes=True) for n in range(8)]
    developer = program(dana, organization, "developer")

    _promote_at_once(agent, admins, two_web_server_processes)
    edited(agent, dana, "Second.\n")
    _publish_under_one_key(agent, developer, two_web_server_processes)
    for number, moment in enumerate(("before the body", "within the body", "before the answer", "within the answer")):
        _publish_and_hang_up(agent, dana, developer, two_web_server_processes, number, moment)
    assert verify(organization.pk).ok


def _promote_at_once(agent: Agent, admins: list[Program], addresses: list[str]) -> None:
    """One of 64 pushes wins; 63 are told that Production serves the version, and all are on record."""
    served = Deployment.objects.get(agent=agent, environment__slug="staging")
    path, body = f"/agents/{agent.slug}/deployments/{served.pk}/promote", {"environment": "production"}

    answers = _at_once(admins, addresses, path, body)

    assert Counter((one.status, one.code) for one in answers) == {(201, ""): 1, (409, "unchanged"): RACERS - 1}
    assert {one.headers["content-type"] for one in answers if one.code} == {"application/problem+json"}
    assert Deployment.objects.filter(agent=agent, environment__slug="production").count() == 1
    assert Pin.objects.filter(agent=agent, environment__slug="production").count() == 1
    pushed = Event.objects.filter(agent_id=agent.pk, verb="release.pushed_to_production")
    assert Counter(pushed.values_list("outcome", flat=True)) == {"done": 1, "refused": RACERS - 1}


def _publish_under_one_key(agent: Agent, developer: Program, addresses: list[str]) -> None:
    """64 times the same call under one Idempotency-Key: carried out once, and everybody hears the same in the end."""
    path, headers = f"/agents/{agent.slug}/deployments/publish", {"idempotency-key": "sixty-four"}

    answers = _at_once([developer], addresses, path, {}, headers)

    found = Counter((one.status, one.code, one.headers.get("idempotency-replayed")) for one in answers)
    assert found[201, "", None] == 1, found
    assert set(found) <= {(201, "", None), (201, "", "true"), (409, "request_in_progress", None)}
    told = [one.body for one in answers if one.status == 201] + [
        _until_told(developer, addresses[0], path, {}, "sixty-four").body
    ]
    assert all(body == told[0] for body in told)
    assert _published(agent) == 2


def _publish_and_hang_up(
    agent: Agent, dana: Person, developer: Program, addresses: list[str], number: int, moment: str
) -> None:
    """The program goes away at this moment and asks again elsewhere: done once, answered as the first time."""
    rewritten(agent, dana, {"prompt": f"Said before hanging up {number}.\n"})
    path, key = f"/agents/{agent.slug}/deployments/publish", f"lost-{number}"
    body, before = {"description": f"Version of {moment}"}, _published(agent)

    _hang_up(developer, addresses[0], path, body, key, moment)
    first = _until_told(developer, addresses[1], path, body, key)
    again = _until_told(developer, addresses[0], path, body, key)

    assert first.status == 201, (moment, first.body)
    assert first.body["version"] == before + 1, moment
    assert (again.body, again.headers["idempotency-replayed"]) == (first.body, "true"), moment
    assert _published(agent) == before + 1, moment


def _published(agent: Agent) -> int:
    """How many versions there are, each with exactly one event of its publishing."""
    versions = Version.objects.filter(agent=agent).count()
    events = Event.objects.filter(agent_id=agent.pk, verb="release.published", outcome="done").count()
    assert (events, Deployment.objects.filter(agent=agent, action="publish").count()) == (versions, versions)
    return versions


def _at_once(
    programs: list[Program], addresses: list[str], path: str, body: object, headers: dict[str, str] | None = None
) -> list[Answer]:
    start = Barrier(RACERS)
    turns = islice(zip(cycle(programs), cycle(addresses), strict=False), RACERS)

    def race(turn: tuple[Program, str]) -> Answer:
        with _connected(turn[1]) as connection:
            start.wait(timeout=30)
            return _sent(connection, turn[0], path, body, headers or {})

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(race, list(turns)))


def _until_told(caller: Program, address: str, path: str, body: object, key: str) -> Answer:
    """The answer once no twin of the call is under way any more; the tries are bounded, not the time."""
    for _ in range(TRIES):
        with _connected(address) as connection:
            answer = _sent(connection, caller, path, body, {"idempotency-key": key})
        if answer.code != "request_in_progress":
            return answer
    raise AssertionError(f"the call under {key} never ended")


@contextmanager
def _connected(address: str) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.connect()
    try:
        yield connection
    finally:
        connection.close()


def _sent(
    connection: http.client.HTTPConnection, caller: Program, path: str, body: object, headers: dict[str, str]
) -> Answer:
    sent = {"x-api-key": caller.secret, "content-type": "application/json"} | headers
    connection.request("POST", f"/api/v1{path}", orjson.dumps(body), sent)
    answer = connection.getresponse()
    return Answer(
        answer.status, orjson.loads(answer.read()), {name.lower(): value for name, value in answer.getheaders()}
    )


def _hang_up(caller: Program, address: str, path: str, body: object, key: str, moment: str) -> None:
    """Send the call as far as the moment, and close."""
    host, raw = urlsplit(address).netloc, orjson.dumps(body)
    head = f"POST /api/v1{path} HTTP/1.1\r\nHost: {host}\r\nx-api-key: {caller.secret}\r\nIdempotency-Key: {key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
    parts = {"before the body": b"", "within the body": raw[:5]}
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port)), timeout=60) as line:
        line.sendall(head.encode() + parts.get(moment, raw))
        if moment == "within the answer":
            line.recv(10)
