"""What keeps a draft from being published: the errors among its problems. Warnings never do.

A publish asks under the agent's lock, of up to two megabytes. What a part holds never changes under its digest, so what
was found in one is remembered by this process; the rules are those of its own code, so nothing here can be out of date.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from sys import getsizeof
from threading import Lock
from typing import Any

import orjson

from agents.contents import part_bodies
from agents.models import Draft
from agents.parts import ITEM_SECTIONS, path_of
from agents.schema import Problem, errors_alone, leaks, problems, references

REMEMBERED = 20_000_000  # bytes: some 50,000 parts, but one flow may name two megabytes of what it needs
_LAYOUT = ""
_BESIDE_NAMES = 400  # bytes that a part takes without the names that it keeps

_Part = tuple[str, str]  # section and digest


@dataclass(frozen=True, slots=True)
class _Found:
    """Errors of a part by itself, the items that it needs, and errors that count while their own item is there."""

    errors: int = 0
    needs: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    def count(self, entries: Mapping[str, str]) -> int:
        """The errors of the part in a document of these parts."""
        absent = sum(need not in entries for need in self.needs)
        return self.errors + absent + sum(path in entries for path in self.beside)

    @property
    def size(self) -> int:
        """How many bytes it takes to remember this, about."""
        return _BESIDE_NAMES + sum(8 + getsizeof(name) for name in (*self.needs, *self.beside))


class _Memory:
    """What was found in parts. It begins anew before it grows over `REMEMBERED`; all threads of the process use it."""

    def __init__(self) -> None:
        self._found: dict[_Part, _Found] = {}
        self._size = 0
        self._lock = Lock()

    def of(self, parts: Iterable[_Part]) -> dict[_Part, _Found]:
        """What is known of these parts."""
        with self._lock:
            return {part: self._found[part] for part in parts if part in self._found}

    def keep(self, looked_at: Mapping[_Part, _Found]) -> None:
        """Remember these as well."""
        with self._lock:
            if self._size + sum(one.size for one in looked_at.values()) > REMEMBERED:
                self._clear()
            new = {part: one for part, one in looked_at.items() if part not in self._found}
            self._found.update(new)
            self._size += sum(one.size for one in new.values())

    def forget(self) -> None:
        """Know nothing."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        self._found.clear()
        self._size = 0


_memory = _Memory()


def errors_in(config: Mapping[str, Any]) -> list[Problem]:
    """The problems of a configuration that will fail when the agent runs, or that leak a secret."""
    return [problem for problem in problems(config) if problem.severity == "error"]


def error_count(draft: Draft) -> int:
    """How many errors a draft has as it is, whatever was counted when it was saved: those of `errors_in`."""
    entries: dict[str, str] = draft.manifest.entries
    parts = [(path.partition("/")[0], digest) for path, digest in entries.items()]
    if draft.layout:
        parts.append((_LAYOUT, draft.layout.digest))
    found = _of_parts(draft.organization_id, parts)
    return sum(one.count(entries) for one in found)


def forget() -> None:
    """Know as little as a process that has just started."""
    _memory.forget()


def _of_parts(organization_id: Any, parts: list[_Part]) -> list[_Found]:
    """What is in each of these parts; only those that this process has not seen are read, in one query."""
    known = _memory.of(parts)
    unseen = [part for part in parts if part not in known]
    bodies = part_bodies(organization_id, [digest for _, digest in unseen]) if unseen else {}
    looked_at = {(section, digest): _look(section, bodies[digest]) for section, digest in unseen}
    if looked_at:
        _memory.keep(looked_at)
        known |= looked_at
    return [known[part] for part in parts]


def _look(section: str, body: bytes) -> _Found:
    value = orjson.loads(body)
    if section == _LAYOUT:  # what vendors' servers wrote beside the parts may hold a secret as well
        return _Found(beside=tuple(path_of(leak.pointer) for leak in leaks(value) if leak.severity == "error"))
    needs = tuple(f"{place}/{name}" for _, place, name in references(value)) if section == "flow" else ()
    alone = {section: {"": value} if section in ITEM_SECTIONS else value}
    return _Found(len(errors_alone(alone)), needs)
