"""The WSGI function in front of Django: answers what it knows, and lets everything else pass (performance.md P1-P3)."""

import logging
import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from http import HTTPStatus
from time import monotonic
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import DisallowedHost, PermissionDenied
from django.core.handlers.wsgi import WSGIRequest

from console.organizations.doors import address_of
from console.organizations.ids import request_id_of
from console.organizations.keys import looks_like_key
from environments.serving.answers import Answer, Headers, Ready, answer, ready
from environments.serving.listener import Listener
from environments.serving.lookup import Found, Lookup, Question, Unavailable
from environments.serving.memory import Asked, Memory

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Way = tuple[str | None, str, str | None]  # the host's name, and how the request came: directly and by a proxy

NOTED_EVERY = 60.0  # seconds; how exact "last used" is
MOST_HOSTS = 1000

_PATH = re.compile(r"/api/v1/agents/([a-z0-9-]{1,63})/config\Z")
_QUERY = re.compile(r"(?:environment=([a-z0-9-]{1,63})|version=([1-9][0-9]{0,8}))?\Z")
_STATUS = {status: f"{status} {HTTPStatus(status).phrase}" for status in (200, 304)}

logger = logging.getLogger(__name__)


class Door:
    """Serves configurations to keys from memory; a change of pin or right bites as soon as the listener hears it.

    Only success is answered here, and 503 through `unavailable`; Django puts every refusal into words. What is
    answered here costs the database nothing and does not count against a key's calls per minute (docs/adr/011).
    """

    def __init__(self, django: Application, unavailable: Application) -> None:
        self._django = django
        self._unavailable = unavailable
        self._memory = Memory(settings.SERVING_MEMORY)
        self._listener = Listener(self._memory)
        self._lookup = Lookup()
        self._noted: dict[str, float] = {}
        self._hosts: dict[Way, bool] = {}
        self._safe: Headers = [("X-Content-Type-Options", "nosniff")]
        if settings.SECURE_HSTS_SECONDS:
            self._safe.append(("Strict-Transport-Security", _hsts()))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The WSGI interface."""
        if environ["REQUEST_METHOD"] != "GET" or not environ["PATH_INFO"].endswith("/config"):
            return self._django(environ, start_response)
        try:
            found = self._answer(environ)
        except Unavailable:
            return self._unavailable(environ, start_response)
        except psycopg.Error:
            logger.exception("A configuration could not be looked up.")
            found = None
        if found is None:
            return self._django(environ, start_response)
        status, headers, body = found
        identity = ("X-Request-ID", request_id_of(environ.get("HTTP_X_REQUEST_ID")))
        start_response(_STATUS[status], [*headers, *self._safe, identity])
        return [body]

    def close(self) -> None:
        """Stop listening and hang up what this thread has opened."""
        self._listener.stop()
        self._lookup.close()

    def _answer(self, environ: Environ) -> Answer | None:
        """What the key is served, from memory or the database; None for whatever Django has to put into words.

        Flat on purpose: every call from here to the memory's answer is a share of a serving process' throughput.
        """
        asks = environ.get
        secret = asks("HTTP_X_API_KEY") if "HTTP_AUTHORIZATION" not in environ else _bearer(environ)
        way = asks("HTTP_HOST"), environ["wsgi.url_scheme"], asks("HTTP_X_FORWARDED_PROTO")
        if secret is None or not (self._hosts.get(way) or self._lets_in(way, environ)):
            return None
        digest, now = sha256(secret.encode("utf-8", "replace")).digest(), monotonic()
        asked = environ["PATH_INFO"], asks("QUERY_STRING", "")
        wanted = asks("HTTP_IF_NONE_MATCH"), asks("HTTP_ACCEPT_ENCODING")
        if now < self._listener.sure_until:
            known = self._memory.keys.get(digest)
            if known is not None and now < known.good_until and (pointer := known.pointers.get(asked)) is not None:
                found = pointer.ready
                if found is not None and (sent := answer(found, *wanted)) is not None:
                    found.used = now
                    self._note_use(known.id, environ, now)
                    return sent
        question = _question(asked)
        if question is None or not looks_like_key(secret):
            return None
        found = self._looked_up(digest, asked, question, environ)
        return answer(found, *wanted) if found is not None else None

    def _looked_up(self, digest: bytes, asked: Asked, question: Question, environ: Environ) -> Ready | None:
        self._listener.start()
        changes, now = self._memory.changes, monotonic()
        is_sure = now < self._listener.sure_until
        known = self._memory.keys.get(digest)
        former = known.pointers.get(asked) if known is not None else None
        if known is not None and (not is_sure or now >= known.good_until):
            known = None  # ask the database for the key as well
        found = self._lookup.find(digest, question, known, former.known if former is not None else "")
        sent = self._rendered(found, now) if found is not None else None
        if found is not None and sent is None:  # it was the former content, and the memory has lost it
            found = self._lookup.find(digest, question, known)
            sent = self._rendered(found, now) if found is not None else None
        if found is None or sent is None:
            return None
        if is_sure:
            self._memory.keep(digest, found.key, found.agent_id, asked, sent, changes)
        self._note_use(found.key.id, environ, now)
        return sent

    def _rendered(self, found: Found, now: float) -> Ready | None:
        kept = self._memory.kept(found.served)
        if kept is not None and kept.plain:
            kept.used = now
            return kept
        if found.parts is None:
            return None
        made = ready(found.served, found.parts)
        made.used = now
        self._memory.keep_bytes(made)
        return made

    def _note_use(self, key: str, environ: Environ, now: float) -> None:
        if now < self._noted.get(key, 0.0):
            return
        self._noted[key] = now + NOTED_EVERY
        try:
            address = address_of(WSGIRequest(environ))
        except PermissionDenied:
            address = ""
        self._listener.note_use(key, address[:64])

    def _lets_in(self, way: Way, environ: Environ) -> bool:
        """Whether Django's own checks would let the request pass: the host's name, and https where it is asked for."""
        request = WSGIRequest(environ)
        try:
            request.get_host()
            is_let_in = request.is_secure() or not settings.SECURE_SSL_REDIRECT
        except DisallowedHost:
            is_let_in = False
        if len(self._hosts) < MOST_HOSTS:
            self._hosts[way] = is_let_in
        return is_let_in


def _bearer(environ: Environ) -> str | None:
    """The key that is sent as a bearer's; None when there are two keys, or it is sent in another way."""
    bearer: str = environ["HTTP_AUTHORIZATION"]
    if "HTTP_X_API_KEY" in environ or not bearer.startswith("Bearer "):
        return None
    return bearer[7:].strip()


def _question(asked: Asked) -> Question | None:
    """What the address asks for, when it is written the plain way."""
    path, query = _PATH.match(asked[0]), _QUERY.match(asked[1])
    if path is None or query is None:
        return None
    environment, number = query.groups()
    return Question(path[1], environment, int(number) if number else None)


def _hsts() -> str:
    """As Django's SecurityMiddleware writes it."""
    words = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
    words += ["includeSubDomains"] if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else []
    words += ["preload"] if settings.SECURE_HSTS_PRELOAD else []
    return "; ".join(words)
