"""Asking for a lifecycle verb as a browser does, and the promises that every verb keeps when it refuses.

The agent is always the order desk of the cast's organization; `tests.builders` takes it where a test begins.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.test import Client

from agents.models import Agent, Draft
from audit.models import Event
from environments.models import Deployment, Hold, Pin, Release, SignOff
from tests.agents.drafting import newest_refusal, newest_row, refused, row
from tests.cast import Person
from tests.pages import Answer, by_id, page, words

AGENT = "/o/harbourline/agents/order-desk/"
PROMOTE, DECIDE, PUSH, ROLLBACK = f"{AGENT}promote", f"{AGENT}staging", f"{AGENT}push", f"{AGENT}rollback"
UNKNOWN = "/o/nowhere/agents/order-desk/"
TOO_LONG = "x" * 2001


def activation(number: int, environment: str) -> str:
    """The page that activates a version in an environment."""
    return f"{AGENT}versions/{number}/activate?environment={environment}"


def lifting(number: int) -> str:
    """The page that lifts the hold on a version."""
    return f"{AGENT}hold/{number}/lift"


def seen(client: Client, address: str, decision: str = "") -> dict[str, str]:
    """What the page's form carries unseen: what its reader saw. A page with several forms has one per decision."""
    response = client.get(address)
    assert response.status_code == 200
    for form in page(response).xpath("//main//form"):
        hidden = {field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")}
        hidden.pop("csrfmiddlewaretoken", None)
        if hidden.get("decision", "") == decision:
            return hidden
    raise AssertionError(f"{address} has no form {decision}")


def typed(response: Answer) -> list[str]:
    """Every text that the page holds in a field, in the form or below *What you typed*."""
    texts = [str(area.text_content()).removeprefix("\n") for area in page(response).xpath("//main//textarea")]
    return texts + [str(field.get("value")) for field in page(response).xpath("//main//input[@type='text']")]


# Where a lifecycle verb could change something about an agent.
ABOUT_AGENTS = [model._meta.db_table for model in (Pin, Release, Deployment, SignOff, Hold, Draft)]
PICTURE = " UNION ALL ".join(
    [
        "SELECT 'archived', archived_at::text FROM agents_agent WHERE id = %(agent)s",
        *(f"SELECT '{table}', to_json(t)::text FROM {table} t WHERE agent_id = %(agent)s" for table in ABOUT_AGENTS),  # noqa: S608 - our own names
    ]
)


def picture(agent: Agent) -> dict[str, list[str]]:
    """Everything that a lifecycle verb could change about an agent: the rows whole, by table, in one statement."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(PICTURE, {"agent": agent.pk})
        for table, told in sorted(cursor.fetchall(), key=str):
            found.setdefault(table, []).append(told)
    return found


@contextmanager
def nothing_changes(agent: Agent, *, events: int) -> Iterator[None]:
    """The agent stays as it is, and exactly so many events are added in all organizations together."""
    before, count = picture(agent), Event.objects.count()
    yield
    assert picture(agent) == before
    assert Event.objects.count() == count + events


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back, so that one story serves several endings.

    A bare savepoint: the verbs' durable transactions begin in it as they do in the test itself.
    """
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def assert_refused(response: Answer, status: int, verb: str, code: str, said: str = "") -> None:
    """The answer has this status and these words, and the newest event is the refused attempt."""
    assert getattr(response, "status_code", None) == status, words(page(response))
    assert newest_refusal() == refused(verb, code)
    assert said in newest_row()["reason"]
    assert said in words(page(response))


def assert_closed_to(stranger: Person, agent: Agent, address: str, form: dict[str, str]) -> None:
    """A stranger gets 404, as for an address that never was, and no organization's log notes it (T15)."""
    client, never = stranger.client(), address.replace(AGENT, UNKNOWN)
    with nothing_changes(agent, events=0):
        for mine, theirs in [
            (client.get(address), client.get(never)),
            (client.post(address, form), client.post(never)),
        ]:
            assert mine.status_code == theirs.status_code == 404
            assert (
                words(by_id(mine, "refusal")).split("request")[0] == words(by_id(theirs, "refusal")).split("request")[0]
            )


def assert_without_right(
    person: Person, agent: Agent, address: str, form: dict[str, str], verb: str, *said: str
) -> None:
    """403 that names the permission, the role and the people, keeps the text, and is on record with the person."""
    with nothing_changes(agent, events=1):
        response = person.client().post(address, form)
    assert response.status_code == 403
    text = words(by_id(response, "refusal"))
    assert [words_ for words_ in said if words_ not in text] == []
    found = newest_row()
    assert (found["verb"], found["outcome"], found["refusal"]) == refused(verb, "permission_denied")
    assert (found["actor"], found["agent"]) == (person.name, agent.pk)
    assert {form[name] for name in ("note", "reason") if name in form} <= set(typed(response))


def assert_bad_texts(client: Client, agent: Agent, address: str, form: dict[str, str], field: str) -> None:
    """NUL, a text that is too long and a field that there is not get 422, texts kept, before any verb is asked."""
    for text in ("nul \x00 inside", TOO_LONG):
        with nothing_changes(agent, events=0):
            response = client.post(address, form | {field: text})
        assert response.status_code == 422
        assert any(text[:3] in kept for kept in typed(response))
        assert page(response).xpath("//title")[0].text.startswith("Error: ")
    assert TOO_LONG in typed(response)
    with nothing_changes(agent, events=0):
        response = client.post(address, form | {field: "Mine", "is_superuser": "on"})
    assert (response.status_code, "Mine" in typed(response)) == (422, True)
    assert "is_superuser" in words(page(response))


def assert_other_methods(client: Client, agent: Agent, address: str) -> None:
    """Only GET and POST are answered."""
    with nothing_changes(agent, events=0):
        assert {client.put(address).status_code, client.delete(address).status_code} == {405}


def move_row(verb: str, agent: Agent, person: Person, *, reason: str = "") -> dict[str, Any]:
    """The event that the agent's newest move must have left, spelled from the move and its versions."""
    move = Deployment.objects.filter(agent=agent).with_facts().newest_first()[0]
    former = move.from_version
    data = {
        "deployment": str(move.pk),
        "version": move.version.number,
        "from_version": former.number if former else None,
        "ticket": move.ticket,
        "self_approval": move.is_self_approval,
    }
    before = former.digest if former else ""
    made = row(verb, agent, person, before=before, after=move.version.digest, reason=reason, data=data)
    return made | {"environment": move.environment.slug}


def decision_row(verb: str, agent: Agent, person: Person, reason: str, **data: Any) -> dict[str, Any]:
    """The event that the agent's newest decision must have left."""
    signed = SignOff.objects.filter(agent=agent).select_related("version", "environment").newest_first()[0]
    data = {"version": signed.version.number, "sign_off": str(signed.pk)} | data
    made = row(verb, agent, person, after=signed.version.digest, reason=reason, data=data)
    return made | {"environment": signed.environment.slug}
