"""Finds blocks of lines that left one place and came to another, where that is cheap."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

LINES_LOOKED_AT = 20_000  # removed and added lines; above, nothing is looked for
BLOCK_CHARACTERS = 40  # a shorter block says nothing: a bracket, an empty line, a heading of every section

Span = tuple[int, int, int, int]  # old start, old end, new start, new end


def moved_lines(old: Sequence[str], new: Sequence[str], gaps: Sequence[Span]) -> dict[int, int]:
    """Old index to new index of the lines that only changed their place.

    A block starts at a line that was removed once and added once, and grows in both directions.
    """
    removed = [index for start, end, _, _ in gaps for index in range(start, end)]
    added = [index for _, _, start, end in gaps for index in range(start, end)]
    if not removed or not added or len(removed) + len(added) > LINES_LOOKED_AT:
        return {}
    gone, came = set(removed), set(added)
    found: dict[int, int] = {}
    for seed in _pairs(old, new, removed, added):
        block = list(_grown(old, new, seed, gone, came))
        if sum(len(old[place].strip()) for place, _ in block) >= BLOCK_CHARACTERS:
            found.update(block)
        # A block is looked at once, whatever it turned out to be: the work stays linear.
        gone.difference_update(place for place, _ in block)
        came.difference_update(place for _, place in block)
    return found


def _pairs(
    old: Sequence[str], new: Sequence[str], removed: Iterable[int], added: Iterable[int]
) -> Iterator[tuple[int, int]]:
    """Places of the lines that were removed once and added once."""
    places, new_places = _once(old, removed), _once(new, added)
    return ((place, new_places[line]) for line, place in places.items() if line in new_places)


def _once(lines: Sequence[str], places: Iterable[int]) -> dict[str, int]:
    found = [place for place in places if lines[place].strip()]
    counts = Counter(lines[place] for place in found)
    return {lines[place]: place for place in found if counts[lines[place]] == 1}


def _grown(
    old: Sequence[str], new: Sequence[str], seed: tuple[int, int], gone: set[int], came: set[int]
) -> Iterator[tuple[int, int]]:
    for step in (-1, 1):
        place, new_place = seed if step > 0 else (seed[0] - 1, seed[1] - 1)
        while place in gone and new_place in came and old[place] == new[new_place]:
            yield place, new_place
            place, new_place = place + step, new_place + step
