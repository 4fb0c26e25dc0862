"""Whose work is in a draft: who changed which part since the version it started from.

Every save notes it on the draft itself (`Draft.authors`: part -> person -> when), so that a page asks one row
instead of a history of hundreds of autosaves. Parts that equal the base again have nobody's work in them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from agents.models import Draft
from console.organizations.models import User

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
    people = User.objects.in_bulk([*_noted_people(draft.authors), *draft.contributors]) if changed else {}
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


def _people_of(draft: Draft, path: str, people: Mapping[UUID, User]) -> list[Authorship]:
    known = draft.authors.get(path)
    if not known:
        return [Authorship(people[pk], draft.updated_at) for pk in draft.contributors if pk in people]
    found = [Authorship(people[UUID(pk)], datetime.fromisoformat(at)) for pk, at in known.items() if UUID(pk) in people]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _noted_people(authors: Noted) -> set[UUID]:
    return {UUID(person) for people in authors.values() for person in people}
