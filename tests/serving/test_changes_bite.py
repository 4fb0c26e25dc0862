"""What was served from memory a moment ago is not served any more, in every process, whatever has changed."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, connections
from django.utils import timezone
from psycopg import sql

from agents.grants import grant_role, take_role
from agents.models import Agent
from console.departures import remove_member
from console.organizations.actions import change_roles, revoke_key
from console.organizations.models import ApiKey, Organization
from console.rules import change_settings
from environments.actions import rollback
from environments.serving.listener import SESSION
from tests.api.calling import program
from tests.builders import a_live_version, pushed
from tests.cast import Person, join, new_account
from tests.services import running_services
from tests.serving.asking import Got, ask

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

TRIES = 5000  # calls of a millisecond or more; one or two are enough


def until(asked: Callable[[], Got], is_so: Callable[[Got], bool], what: str) -> Got:
    """The first answer for which it is so; the tries are bounded, not the time."""
    answer = asked()
    for _ in range(TRIES):
        if is_so(answer):
            return answer
        answer = asked()
    raise AssertionError(f"{what} did not bite: {answer}")


class Everywhere:
    """The same call to every process."""

    def __init__(self, addresses: list[str], path: str, secret: str) -> None:
        self.addresses, self.path, self.secret = addresses, path, secret

    def serve(self, version: int, what: str) -> None:
        """Every process comes to serve this version, and then serves the same from memory."""
        for address in self.addresses:
            found = until(self._call(address), lambda got: got.status == 200 and got.json["version"] == version, what)
            again = until(self._call(address), lambda got: got.is_hot, f"{what} (from memory)")
            assert again.body == found.body

    def refuse(self, status: int, what: str) -> None:
        """Every process comes to refuse, and stays with it."""
        for address in self.addresses:
            self.refuse_at(address, status, what)

    def refuse_at(self, address: str, status: int, what: str) -> None:
        """One process comes to refuse, and stays with it."""
        until(self._call(address), lambda got: got.status == status, what)
        assert self._call(address)().status == status

    def _call(self, address: str) -> Callable[[], Got]:
        return lambda: ask(address, self.path, self.secret)


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    """Version 1 is live."""
    return a_live_version(organization, author=dana, tester=quinn, admin=mara)


def test_pins__moved__bite_in_every_process_also_when_it_lost_its_connection_or_the_database_restarted(
    organization: Organization,
    agent: Agent,
    dana: Person,
    quinn: Person,
    mara: Person,
    two_web_server_processes: list[str],
) -> None:
    secret = program(mara, organization, "org_admin").secret
    live = Everywhere(two_web_server_processes, f"/agents/{agent.slug}/config", secret)
    staging = Everywhere(two_web_server_processes, f"/agents/{agent.slug}/config?environment=staging", secret)
    live.serve(1, "the first version")
    staging.serve(1, "the first version")

    pushed(agent, dana, quinn, mara, "Second")
    staging.serve(2, "the promotion")
    live.serve(2, "the push")
    staging.serve(2, "nothing happened there")

    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = %s AND datname = current_database()""",
            [SESSION],
        )
        assert len(cursor.fetchall()) == 2
    pushed(agent, dana, quinn, mara, "Third")
    live.serve(3, "the push while nobody listened")

    with _postgresql_away():
        for address in two_web_server_processes:
            live.refuse_at(address, 503, "the loss of the database")
            away = ask(address, live.path, secret)
            assert (away.json["code"], away.headers["retry-after"]) == ("unavailable", "5")
    live.serve(3, "the restart")
    rollback(agent, actor=mara.actor(), environment="production", number=2, reason="Wrong")
    live.serve(2, "the rollback after the restart")


def test_rights__taken_away__bite_in_every_process(
    organization: Organization,
    agent: Agent,
    quinn: Person,
    mara: Person,
    two_web_server_processes: list[str],
) -> None:
    path = f"/agents/{agent.slug}/config"
    tester = program(quinn, organization, "qa")
    lee = new_account("lee.park@example.com", "Lee Park")
    membership = join(organization, mara, lee, "developer", "qa")
    developer = program(lee, organization, "developer")
    tests, develops = (Everywhere(two_web_server_processes, path, one.secret) for one in (tester, developer))
    tests.refuse(403, "QA does not open Production")
    develops.serve(1, "Developers read every version")

    change_settings(organization, actor=mara.actor(), changes={"qa_reads_production": True})
    tests.serve(1, "the rule that opens Production")
    change_settings(organization, actor=mara.actor(), changes={"qa_reads_production": False})
    tests.refuse(403, "the rule that closes Production")

    change_roles(membership, actor=mara.actor(), roles=["qa"])
    develops.refuse(403, "the role that was taken")
    grant_role(agent, actor=mara.actor(), user=lee.user, role="developer")
    develops.serve(1, "the role on one agent")
    take_role(agent, actor=mara.actor(), user=lee.user, role="developer")
    develops.refuse(403, "the end of the role on one agent")
    change_roles(membership, actor=mara.actor(), roles=["developer"])
    develops.serve(1, "the role that was given back")
    remove_member(membership, actor=mara.actor())
    develops.refuse(401, "the removal of the member")


def test_keys__taken_away__bite_in_every_process(
    organization: Organization, agent: Agent, dana: Person, mara: Person, two_web_server_processes: list[str]
) -> None:
    def key(name: str, person: Person = mara) -> tuple[ApiKey, Everywhere]:
        made = program(person, organization, "developer", name=name)
        path = f"/agents/{agent.slug}/config?version=1"
        everywhere = Everywhere(two_web_server_processes, path, made.secret)
        everywhere.serve(1, name)
        return made.key, everywhere

    revoked, ends = key("revoked")
    revoke_key(revoked, actor=mara.actor())
    ends.refuse(401, "the revocation")

    shortened, ends = key("shortened")
    ApiKey.objects.filter(pk=shortened.pk).update(expires_at=timezone.now() + timedelta(seconds=1))
    ends.serve(1, "the second that is left")
    ends.refuse(401, "the end of its time, which nobody announces")

    _, ends = key("of Dana", dana)
    type(dana.user).objects.filter(pk=dana.user.pk).update(is_active=False)
    ends.refuse(401, "the end of the account")

    used, _ = key("used")
    until_noted = ApiKey.objects.filter(pk=used.pk, last_used_at__isnull=False, last_used_from="127.0.0.1")
    until(lambda: ask(two_web_server_processes[0], "/me"), lambda _: until_noted.exists(), "that the key was used")


@contextmanager
def _postgresql_away() -> Iterator[None]:
    """PostgreSQL is stopped; beside other test processes, which need it, it takes no connection to this database."""
    connections.close_all()
    cluster = running_services().cluster
    if cluster is None:
        with _closed(str(connection.settings_dict["NAME"])):
            yield
        return
    cluster.stop()
    try:
        yield
    finally:
        cluster.start(lambda: None)


@contextmanager
def _closed(database: str) -> Iterator[None]:
    name = sql.Identifier(database)
    end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as elsewhere:
        elsewhere.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        elsewhere.execute(end, [database])
        try:
            yield
        finally:
            elsewhere.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
