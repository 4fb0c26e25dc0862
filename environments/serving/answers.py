"""One answer for both ways: the bytes of a configuration, its headers, 304 and gzip."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import orjson

from agents.parts import joined

JSON = "application/json; charset=utf-8"
# Whoever keeps it asks again each time; shared caches keep nothing.
CACHING = "private, no-cache"
VARY = "Accept-Encoding, Authorization, Cookie, X-API-Key"
SMALLEST_GZIP = 860  # bytes; below this a packed answer needs as many packets as a plain one
LEVEL = 6

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Served:
    """What names a configuration that is served: whose, where (None: by number), which. Equal names, equal bytes."""

    organization: str
    agent: str
    environment: str | None
    number: int
    digest: str


class Answer(NamedTuple):
    """What is sent back."""

    status: int
    headers: Headers
    body: bytes


@dataclass(slots=True, eq=False)
class Ready:
    """A configuration ready to be sent. The memory takes the bytes away when it needs their place."""

    served: Served
    etag: str
    unchanged: Answer  # 304
    plain: Answer | None
    packed: Answer | None = None  # gzip, made when somebody first takes it; as plain when packing gains nothing
    size: int = 0  # bytes of memory; the gzip form is counted before it is made
    used: float = 0.0  # monotonic seconds


def ready(served: Served, parts: Mapping[str, bytes]) -> Ready:
    """Render the answer: the version's content without its layout (contract.md, shapes)."""
    head = orjson.dumps(
        {
            "agent": served.agent,
            "environment": served.environment,
            "version": served.number,
            "digest": served.digest,
        }
    )
    body = b'%b,"config":%b}' % (head[:-1], joined(parts))
    etag = f'"{served.digest}"'
    common = [
        ("ETag", etag),
        ("Cache-Control", CACHING),
        ("Vary", VARY),
        # Equal content under another number keeps its ETag, so a 304 says which version it confirms.
        ("X-Slipway-Version", str(served.number)),
    ]
    plain = Answer(200, [("Content-Type", JSON), ("Content-Length", str(len(body))), *common], body)
    return Ready(served, etag, Answer(304, common, b""), plain, size=len(body) + len(body) // 2)


def answer(found: Ready, if_none_match: str | None, accept_encoding: str | None) -> Answer | None:
    """What this caller gets of it; None when the memory has taken the bytes away meanwhile."""
    if if_none_match is not None and (if_none_match == found.etag or is_known(if_none_match, found.etag)):
        return found.unchanged
    plain = found.plain
    if plain is None or accept_encoding is None or not takes_gzip(accept_encoding):
        return plain
    return found.packed or pack(found, plain)


def pack(found: Ready, plain: Answer) -> Answer:
    """Prepare the gzip form, once; two threads that do it at the same time do the same."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    body = packer.compress(plain.body) + packer.flush() if len(plain.body) >= SMALLEST_GZIP else plain.body
    packed = plain
    if len(body) < len(plain.body):
        how = [("Content-Type", JSON), ("Content-Length", str(len(body))), ("Content-Encoding", "gzip")]
        packed = Answer(200, [*how, *found.unchanged.headers], body)
    found.packed = packed
    return packed


@lru_cache(maxsize=512)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether the header takes gzip (RFC 9110, 12.5.3); a weight of zero refuses it."""
    weights: dict[str, float] = {}
    for entry in accept_encoding.lower().split(","):
        coding, _, parameters = entry.partition(";")
        weights[coding.strip()] = _weight(parameters)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def is_known(if_none_match: str, etag: str) -> bool:
    """Whether a list of entity tags names this one; weak comparison (RFC 9110, 13.1.2)."""
    if if_none_match.strip() == "*":
        return True
    return any(one.strip().removeprefix("W/") == etag for one in if_none_match.split(","))


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
