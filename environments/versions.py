"""An agent's versions as pages show them: who made each, how far it is approved, where it runs."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from agents.models import Agent, Version
from console.organizations.compiled import compiled
from environments.frame import code_of
from environments.models import Deployment, Hold, SignOff
from environments.standing import Standing
from environments.version_rows import Extra, extras_of

PAGE = 50
INCLUDED = 20


@dataclass(frozen=True)
class Chip:
    """An environment as a chip."""

    kind: str
    code: str
    name: str


@dataclass(frozen=True)
class Row:
    """One version in the list."""

    version: Version
    places: list[Chip]
    hold: Hold | None
    contributors: list[str]
    extra: Extra | None = None  # where the history shows it


@dataclass(frozen=True)
class Facts:
    """One version's life: its decisions, its moves, and the kinds of environments it was ever in."""

    row: Row
    sign_offs: list[SignOff]
    moves: list[Deployment]
    kinds: set[str] = field(default_factory=set)


def rows_of(standing: Standing, *, before: int | None = None) -> list[Row]:
    """Up to one more than a page of versions, newest first; constant number of queries."""
    versions = _versions(standing.agent)
    if before is not None:
        versions = versions.filter(number__lt=before)
    return [_row(standing, version) for version in versions.newest_first()[: PAGE + 1]]


def history_of(standing: Standing, rows: list[Row]) -> list[Row]:
    """The rows of the version history, each with its lanes, changes and flags."""
    extras = extras_of(standing, [row.version for row in rows])
    return [replace(row, extra=extras[row.version.number]) for row in rows]


def facts_of(standing: Standing, number: int) -> Facts | None:
    """Everything the page of one version shows beside its content; None when there is no such version."""
    version = _versions(standing.agent).filter(number=number).first()
    if version is None:
        return None
    moves = list(Deployment.objects.filter(version=version).with_facts().newest_first())
    sign_offs = SignOff.objects.filter(version=version).select_related("by", "environment").newest_first()
    return Facts(_row(standing, version), list(sign_offs), moves, {move.environment.kind for move in moves})


def default_pair(standing: Standing, rows: list[Row]) -> tuple[str, str]:
    """What a comparison starts with: what is live against the newest, else the two newest."""
    numbers = [row.version.number for row in rows]
    newest = numbers[0] if numbers else 0
    live = standing.production.version.number if standing.production else 0
    older = live if live and live != newest else next((number for number in numbers if number != newest), newest)
    return str(older), str(newest)


def included(agent: Agent, *, after: int, upto: int) -> list[Version]:
    """The versions above one number up to another, newest first, at most a few: what a move brings along."""
    return _included(agent.pk, after, upto)


@compiled
def _included(agent: UUID, after: int, upto: int) -> QuerySet[Version]:
    found = Version.objects.filter(agent=agent, number__gt=after, number__lte=upto).select_related("author", "release")
    return found.newest_first()[:INCLUDED]


def _versions(agent: Agent) -> Any:
    related = Version.objects.filter(agent=agent).select_related(
        "release", "author", "base__manifest", "manifest", "layout"
    )
    return related.prefetch_related("contributors")


def _row(standing: Standing, version: Version) -> Row:
    return Row(
        version=version,
        places=[
            Chip(place.kind, code_of(place, standing.environments), place.name) for place in standing.served_by(version)
        ],
        hold=next((hold for hold in standing.holds if hold.version_id == version.pk), None),
        contributors=sorted(person.name for person in version.contributors.all()),
    )
