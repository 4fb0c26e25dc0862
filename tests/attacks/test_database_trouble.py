"""The database is slow, locked or away: 503 with a time to come back, never a traceback (G31)."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import close_old_connections, connection, transaction
from django.test import Client

from agents.models import Agent
from console.organizations.models import Organization
from console.settings import database
from tests.builders import a_ready_version
from tests.cast import Person
from tests.pages import heading

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def setting(name: str, value: str) -> Iterator[None]:
    """A limit of this session, as a busy database would reach it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
    try:
        yield
    finally:
        connection.close()


def _browser(person: Person) -> Client:
    client = person.client()
    client.raise_request_exception = False
    return client


def test_push__somebody_holds_the_lock__503_and_nothing_changed(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_ready_version(organization, author=dana, tester=quinn)
    client, digest = _browser(mara), agent.versions.get().digest
    has, ends = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Agent.objects.select_for_update().get(pk=agent.pk)
            has.set()
            ends.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert has.wait(10)
    with setting("lock_timeout", "200ms"):
        data = {"number": 1, "expected_digest": digest, "expected_live": 0}
        response = client.post(f"/o/{organization.slug}/agents/{agent.slug}/push", data)
    ends.set()
    holder.join()

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert heading(response) == "Not available at the moment"
    assert list(agent.pins.values_list("environment__slug", flat=True)) == ["staging"]


def test_page__a_statement_takes_too_long__503(organization: Organization, dana: Person, quinn: Person) -> None:
    agent = a_ready_version(organization, author=dana, tester=quinn)
    client = _browser(dana)

    with setting("statement_timeout", "1ms"):
        statuses = {client.get(f"/o/{organization.slug}/agents/{agent.slug}/").status_code for _ in range(3)}

    assert statuses == {503}


def test_page__the_database_ends_the_session__503_then_well_again(organization: Organization, dana: Person) -> None:
    client = _browser(dana)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]

    def end_it() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
        connection.close()

    killer = threading.Thread(target=end_it)
    killer.start()
    killer.join()

    address = f"/o/{organization.slug}/agents/"
    answers = [client.get(address).status_code]
    close_old_connections()  # what the end of a real request does; the test client keeps the connection
    answers.append(client.get(address).status_code)

    assert answers == [503, 200]


def test_connection__the_database_takes_it_and_says_nothing__is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        options = database(f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/slipway")["OPTIONS"]
        assert isinstance(options, dict)
        assert options["connect_timeout"] <= 5
        with pytest.raises(psycopg.errors.ConnectionTimeout):
            psycopg.connect(host="127.0.0.1", port=silent.getsockname()[1], **options | {"connect_timeout": 2})
