"""What happened to the agents a person may list, newest first: the releases list and the project history.

Both read the audit log, because it is the one place where every act stands with who and why; they show of it
what pages of an agent show anyway (no addresses, no refused attempts).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from agents.models import Agent
from audit.models import ChainHead, Event
from audit.paging import Page, page_of
from audit.querysets import EventQuerySet
from audit.verbs import VERBS, names_in
from console.organizations.models import Organization, User
from environments.available import address
from environments.frame import code_of
from environments.models import Environment
from environments.pipeline import environments_of

RELEASE_VERBS = names_in("release")
DRAFT_VERBS = names_in("draft")
SAVED = "draft.saved"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One act as a row. `times`: how many saves in a row it stands for; `since`: the first of them."""

    at: datetime
    who: str
    text: str
    icon: str
    agent: Agent
    url: str
    kind: str
    place: dict[str, Any] | None = None
    said: str = ""
    ticket: str = ""
    compare_url: str = ""
    times: int = 1
    since: datetime | None = None

    @property
    def agent_url(self) -> str:
        """The agent's page."""
        return address(self.agent, "agent-overview")


@dataclass(frozen=True)
class Chronicle:
    """One page of entries with the cursors of its neighbours (empty at the ends)."""

    entries: list[Entry] = field(default_factory=list)
    newer: str = ""
    older: str = ""


def releases_of(person: User, organization: Organization) -> EventQuerySet:
    """Every move, decision and lifted hold of the agents that the person may list."""
    return _done(person, organization).filter(verb__in=RELEASE_VERBS)


def everything_of(person: User, organization: Organization, permissions: frozenset[str]) -> EventQuerySet:
    """The releases, and for readers of drafts what happened to agents and drafts before."""
    verbs = [*RELEASE_VERBS, *DRAFT_VERBS] if "view_draft" in permissions else RELEASE_VERBS
    return _done(person, organization).filter(verb__in=verbs)


def chronicle_of(organization: Organization, events: EventQuerySet, binding: str, cursor: str) -> Chronicle:
    """The page of these events that the cursor names; a constant number of queries."""
    head = ChainHead.objects.filter(organization=organization).values_list("sequence", flat=True).first() or 0
    page: Page = page_of(events, f"{organization.pk}:{binding}", cursor, head=head)
    agents = _agents(organization, page.events)
    pipeline = environments_of(organization)
    entries = [_entry(event, agents[event.agent_id], pipeline) for event in page.events if event.agent_id in agents]
    return Chronicle(joined(entries), page.newer, page.older)


def joined(entries: Iterable[Entry]) -> list[Entry]:
    """Saves of one draft by one person that nothing came between are one entry; newest first."""
    found: list[Entry] = []
    for entry in entries:
        last = found[-1] if found else None
        if last and entry.kind == SAVED == last.kind and (last.agent, last.who) == (entry.agent, entry.who):
            times = last.times + 1
            text = _("saved the draft %(times)s times") % {"times": times}
            found[-1] = replace(last, times=times, since=entry.at, text=text, said="")
        else:
            found.append(entry)
    return found


def _done(person: User, organization: Organization) -> EventQuerySet:
    visible = Agent.objects.visible_to(person, organization).values("pk")
    events: EventQuerySet = Event.objects.filter(
        organization=organization, outcome=Event.Outcome.DONE, agent_id__in=visible
    )
    return events


def _agents(organization: Organization, events: Iterable[Event]) -> dict[UUID | None, Agent]:
    found = Agent.objects.filter(pk__in={event.agent_id for event in events})
    agents: dict[UUID | None, Agent] = {}
    for agent in found:
        agent.organization = organization
        agents[agent.pk] = agent
    return agents


def _entry(event: Event, agent: Agent, pipeline: list[Environment]) -> Entry:
    place = next((one for one in pipeline if one.slug == event.environment), None)
    return Entry(
        at=event.at,
        who=event.actor_label,
        text=_text(event, place.name if place else event.environment),
        icon=event.icon,
        agent=agent,
        url=_page(event, agent),
        kind=event.verb,
        place={"kind": place.kind, "code": code_of(place, pipeline), "name": place.name} if place else None,
        said=event.reason,
        ticket=str(event.data.get("ticket") or ""),
        compare_url=_compare(event.data, agent),
    )


def _text(event: Event, place: str) -> str:
    """What was done, without who did it: the end of a sentence that begins with a name."""
    names = {"v": event.data.get("version", "?"), "former": event.data.get("from_version"), "place": place}
    sentence = _sentences().get(event.verb)
    if sentence is None:
        return str(VERBS[event.verb].label) if event.verb in VERBS else event.verb
    text = sentence % names
    if names["former"] and event.verb in _MOVES:
        text += _(", replacing v%(former)s") % names
    return text


_MOVES = frozenset({"release.published", "release.promoted", "release.pushed_to_production", "release.activated"})


def _sentences() -> dict[str, str]:
    return {
        "release.published": _("promoted v%(v)s to %(place)s"),
        "release.promoted": _("promoted v%(v)s to %(place)s"),
        "release.pushed_to_production": _("pushed v%(v)s to %(place)s"),
        "release.activated": _("activated v%(v)s in %(place)s"),
        "release.rolled_back": _("rolled %(place)s back from v%(former)s to v%(v)s"),
        "release.marked_ready": _("marked v%(v)s ready for Production"),
        "release.changes_requested": _("requested changes to v%(v)s"),
        "release.request_withdrawn": _("withdrew the request for changes to v%(v)s"),
        "release.ready_revoked": _("revoked the approval of v%(v)s"),
        "release.approval_expired": _("took back the approval of v%(v)s, which became stale"),
        "release.hold_lifted": _("lifted the hold on v%(v)s"),
        SAVED: _("saved the draft"),
        "draft.discarded": _("deleted the draft"),
        "draft.restored": _("restored an earlier save of the draft"),
        "draft.forked": _("started the draft from a version"),
        "draft.merged": _("merged a version into the draft"),
        "agent.created": _("created the agent"),
        "agent.imported": _("imported the agent"),
        "agent.changed": _("renamed or relabelled the agent"),
        "agent.archived": _("archived the agent"),
        "agent.unarchived": _("brought the agent back"),
    }


def _page(event: Event, agent: Agent) -> str:
    """Where more of it stands: the record of a move or decision, the version, the draft's history."""
    if record := event.data.get("deployment") or event.data.get("sign_off"):
        return address(agent, "release", record)
    if event.verb in RELEASE_VERBS and (number := event.data.get("version")):
        return address(agent, "version", number)
    if event.verb.startswith("draft."):
        return reverse("agents:draft-history", args=[agent.organization.slug, agent.slug])
    return address(agent, "agent-overview")


def _compare(data: Mapping[str, Any], agent: Agent) -> str:
    """The difference that a move made."""
    former, version = data.get("from_version"), data.get("version")
    return address(agent, "compare", **{"from": former, "to": version}) if former and version else ""
