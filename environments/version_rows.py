"""What the version history shows beside each version: what changed, what happened to it, its lanes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from agents.models import Version
from agents.reading import changed_paths
from agents.summaries import TITLES
from environments.frame import code_of
from environments.lanes import Mark, Stay, lanes
from environments.models import Deployment, SignOff
from environments.standing import Standing
from environments.timeline import moves_of
from environments.transitions import State


@dataclass(frozen=True)
class Lane:
    """One environment's lane in a row: the mark, how it is drawn, and what it says."""

    kind: str
    name: str
    mark: Mark


@dataclass(frozen=True)
class Extra:
    """Beside one version: changed sections with their counts, flags, lanes."""

    changes: list[str]
    flags: list[tuple[str, str]]
    lanes: list[Lane]


def extras_of(standing: Standing, versions: list[Version]) -> dict[int, Extra]:
    """By version number, in a constant number of queries. The versions come with `manifest` and `base__manifest`."""
    drawn = _lanes(standing, versions)
    returned = _sent_back(versions)
    return {
        version.number: Extra(_changes(version), _flags(version, returned), drawn[version.number])
        for version in versions
    }


def lane_heads(standing: Standing) -> list[dict[str, str]]:
    """The environments of the lanes, as chips of the table's head."""
    return [
        {"kind": place.kind, "code": code_of(place, standing.environments), "name": place.name}
        for place in standing.places
    ]


def _lanes(standing: Standing, versions: list[Version]) -> dict[int, list[Lane]]:
    moves = moves_of(standing.agent).filter(version__in=versions)
    stays = [Stay(move.environment_id, move.version.number, move.at, getattr(move, "until", None)) for move in moves]
    ends = Deployment.objects.filter(agent=standing.agent).values_list("environment_id").order_by("environment_id")
    reach: dict[Any, tuple[int, int]] = {
        place: (lowest, highest)
        for place, lowest, highest in ends.annotate(Min("version__number"), Max("version__number"))
    }
    numbers = [version.number for version in versions]
    marks = lanes(numbers, [place.pk for place in standing.places], stays, reach)
    return {
        number: [Lane(place.kind, place.name, mark) for place, mark in zip(standing.places, row, strict=True)]
        for number, row in marks.items()
    }


def _changes(version: Version) -> list[str]:
    """The sections in which a version differs from the one it was made from: "Prompt", "Knowledge 3"."""
    if version.base is None:
        return []
    paths = changed_paths(version.base.manifest.entries, version.manifest.entries)
    counts = Counter(path.partition("/")[0] for path in paths)
    titles = ((TITLES.get(section, section), number) for section, number in counts.items())
    return [f"{title} {number}" if number > 1 else title for title, number in titles]


def _sent_back(versions: Iterable[Version]) -> set[Any]:
    """The versions to which QA ever requested changes."""
    asked = SignOff.objects.filter(version__in=versions, decision=SignOff.Decision.CHANGES_REQUESTED)
    return set(asked.values_list("version_id", flat=True))


def _flags(version: Version, returned: set[Any]) -> list[tuple[str, str]]:
    """What happened to a version that its state does not say (any more)."""
    if version.pk in returned and version.release.state != State.CHANGES_REQUESTED:
        return [("changes_requested", _("Changes were requested"))]
    return []
