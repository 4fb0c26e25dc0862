"""Configurations in the database: storing parts and manifests once, and reading them back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import zstandard
from django.db.models import QuerySet

from agents.models import Manifest, Part
from agents.parts import SplitDocument, digest, join, manifest_digest
from console.organizations.compiled import compiled
from console.organizations.models import Organization

_LEVEL = 3


@dataclass(frozen=True)
class Contents:
    """A stored configuration: its manifest and, outside of every digest, its layout."""

    manifest: Manifest
    layout: Part | None

    @property
    def digest(self) -> str:
        """The configuration's digest."""
        return self.manifest.digest


def store(organization: Organization, split: SplitDocument) -> Contents:
    """Keep a configuration; parts and manifests that the organization has already are not written again."""
    bodies = {digest(body): body for body in split.parts.values()}
    if split.layout is not None:
        bodies[digest(split.layout)] = split.layout
    _store_parts(organization, bodies)
    entries = split.manifest
    size = sum(len(body) for body in split.parts.values())
    Manifest.objects.bulk_create(
        [Manifest(organization=organization, digest=manifest_digest(entries), entries=entries, size=size)],
        ignore_conflicts=True,
    )
    manifest = _manifest.get(organization.pk, manifest_digest(entries))
    layout = None
    if split.layout is not None:
        layout = Part.objects.defer("body").get(organization=organization, digest=digest(split.layout))
    return Contents(manifest, layout)


def load(manifest: Manifest, layout: Part | None = None) -> dict[str, Any]:
    """The whole configuration, with its layout put back when given."""
    bodies = part_bodies(manifest.organization_id, list(manifest.entries.values()))
    parts = {path: bodies[part] for path, part in manifest.entries.items()}
    return join(parts, _unpack(layout) if layout else None)


def part_bodies(organization_id: Any, digests: list[str]) -> dict[str, bytes]:
    """The canonical bodies of these parts, by digest, in one query."""
    return {part.digest: _unpack(part) for part in _parts(organization_id, list(set(digests)))}


class PartLoader:
    """Parsed part values by digest, for a comparison: reads all it may need in one query, parses on demand."""

    def __init__(self, organization: Organization, *manifests: Mapping[str, str]) -> None:
        shared = set.intersection(*(set(manifest.items()) for manifest in manifests)) if manifests else set()
        differing = [part for manifest in manifests for path, part in manifest.items() if (path, part) not in shared]
        self._bodies = part_bodies(organization.pk, differing)

    def __call__(self, part: str) -> Any:
        return orjson.loads(self._bodies[part])


def stored_parts(organization: Organization, bodies: Mapping[str, bytes]) -> list[Part]:
    """The rows of these bodies (by digest), packed.

    In one order everywhere: two savers of the same parts must not wait for each other.
    """
    packer = zstandard.ZstdCompressor(level=_LEVEL)
    return [
        Part(organization=organization, digest=part, body=packer.compress(body), size=len(body))
        for part, body in sorted(bodies.items())
    ]


def _store_parts(organization: Organization, bodies: dict[str, bytes]) -> None:
    known = set(_known_parts(organization.pk, list(bodies)))
    new = {part: body for part, body in bodies.items() if part not in known}
    Part.objects.bulk_create(stored_parts(organization, new), ignore_conflicts=True)


@compiled
def _manifest(organization: UUID, digest: str) -> QuerySet[Manifest]:
    return Manifest.objects.filter(organization=organization, digest=digest)


@compiled
def _parts(organization: UUID, digests: list[str]) -> QuerySet[Part]:
    return Part.objects.filter(organization=organization, digest__any=digests)


@compiled
def _known_parts(organization: UUID, digests: list[str]) -> QuerySet[Part, str]:
    return Part.objects.filter(organization=organization, digest__any=digests).values_list("digest", flat=True)


def _unpack(part: Part) -> bytes:
    return zstandard.ZstdDecompressor().decompress(bytes(part.body), max_output_size=part.size)
