"""Cuts what two texts have in common at their ends before anybody looks at single lines."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """The part of two texts that holds all their differences: whole lines, with equal ones around.

    `before` and `after` count the equal lines that were cut off.
    """

    old: str
    new: str
    before: int
    after: int


def window(old: str, new: str, around: int) -> Window:
    """Both texts without their common ends, but for `around` equal lines on either side."""
    head = common_start(old, new)
    start = _lines_back(old, old.rfind("\n", 0, head) + 1, around)
    most = min(len(old), len(new)) - head
    end = _lines_on(old, _line_start(old, new, most), around)
    new_end = end + len(new) - len(old)
    return Window(old[start:end], new[start:new_end], old.count("\n", 0, start), _lines_in(old, end))


def common_start(old: str, new: str) -> int:
    """Length of the common start, by halving: a million characters take twenty comparisons."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_end(old: str, new: str, most: int) -> int:
    """Length of the common end, at most `most` characters."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if old[len(old) - middle : len(old) - low] == new[len(new) - middle : len(new) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _line_start(old: str, new: str, most: int) -> int:
    """Where the common end of both begins with a whole line, as a place in `old`."""
    tail = common_end(old, new, most)
    place, new_place = len(old) - tail, len(new) - tail
    starts_line = (not place or old[place - 1] == "\n") and (not new_place or new[new_place - 1] == "\n")
    return place if starts_line else (old.find("\n", place) + 1 or len(old))


def _lines_back(text: str, place: int, count: int) -> int:
    for _ in range(count):
        if not place:
            break
        place = text.rfind("\n", 0, place - 1) + 1
    return place


def _lines_on(text: str, place: int, count: int) -> int:
    for _ in range(count):
        if place >= len(text):
            break
        place = text.find("\n", place) + 1 or len(text)
    return place


def _lines_in(text: str, start: int) -> int:
    return text.count("\n", start) + (start < len(text) and not text.endswith("\n"))
