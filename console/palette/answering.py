"""The answer to a question, in groups: acts first when the question speaks of one, else what can be opened."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from console.organizations.doors import rights_in
from console.organizations.models import Organization
from console.palette import agents, places
from console.palette.entries import Entry
from console.palette.question import Question

SHOWN = 12  # of one group


@dataclass(frozen=True)
class Group:
    """Entries under one heading."""

    name: str
    entries: list[Entry]


def answer(
    request: HttpRequest, organization: Organization, question: Question, nav: dict[str, Any], here: str = ""
) -> list[Group]:
    """What this person may open and do that fits the words; `here` is the agent in front, if there is one.

    The number of queries does not grow with agents, versions or members.
    """
    rights = rights_in(request, organization)
    found = agents.found(request, organization, question, here)
    groups = {
        "agents": (_("Agents"), (agents.opening(one) for one in found)),
        "acts": (_("Acts"), _acts(request, organization, rights, question, found)),
        "places": (_("In agents"), _places(question, found)),
        "pages": (_("Pages"), (page for page in places.pages(nav) if question.fits(page.label, page.words))),
    }
    order = ("agents", "acts", "places", "pages")
    if question.version is not None:
        order = ("places", "acts", "agents", "pages")
    elif question.is_about_acts or not question.words:
        order = ("acts", "places", "agents", "pages")
    shown = [Group(name, list(islice(entries, SHOWN))) for name, entries in (groups[key] for key in order)]
    return [group for group in shown if group.entries]


def _acts(
    request: HttpRequest,
    organization: Organization,
    rights: frozenset[str],
    question: Question,
    found: list[agents.Found],
) -> Iterable[Entry]:
    for one in found:
        yield from agents.acts(request, one, question)
    yield from places.organization_acts(organization, rights, question)
    yield from (entry for entry in places.comforts() if question.fits(entry.label, entry.words))


def _places(question: Question, found: list[agents.Found]) -> Iterable[Entry]:
    for one in found:
        if question.version is not None:
            yield from agents.version(one, question.version)
            continue
        yield from agents.drafts(one, question)
        yield from agents.places(one, question)
