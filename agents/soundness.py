"""What keeps a draft from being published: the errors among its problems. Warnings never do.

A publish asks under the agent's lock, of up to two megabytes. What a part holds never changes under its digest, so what
was found in one is remembered by this process; the rules are those of its own code, so nothing here can be out of date.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from agents.contents import part_bodies
from agents.models import Draft
from agents.parts import ITEM_SECTIONS, path_of
from agents.schema import Problem, errors_alone, leaks, problems, references

REMEMBERED = 50_000  # parts, some 200 bytes each
_LAYOUT = ""


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


_found: dict[tuple[str, str], _Found] = {}  # (section, digest of the part)


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
    _found.clear()


def _of_parts(organization_id: Any, parts: list[tuple[str, str]]) -> list[_Found]:
    """What is in each of these parts; only those that this process has not seen are read, in one query."""
    known = {part: _found[part] for part in set(parts) & _found.keys()}
    unseen = [part for part in parts if part not in known]
    bodies = part_bodies(organization_id, [digest for _, digest in unseen]) if unseen else {}
    looked_at = {(section, digest): _look(section, bodies[digest]) for section, digest in unseen}
    if len(_found) + len(looked_at) > REMEMBERED:
        forget()
    _found.update(looked_at)
    known |= looked_at
    return [known[part] for part in parts]


def _look(section: str, body: bytes) -> _Found:
    value = orjson.loads(body)
    if section == _LAYOUT:  # what vendors' servers wrote beside the parts may hold a secret as well
        return _Found(beside=tuple(path_of(leak.pointer) for leak in leaks(value) if leak.severity == "error"))
    needs = tuple(f"{place}/{name}" for _, place, name in references(value)) if section == "flow" else ()
    alone = {section: {"": value} if section in ITEM_SECTIONS else value}
    return _Found(len(errors_alone(alone)), needs)
