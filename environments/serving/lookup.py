"""A miss: key, rights, pointer and content in one prepared statement, on connections of our own.

Django prepares nothing and closes what it did not open, so each thread has a raw connection. A database that
does not answer in time is given up (G31). The statement says *who* and *what*; whether that may be read is
decided by the same policies as everywhere.
"""

import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
import zstandard
from django.db import connections

from console.organizations.policies import allowed_to_key
from environments.policies import OPENING, can_read_config
from environments.serving.answers import Served
from environments.serving.memory import Facts

ANSWER_SECONDS = 2.0
CONNECT_SECONDS = 2
ASKED_RIGHTS = ["view_agent_releases", *OPENING.values()]

_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z")
_RIGHTS = """
    SELECT permission.codename FROM {table} held
    JOIN auth_permission permission ON permission.id = held.permission_id
    WHERE held.content_object_id = {thing} AND permission.codename = ANY(%(rights)s) AND {holder}
"""
_BY_GROUP = "held.group_id IN (SELECT group_id FROM organizations_user_groups WHERE user_id = owner.id)"
_BY_PERSON = "held.user_id = owner.id"


def _rights(room: str, thing: str) -> str:
    by_group = _RIGHTS.format(table=f"{room}groupobjectpermission", thing=thing, holder=_BY_GROUP)
    by_person = _RIGHTS.format(table=f"{room}userobjectpermission", thing=thing, holder=_BY_PERSON)
    return f"ARRAY({by_group} UNION {by_person})"


# As agents.doors.agent_called, environments.pipeline.environment_called and default_environment.
AGENTS = {
    "slug": "agent.slug = %(agent)s",
    "id": "(agent.slug = %(agent)s OR agent.id = %(agent)s::uuid)",
}
PLACES = {
    "slug": "place.slug = %(place)s",
    "id": "(place.slug = %(place)s OR place.id = %(place)s::uuid)",
    "default": "place.is_default",
}
PINNED = """
    JOIN environments_environment place ON place.organization_id = key.organization_id AND {place}
    JOIN environments_pin pin ON pin.environment_id = place.id AND pin.agent_id = agent.id
    JOIN agents_version version ON version.id = pin.version_id
"""
NUMBERED = "JOIN agents_version version ON version.agent_id = agent.id AND version.number = %(number)s"
# Where a version ran; and it was cut in Development, also where a pipeline has no such place.
RAN = """ARRAY(
    SELECT place.slug || ' ' || place.kind FROM environments_environment place
    WHERE place.organization_id = key.organization_id AND (place.kind = 'development' OR EXISTS (
        SELECT FROM environments_deployment move
        WHERE move.version_id = version.id AND move.environment_id = place.id))
    UNION SELECT ' development')"""

STATEMENT = """
SELECT key.id::text, owner.id::text, key.organization_id::text,
    extract(epoch FROM key.expires_at - clock_timestamp())::float8,
    key.role, key.kind, key.environments, tenant.developers_read_staging, tenant.developers_read_production,
    tenant.qa_reads_production, {tenant_rights}, {agent_rights},
    agent.id::text, agent.slug, agent.released_at IS NOT NULL, {slug}, {places},
    version.number, version.digest, content.paths, content.bodies, content.sizes
FROM organizations_apikey key
JOIN organizations_user owner ON owner.id = key.owner_id AND owner.is_active
JOIN organizations_organization tenant ON tenant.id = key.organization_id
JOIN agents_agent agent ON agent.organization_id = key.organization_id AND {agent}
{version}
JOIN agents_manifest manifest ON manifest.id = version.manifest_id
LEFT JOIN LATERAL (
    SELECT array_agg(entry.key) AS paths, array_agg(part.body) AS bodies, array_agg(part.size) AS sizes
    FROM jsonb_each_text(manifest.entries) entry
    JOIN agents_part part ON part.organization_id = key.organization_id AND part.digest = entry.value
    WHERE version.digest <> %(known)s
) content ON true
WHERE key.digest = %(key)s AND key.revoked_at IS NULL AND key.expires_at > now()
ORDER BY agent.id LIMIT 1
"""


class Unavailable(Exception):
    """The database is away or does not answer in time."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: of which agent; by environment, by number, or neither (the default environment)."""

    agent: str
    environment: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a key is served, and what that rests on; no parts when they are those that the caller has already."""

    facts: Facts
    served: Served
    parts: dict[str, bytes] | None


@dataclass(slots=True)
class _Rules:
    """The reading rules of an organization."""

    developers_read_staging: bool
    developers_read_production: bool
    qa_reads_production: bool


class _Connection(psycopg.Connection[Any]):
    """A connection on which no statement is waited for longer than `ANSWER_SECONDS`."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As the library's, with an end."""
        return super().wait(gen, interval, ANSWER_SECONDS if timeout is None else timeout)


class Lookup:
    """Asks the database, with one connection per thread."""

    def __init__(self) -> None:
        self._own = threading.local()

    def find(self, key_digest: bytes, question: Question, known: str = "") -> Found | None:
        """What the key is served; None for whatever is not to be served, which Django then puts into words.

        `known` is the digest of content that need not be read. Raises `Unavailable`, and `psycopg.Error` for a
        statement that the database does not understand (another release of the schema).
        """
        values = {
            "key": key_digest.hex(),
            "agent": question.agent,
            "place": question.environment,
            "number": question.number,
            "known": known,
            "rights": ASKED_RIGHTS,
        }
        row = self._row(_statement_of(question), values)
        return _found(key_digest, row, known) if row else None

    def close(self) -> None:
        """Hang up this thread's connection."""
        self._give_up()

    def _row(self, text: str, values: dict[str, Any]) -> Any:
        """One row; a connection that has died since it was last used is replaced once."""
        began = time.monotonic()
        try:
            return self._asked(text, values)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if time.monotonic() - began >= ANSWER_SECONDS:
                raise Unavailable from error
        try:
            return self._asked(text, values)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise Unavailable from error

    def _asked(self, text: str, values: dict[str, Any]) -> Any:
        try:
            return self._connection().execute(text, values, prepare=True, binary=True).fetchone()
        except psycopg.Error:
            self._give_up()
            raise

    def _connection(self) -> _Connection:
        found: _Connection | None = getattr(self._own, "connection", None)
        if found is None:
            found = self._own.connection = connect()
        return found

    def _give_up(self) -> None:
        found: _Connection | None = getattr(self._own, "connection", None)
        self._own.connection = None
        if found is not None:
            with suppress(psycopg.Error):
                found.close()


def connect(name: str = "slipway-serving") -> _Connection:
    """A connection to Django's database that prepares, plans once, and commits each statement.

    The database's list of sessions shows it under this name.
    """
    settings = connections["default"].settings_dict
    options = settings["OPTIONS"]
    return _Connection.connect(
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        dbname=settings["NAME"],
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        connect_timeout=CONNECT_SECONDS,
        options=f"{options['options']} -c plan_cache_mode=force_generic_plan",
        application_name=name,
        autocommit=True,
    )


@cache
def statement(agent: str, place: str | None) -> str:
    """The statement for one way of naming agent and environment; without a way, by version number."""
    return STATEMENT.format(
        tenant_rights=_rights("organizations_organization", "key.organization_id"),
        agent_rights=_rights("agents_agent", "agent.id"),
        agent=AGENTS[agent],
        slug="place.slug" if place else "NULL",
        places="ARRAY[place.slug || ' ' || place.kind]" if place else RAN,
        version=PINNED.format(place=PLACES[place]) if place else NUMBERED,
    )


def _statement_of(question: Question) -> str:
    place = None if question.number else _way(question.environment) if question.environment else "default"
    return statement(_way(question.agent), place)


def _way(name: str) -> str:
    """Whether a name is a slug, or could be an id as well."""
    return "id" if len(name) == 36 and _ID.match(name) else "slug"


def _found(key_digest: bytes, row: Any, known: str) -> Found | None:
    key, owner, organization, left, role, kind, limited_to, *rules = row[:10]
    held, granted, agent_id, agent, is_released, place, places, number, digest, paths, bodies, sizes = row[10:]
    allowed = allowed_to_key(role, kind, _Rules(*rules), may_push=False)
    rights = allowed.intersection(held)
    if rights:
        rights |= allowed.intersection(granted)
    if "view_development" not in rights and not (is_released and "view_agent_releases" in rights):
        return None
    where = (tuple(one.split(" ", 1)) for one in places)
    if not can_read_config(rights, where, limited_to):
        return None
    facts = Facts(key_digest, key, owner, organization, time.monotonic() + left, agent_id)
    served = Served(organization, agent, place, number, digest)
    return Found(facts, served, None if digest == known else _unpacked(paths, bodies, sizes))


def _unpacked(paths: list[str] | None, bodies: list[bytes] | None, sizes: list[int] | None) -> dict[str, bytes]:
    """The parts of a configuration; a configuration without any comes as NULL."""
    unpack = zstandard.ZstdDecompressor().decompress
    rows = zip(paths or (), bodies or (), sizes or (), strict=True)
    return {path: unpack(body, max_output_size=size) for path, body, size in rows}
