"""Cutting a version: the step inside a publish that turns the draft into an immutable version."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q, QuerySet

from agents.models import Agent, Draft, Version, VersionContributor
from audit.clock import database_time
from console.organizations.compiled import compiled
from console.organizations.models import User
from console.organizations.prepared import rows
from console.organizations.tracking import credit

_BASES = """
WITH RECURSIVE line AS (
    SELECT id, base_id FROM agents_version WHERE id = ANY(%s)
    UNION SELECT version.id, version.base_id FROM agents_version version JOIN line ON version.id = line.base_id
)
SELECT id, base_id FROM line
"""


def cut_version(agent: Agent, draft: Draft, *, author: User, description: str, approved: Collection[UUID]) -> Version:
    """The draft as the agent's next version; numbers are gap-free because the agent is locked.

    `approved` are the versions that QA signed off: work below them counts as seen by other eyes.
    """
    latest = _latest_number.first(agent.pk) or 0
    version = Version.objects.create(
        organization=agent.organization,
        agent=agent,
        number=latest + 1,
        manifest=draft.manifest,
        layout=draft.layout,
        digest=draft.manifest.digest,
        description=description,
        author=author,
        base=draft.base,
        created_at=database_time(),
    )
    people = _contributors(agent, draft, approved) - {author.pk}
    VersionContributor.objects.bulk_create(
        VersionContributor(version=version, user_id=person) for person in sorted(people)
    )
    return version


def people_behind(version: Version) -> set[UUID]:
    """The author and every contributor: whom four-eyes keeps from approving and pushing it (G4)."""
    return {version.author_id, *_contributors_of(version.pk)}


@compiled
def _latest_number(agent: UUID) -> QuerySet[Version, int]:
    return Version.objects.filter(agent=agent).newest_first().values_list("number", flat=True)[:1]


@compiled
def _contributors_of(version: UUID) -> QuerySet[VersionContributor, UUID]:
    return VersionContributor.objects.filter(version=version).values_list("user_id", flat=True)


def _contributors(agent: Agent, draft: Draft, approved: Collection[UUID]) -> set[UUID]:
    """Everybody whose work is in the draft and was not approved by another person.

    The editors since the base; the people behind an unapproved base; and the people behind any
    version of the same content, so that re-publishing somebody's text does not launder it (T5).
    """
    people = set(draft.contributors)
    related = Q(digest=draft.manifest.digest)
    if draft.base_id and draft.base_id not in approved:
        related |= Q(pk=draft.base_id)
    for version in Version.objects.filter(related, agent=agent):
        people |= people_behind(version)
    return people


def start_from(draft: Draft, version: Version, *, author: User) -> None:
    """After a publish the draft stands on the version that was cut from it, with nobody's work in it yet."""
    draft.base, draft.based_at, draft.contributors, draft.authors = version, version.created_at, [], {}
    credit(draft, by=author, reason=f"Published as v{version.number}", at=version.created_at)
    draft.save(update_fields=["base", "based_at", "contributors", "authors"])


def ancestry(agent: Agent, version_id: UUID | None) -> set[UUID]:
    """A version and everything it descends from."""
    return line_of(version_id, dict(Version.objects.filter(agent=agent).values_list("pk", "base_id")))


def bases_below(version_ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """The base of each of these versions and of everything they descend from; one query."""
    if not version_ids:
        return {}
    return dict(rows(_BASES, [list(version_ids)]))


def line_of(version_id: UUID | None, bases: Mapping[UUID, UUID | None]) -> set[UUID]:
    """A version and everything it descends from, by the base of each."""
    found: set[UUID] = set()
    while version_id is not None and version_id not in found:
        found.add(version_id)
        version_id = bases.get(version_id)
    return found
