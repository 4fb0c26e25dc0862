"""Differences of structured values by key and by id, never by position: a reader sees what was done."""

import json
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from agents.comparison import Change, Row
from agents.names import pointer
from audit.diff import TextDiff, diff_text
from audit.matching import Budget, gaps, longest_rising, match

LINES_FROM = 200  # a string longer than this, or of several lines, is shown as lines
SHOWN = 300  # characters of a value in a row
ROW_LINES_SHOWN = 500
ID_KEYS = ("id", "slug", "name", "key")

Where = tuple[str, ...]
_ABSENT = object()


def value_rows(old: Any, new: Any, where: Where = (), budget: Budget | None = None) -> Iterator[Row]:
    """The differences of two JSON values as rows. None only if the values are equal, types included."""
    budget = budget or Budget()
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _member_rows(old.get(key, _ABSENT), new.get(key, _ABSENT), (*where, key), budget)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _list_rows(old, new, where, budget)
    elif stable(old) != stable(new):
        yield _changed(old, new, where, budget)


def single_rows(value: Any, change: Change, where: Where) -> Iterator[Row]:
    """The leaves of a value that exists on one side only."""
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from single_rows(value[key], change, (*where, key))
    elif isinstance(value, list) and value and all(isinstance(item, dict) and item for item in value):
        for index, item in enumerate(value):
            yield from single_rows(item, change, (*where, str(index)))
    elif isinstance(value, str) and _is_long(value):
        text = _lines("", value, Budget()) if change == "added" else _lines(value, "", Budget())
        yield Row(change, pointer(*where), _name(where), text=text)
    else:
        cell = shown(value)
        old, new = (None, cell) if change == "added" else (cell, None)
        yield Row(change, pointer(*where), _name(where), old, new)


def stable(value: Any) -> str:
    """A text that is equal for equal values only; 1, 1.0 and true are three values. Has no newline."""
    return json.dumps(value, sort_keys=True)


def _member_rows(old: Any, new: Any, where: Where, budget: Budget) -> Iterator[Row]:
    if old is _ABSENT:
        return single_rows(new, "added", where)
    if new is _ABSENT:
        return single_rows(old, "removed", where)
    return value_rows(old, new, where, budget)


def _list_rows(old: list[Any], new: list[Any], where: Where, budget: Budget) -> Iterator[Row]:
    key = _id_key(old, new)
    if key is None:
        yield from _sequence_rows(old, new, where, budget)
        return
    left = {item[key]: index for index, item in enumerate(old)}
    right = {item[key]: index for index, item in enumerate(new)}
    for name, index in left.items():
        if name in right:
            yield from value_rows(old[index], new[right[name]], (*where, str(right[name])), budget)
        else:
            yield Row("removed", pointer(*where, str(index)), _name((*where, name)), old=shown(old[index]))
    for name, index in right.items():
        if name not in left:
            yield Row("added", pointer(*where, str(index)), _name((*where, name)), new=shown(new[index]))
    kept = [(left[name], index, name) for name, index in right.items() if name in left]
    for before, after, name in _out_of_order(kept):
        yield _moved(before, after, (*where, str(after)), _name((*where, name)))


def _id_key(old: list[Any], new: list[Any]) -> str | None:
    """The member that names each item of both lists, if there is one."""
    for key in ID_KEYS:
        if (old or new) and all(_names_each(items, key) for items in (old, new)):
            return key
    return None


def _names_each(items: list[Any], key: str) -> bool:
    names = [item.get(key) for item in items if isinstance(item, dict)]
    named = len(names) == len(items) and all(isinstance(name, str) for name in names)
    return named and len(set(names)) == len(names)


def _out_of_order(kept: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The fewest items that have to move: all outside of the longest run that kept its order."""
    stayed = set(longest_rising([before for before, _, _ in kept]))
    return [move for index, move in enumerate(kept) if index not in stayed]


def _sequence_rows(old: list[Any], new: list[Any], where: Where, budget: Budget) -> Iterator[Row]:
    """Items without an id are matched by content; what left one place and came to another has moved."""
    left, right = [stable(item) for item in old], [stable(item) for item in new]
    blocks = match([item + "\n" for item in left], [item + "\n" for item in right], budget).blocks
    changes = list(gaps(blocks, len(old), len(new)))
    moved = _moves(left, right, changes)
    taken = set(moved.values())
    for start, end, new_start, new_end in changes:
        before = [index for index in range(start, end) if index not in taken]
        after = [index for index in range(new_start, new_end) if index not in moved]
        paired = min(len(before), len(after))
        for index, new_index in zip(before, after, strict=False):
            yield from value_rows(old[index], new[new_index], (*where, str(new_index)), budget)
        for index in before[paired:]:
            yield Row("removed", pointer(*where, str(index)), _name(where), old=shown(old[index]))
        for index in after[paired:]:
            yield Row("added", pointer(*where, str(index)), _name(where), new=shown(new[index]))
    for after_index, before_index in moved.items():
        yield _moved(before_index, after_index, (*where, str(after_index)), shown(new[after_index]))


def _moves(left: list[str], right: list[str], changes: list[tuple[int, int, int, int]]) -> dict[int, int]:
    """New place to old place of the items that only changed their place."""
    gone: dict[str, deque[int]] = defaultdict(deque)
    for start, end, *_after in changes:
        for index in range(start, end):
            gone[left[index]].append(index)
    places = (index for _, _, start, end in changes for index in range(start, end))
    return {index: gone[right[index]].popleft() for index in places if gone.get(right[index])}


def _moved(before: int, after: int, where: Where, name: str) -> Row:
    note = _("moved from %(before)s to %(after)s") % {"before": before + 1, "after": after + 1}
    return Row("moved", pointer(*where), name, str(before + 1), str(after + 1), note)


def _changed(old: Any, new: Any, where: Where, budget: Budget) -> Row:
    if isinstance(old, str) and isinstance(new, str) and (_is_long(old) or _is_long(new)):
        return Row("changed", pointer(*where), _name(where), text=_lines(old, new, budget))
    before, after = shown(old), shown(new)
    if before == after:  # "1" against 1: the quotes are the difference
        before, after = stable(old)[:SHOWN], stable(new)[:SHOWN]
    return Row("changed", pointer(*where), _name(where), before, after)


def _lines(old: str, new: str, budget: Budget) -> TextDiff:
    return diff_text(old, new, most=ROW_LINES_SHOWN, budget=budget)


def _is_long(text: str) -> bool:
    return len(text) > LINES_FROM or "\n" in text


def _name(where: Where) -> str:
    """Without the section, which the page shows as a heading."""
    return " › ".join(where[1:] or where) or "value"


def shown(value: Any) -> str:
    """The value in a cell: a string as it is, blank ones in quotes, the rest as compact JSON; long ones cut."""
    if isinstance(value, str) and value.strip():
        text = value
    else:
        text = json.dumps(value, ensure_ascii=False, sort_keys=isinstance(value, Mapping))
    if len(text) <= SHOWN:
        return text
    return _("%(text)s… (%(count)s characters)") % {"text": text[:SHOWN], "count": f"{len(text):,}"}
