"""The lanes beside a version list: which version each environment served, drawn like the branches of a log.

Pure: it knows numbers and times, no database and no markup.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Stay:
    """A version in an environment, from one moment until another (None: it is there now)."""

    place: Any
    number: int
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Mark:
    """One lane in one row. `state`: "now", "was", "past" (the lane goes by) or "" (no lane here).

    `up` and `down` say whether the lane goes on to the newer and to the older row.
    """

    place: Any
    state: str = ""
    up: bool = False
    down: bool = False
    stays: tuple[Stay, ...] = field(default=())


def lanes(
    numbers: Sequence[int], places: Sequence[Any], stays: Iterable[Stay], reach: Mapping[Any, tuple[int, int]]
) -> dict[int, list[Mark]]:
    """For each version (newest first) one mark per environment, in the order of the pipeline.

    `reach` is the lowest and the highest version that each environment ever served: a lane runs between them,
    also over rows of other pages. `stays` may be those of the shown versions only.
    """
    found: dict[tuple[Any, int], list[Stay]] = {}
    for stay in stays:
        found.setdefault((stay.place, stay.number), []).append(stay)
    return {
        number: [_mark(place, number, found.get((place, number), []), reach) for place in places] for number in numbers
    }


def _mark(place: Any, number: int, stays: list[Stay], reach: Mapping[Any, tuple[int, int]]) -> Mark:
    if place not in reach:
        return Mark(place)
    lowest, highest = reach[place]
    if not lowest <= number <= highest:
        return Mark(place)
    state = "past" if not stays else "now" if any(stay.until is None for stay in stays) else "was"
    ordered = tuple(sorted(stays, key=lambda stay: stay.since, reverse=True))
    return Mark(place, state, up=number < highest, down=number > lowest, stays=ordered)
