"""Whose work is in a draft: who changed which part since the version it started from.

Every save notes it on the draft itself (`Draft.authors`: part -> person -> when), so that a page asks one row
instead of a history of hundreds of autosaves. Parts that equal the base again have nobody's work in them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from agents.models import Draft
from console.organizations.models import User
from console.organizations.questions import people_called

PARTS_AT_ONCE = 50
Noted = Mapping[str, Mapping[str, str]]


class Authorship(NamedTuple):
    """A person and the last time they saved this part."""

    person: User
    at: datetime


class Share(NamedTuple):
    """A person, how many parts they changed, and when they saved last."""

    person: User
    parts: int
    at: datetime


def authors_by_part(draft: Draft) -> dict[str, list[Authorship]]:
    """For each part that differs from the draft's base: who changed it since, the last one first. One query.

    Work that was noted before parts had authors is credited to everybody who changed the draft since its base.
    """
    changed = changed_since_base(draft)
    wanted = [*_noted_people(draft.authors), *draft.contributors]
    people = {one.pk: one for one in people_called(wanted)} if changed else {}
    return {path: _people_of(draft, path, people) for path in changed}


def shares(authors: Mapping[str, Iterable[Authorship]]) -> list[Share]:
    """How many parts each person changed, the busiest first; a part by two people counts for both."""
    counts: Counter[Any] = Counter()
    latest: dict[Any, Authorship] = {}
    for found in authors.values():
        for one in found:
            counts[one.person.pk] += 1
            latest[one.person.pk] = max(one, latest.get(one.person.pk, one), key=lambda each: each.at)
    ordered = sorted(counts, key=lambda pk: (-counts[pk], latest[pk].person.name))
    return [Share(latest[pk].person, counts[pk], latest[pk].at) for pk in ordered]


def changed_since_base(draft: Draft) -> list[str]:
    """The parts in which the draft differs from the version it started from; all of them without one."""
    base: Mapping[str, str] = draft.base.manifest.entries if draft.base else {}
    mine: Mapping[str, str] = draft.manifest.entries
    return sorted(path for path in {*base, *mine} if base.get(path) != mine.get(path))


def noted(
    former: Noted,
    saved: Mapping[str, str],
    *,
    before: Mapping[str, str],
    base: Mapping[str, str],
    by: UUID,
    at: datetime,
) -> dict[str, dict[str, str]]:
    """What is noted after a save: `saved` is the new manifest, `before` the one it replaces."""
    authors = {path: dict(people) for path, people in former.items() if saved.get(path) != base.get(path)}
    for path in {*saved, *before}:
        if saved.get(path) != before.get(path) and saved.get(path) != base.get(path):
            authors.setdefault(path, {})[str(by)] = at.isoformat()
    return authors


def first_writers(draft: Draft, saved: Mapping[str, str], *, base: Mapping[str, str]) -> set[UUID]:
    """Who first wrote what parts of the draft become again by this save, as far as its history knows.

    A text that comes back (an act undone, an old document put once more) stays the work of who wrote it (T5); what
    equals the base is nobody's. No query when no part changes, else one for each fifty that do.
    """
    held: Mapping[str, str] = draft.manifest.entries
    changed = [path for path, part in saved.items() if part not in (held.get(path), base.get(path))]
    found: set[UUID] = set()
    for start in range(0, len(changed), PARTS_AT_ONCE):
        found |= _first_savers(draft, {path: saved[path] for path in changed[start : start + PARTS_AT_ONCE]})
    return found


def _first_savers(draft: Draft, wanted: Mapping[str, str]) -> set[UUID]:
    columns = {f"part_{number}": path for number, path in enumerate(wanted)}
    had = reduce(or_, [Q(manifest__entries__contains={path: part}) for path, part in wanted.items()])
    held = {column: KeyTextTransform(path, "manifest__entries") for column, path in columns.items()}
    saves = Draft.history.filter(had, agent=draft.agent_id).annotate(**held).order_by("pk")
    first: dict[str, UUID] = {}
    for row in saves.values("history_user_id", *held):
        for column, path in columns.items():
            if row[column] == wanted[path] and row["history_user_id"]:
                first.setdefault(path, row["history_user_id"])
    return set(first.values())


def _people_of(draft: Draft, path: str, people: Mapping[UUID, User]) -> list[Authorship]:
    known = draft.authors.get(path)
    if not known:
        return [Authorship(people[pk], draft.updated_at) for pk in draft.contributors if pk in people]
    found = [Authorship(people[UUID(pk)], datetime.fromisoformat(at)) for pk, at in known.items() if UUID(pk) in people]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _noted_people(authors: Noted) -> set[UUID]:
    return {UUID(person) for people in authors.values() for person in people}
