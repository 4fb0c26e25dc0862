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

import orjson
import psycopg
import zstandard
from django.db import connections
from psycopg.waiting import wait

from console.organizations.policies import allowed_to_key
from environments.policies import OPENING, can_read_config
from environments.serving.answers import Served
from environments.serving.memory import Known

ANSWER_SECONDS = 2.0
CONNECT_SECONDS = 2
ASKED_RIGHTS = ["view_agent_releases", *OPENING.values()]

_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z")
_UNPACKERS = threading.local()
PERMISSIONS = "SELECT id, codename::text FROM auth_permission WHERE codename = ANY(%s)"


# What roles and grants give, by permission id. Whatever guardian could hold besides (a person's own permission on
# an organization, a group's on an agent) nobody gives; who had one would be served by Django.
BY_ROLE = """ARRAY(
    SELECT held.permission_id FROM organizations_user_groups mine
    JOIN organizations_organizationgroupobjectpermission held ON held.group_id = mine.group_id
    WHERE mine.user_id = owner.id AND held.content_object_id = key.organization_id
        AND held.permission_id IN ({asked}))"""
BY_GRANT = """ARRAY(
    SELECT held.permission_id FROM agents_agentuserobjectpermission held
    WHERE held.user_id = {owner} AND held.content_object_id = agent.id AND held.permission_id IN ({asked}))"""

# A key that is not in memory is read in the same statement; of one that is, owner and organization are known.
KEY = """json_build_array(
    key.id, owner.id, key.organization_id, extract(epoch FROM key.expires_at - clock_timestamp()),
    key.role, key.kind, key.environments, ARRAY[tenant.developers_read_staging,
    tenant.developers_read_production, tenant.qa_reads_production], {by_role})::text"""
FROM_KEY = """
FROM organizations_apikey key
JOIN organizations_user owner ON owner.id = key.owner_id AND owner.is_active
JOIN organizations_organization tenant ON tenant.id = key.organization_id
JOIN agents_agent agent ON agent.organization_id = {tenant} AND {agent}"""
FROM_AGENT = """
FROM (SELECT * FROM agents_agent agent WHERE agent.organization_id = {tenant} AND {agent}) agent"""
USABLE = "WHERE key.digest = %(key)s AND key.revoked_at IS NULL AND key.expires_at > now()"

# As agents.doors.agent_called, environments.pipeline.environment_called and default_environment.
AGENTS = {
    "slug": "agent.slug = %(agent)s",
    # One agent may bear another's id as its slug: the first by id, as Django takes it.
    "id": """agent.id = (
        SELECT id FROM agents_agent
        WHERE organization_id = {tenant} AND (slug = %(agent)s OR id = %(agent)s::uuid) ORDER BY id LIMIT 1)""",
}
PLACES = {
    "slug": "place.slug = %(place)s",
    "id": "(place.slug = %(place)s OR place.id = %(place)s::uuid)",
    "default": "place.is_default",
}
PINNED = """
JOIN environments_environment place ON place.organization_id = {tenant} AND {place}
JOIN environments_pin pin ON pin.environment_id = place.id AND pin.agent_id = agent.id
JOIN agents_version version ON version.id = pin.version_id"""
NUMBERED = """
JOIN agents_version version ON version.agent_id = agent.id AND version.number = %(number)s"""
# Where a version ran; and it was cut in Development, also where a pipeline has no such place.
RAN = """ARRAY(
    SELECT place.slug || ' ' || place.kind FROM environments_environment place
    WHERE place.organization_id = {tenant} AND (place.kind = 'development' OR EXISTS (
        SELECT FROM environments_deployment move
        WHERE move.version_id = version.id AND move.environment_id = place.id))
    UNION SELECT ' development')"""

# A column of JSON is read faster than ten of their own.
STATEMENT = """
SELECT {key}, json_build_array(
    {by_grant}, agent.id, agent.slug, agent.released_at IS NOT NULL, {slug}, {places}, version.number, version.digest
    )::text, content.paths, content.bodies, content.sizes
{start}{version}
JOIN agents_manifest manifest ON manifest.id = version.manifest_id
LEFT JOIN LATERAL (
    SELECT array_agg(entry.key) AS paths, array_agg(part.body) AS bodies, array_agg(part.size) AS sizes
    FROM jsonb_each_text(manifest.entries) entry
    JOIN agents_part part ON part.organization_id = {tenant} AND part.digest = entry.value
    WHERE version.digest <> %(known)s
) content ON true
{usable}
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

    key: Known
    agent_id: str
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
        """As the library's, with an end, and without its care for Ctrl-C, which reaches no thread of a web server."""
        return wait(gen, self.pgconn.socket, interval=interval, timeout=ANSWER_SECONDS if timeout is None else timeout)


class Lookup:
    """Asks the database, with one connection per thread."""

    def __init__(self) -> None:
        self._own = threading.local()
        self._permissions: dict[int, str] = {}  # id -> codename; they never change
        self._statements: dict[tuple[str, str | None, bool], str] = {}

    def find(self, key_digest: bytes, question: Question, key: Known | None = None, known: str = "") -> Found | None:
        """What the key is served; None for whatever is not to be served, which Django then puts into words.

        `key` is what is in memory of the key, `known` the digest of content that need not be read. Raises
        `Unavailable`, and `psycopg.Error` for a statement that the database does not understand (another schema).
        """
        values = {
            "key": key_digest.hex(),
            "tenant": key.organization if key else None,
            "owner": key.owner if key else None,
            "agent": question.agent,
            "place": question.environment,
            "number": question.number,
            "known": known,
        }
        row = self._row(question, key is not None, values)
        if row is None:
            return None
        if key is None:
            key = _key(row[0], self._permissions)
        return _found(key, row[1:], known, self._permissions)

    def close(self) -> None:
        """Hang up this thread's connection."""
        self._give_up()

    def _row(self, question: Question, has_key: bool, values: dict[str, Any]) -> Any:
        """One row; a connection that has died since it was last used is replaced once."""
        began = time.monotonic()
        try:
            return self._asked(question, has_key, values)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if time.monotonic() - began >= ANSWER_SECONDS:
                raise Unavailable from error
        try:
            return self._asked(question, has_key, values)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise Unavailable from error

    def _asked(self, question: Question, has_key: bool, values: dict[str, Any]) -> Any:
        try:
            cursor = self._cursor()
            if not self._permissions:
                self._permissions = dict(cursor.execute(PERMISSIONS, [ASKED_RIGHTS]).fetchall())
            way = *_ways(question), has_key
            text = self._statements.get(way)
            if text is None:
                text = self._statements[way] = statement(*way, permissions=tuple(self._permissions))
            return cursor.execute(text, values, prepare=True, binary=True).fetchone()
        except psycopg.Error:
            self._give_up()
            raise

    def _cursor(self) -> psycopg.Cursor[Any]:
        found: psycopg.Cursor[Any] | None = getattr(self._own, "cursor", None)
        if found is None:
            found = self._own.cursor = connect().cursor()
        return found

    def _give_up(self) -> None:
        found: psycopg.Cursor[Any] | None = getattr(self._own, "cursor", None)
        self._own.cursor = None
        if found is not None:
            with suppress(psycopg.Error):
                found.connection.close()


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


def statement(agent: str, place: str | None, has_key: bool, permissions: tuple[int, ...]) -> str:
    """The statement for one way of naming agent and environment (none: by number), with or without reading the key."""
    tenant = "%(tenant)s::uuid" if has_key else "key.organization_id"
    owner = "%(owner)s::uuid" if has_key else "owner.id"
    asked = ", ".join(map(str, permissions))
    start = FROM_AGENT if has_key else FROM_KEY
    return STATEMENT.format(
        key="NULL" if has_key else KEY.format(by_role=BY_ROLE.format(asked=asked)),
        by_grant=BY_GRANT.format(owner=owner, asked=asked),
        slug="place.slug" if place else "NULL::text",
        places="ARRAY[place.slug || ' ' || place.kind]" if place else RAN.format(tenant=tenant),
        start=start.format(tenant=tenant, agent=AGENTS[agent].format(tenant=tenant)),
        version=PINNED.format(tenant=tenant, place=PLACES[place]) if place else NUMBERED,
        tenant=tenant,
        usable="" if has_key else USABLE,
    )


def _ways(question: Question) -> tuple[str, str | None]:
    """How agent and environment are named; no way for a version by number."""
    place = None if question.number else _way(question.environment) if question.environment else "default"
    return _way(question.agent), place


def _way(name: str) -> str:
    """Whether a name is a slug, or could be an id as well."""
    return "id" if len(name) == 36 and _ID.match(name) else "slug"


def _key(told: str, permissions: dict[int, str]) -> Known:
    key, owner, organization, left, role, kind, limited_to, rules, held = orjson.loads(told)
    allowed = _allowed(role, kind, *rules)
    rights = allowed.intersection([permissions[one] for one in held])
    return Known(key, owner, organization, time.monotonic() + left, allowed, rights, limited_to)


def _found(key: Known, row: Any, known: str, permissions: dict[int, str]) -> Found | None:
    told, paths, bodies, sizes = row
    granted, agent_id, agent, is_released, place, places, number, digest = orjson.loads(told)
    rights = key.rights
    if rights and granted:
        rights |= key.allowed.intersection([permissions[one] for one in granted])
    if "view_development" not in rights and not (is_released and "view_agent_releases" in rights):
        return None
    if not can_read_config(rights, [one.split(" ", 1) for one in places], key.limited_to):
        return None
    served = Served(key.organization, agent, place, number, digest)
    return Found(key, agent_id, served, None if digest == known else _unpacked(paths, bodies, sizes))


@cache
def _allowed(role: str, kind: str, *rules: bool) -> frozenset[str]:
    """What a key of this role and kind may do at most under these rules; pushing is never asked here."""
    return allowed_to_key(role, kind, _Rules(*rules), may_push=False)


def _unpacked(paths: list[str] | None, bodies: list[bytes] | None, sizes: list[int] | None) -> dict[str, bytes]:
    """The parts of a configuration; a configuration without any comes as NULL."""
    if not paths or not bodies or not sizes:
        return {}
    unpack = _own_unpacker().decompress
    return {path: unpack(body, size) for path, body, size in zip(paths, bodies, sizes, strict=True)}


def _own_unpacker() -> zstandard.ZstdDecompressor:
    """One per thread: making one costs more than most parts do, and threads may not share it."""
    found: zstandard.ZstdDecompressor | None = getattr(_UNPACKERS, "own", None)
    if found is None:
        found = _UNPACKERS.own = zstandard.ZstdDecompressor()
    return found
