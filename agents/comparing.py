"""Compares stored configurations; what was dear to compute is kept for a while, by its digests.

Content never changes under a digest, so what is kept cannot become wrong; a new FORMAT leaves the old behind.
"""

import pickle
from collections.abc import Callable
from dataclasses import astuple, replace
from hashlib import sha256
from typing import TypeVar

import zstandard
from django.core.cache import caches
from django.utils.translation import get_language

from agents.compare import Options, Side, compare
from agents.comparison import Comparison
from agents.contents import PartLoader
from agents.models import Agent

FORMAT = 2  # of what is kept: raise it when a comparison or its page changes its shape
KEPT_FROM = 50_000  # bytes of both sides together; below, comparing anew is cheaper than keeping
KEPT_BYTES = 2_000_000  # packed; what is larger is not kept
_LEVEL = 3

T = TypeVar("T")


def stored_comparison(agent: Agent, left: Side, right: Side, options: Options | None = None) -> Comparison:
    """The right side against the left one, both of this agent.

    Parts with equal digests are not read; large comparisons are kept by digest pair and options.
    """
    options = options or Options()

    def made() -> Comparison:
        left_parts, right_parts = (dict(side.manifest) | _layout(side) for side in (left, right))
        return compare(left, right, PartLoader(agent.organization, left_parts, right_parts), options)

    key = kept_key("comparison", agent.organization_id, *digests(left, right), *astuple(options))
    found = remembered(key, made) if is_kept(left, right) else made()
    return replace(found, left=left.label, right=right.label, left_ref=left.ref, right_ref=right.ref)


def digests(*sides: Side) -> list[str]:
    """What says everything about the content of these sides."""
    return [f"{side.digest}.{side.layout}" for side in sides]


def is_kept(left: Side, right: Side) -> bool:
    """Whether comparing these sides is worth keeping."""
    known = all(side.digest or not side.manifest for side in (left, right))
    return known and left.digest != right.digest and left.size + right.size >= KEPT_FROM


def kept_key(*facts: object) -> str:
    """A key for what follows from these facts alone, in the reader's language."""
    said = "\0".join(str(fact) for fact in (FORMAT, get_language(), *facts))
    return sha256(said.encode()).hexdigest()


def remembered(key: str, make: Callable[[], T]) -> T:
    """What was made under this key before, or what `make` makes now."""
    cache = caches["comparisons"]
    packed = cache.get(key)
    if packed is not None:
        found: T = pickle.loads(zstandard.decompress(packed))  # noqa: S301 - from a table that only we write
        return found
    made = make()
    packed = zstandard.compress(pickle.dumps(made), _LEVEL)
    if len(packed) <= KEPT_BYTES:
        cache.set(key, packed)
    return made


def _layout(side: Side) -> dict[str, str]:
    """The layout beside the parts, under a name that no part has."""
    return {"": side.layout} if side.layout else {}
