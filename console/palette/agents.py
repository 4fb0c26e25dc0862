"""Agents that fit a question, and for the best of them: acts, environments, versions, comparisons.

The acts come from `environments.available.offers`, so the palette offers and refuses exactly what the buttons do
(ux.md, rule 3). The number of queries is bounded: few agents are looked at closely, whatever the organization has.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.models import Agent
from console.organizations.doors import actor_of, person_of
from console.organizations.models import Organization
from console.palette.entries import Entry
from console.palette.question import Question
from environments.available import Offer, address, offers
from environments.frame import pin_strip
from environments.policies import permissions_on_agent
from environments.standing import Standing, standing_of

LISTED = 8
LOOKED_AT = 3

# icon, and further words by which an act is found
LOOKS = {
    "promote_to_staging": ("flask-conical", "publish"),
    "mark_ready": ("badge-check", "approve"),
    "request_changes": ("message-square-warning", "reject"),
    "withdraw_request": ("rotate-ccw", ""),
    "revoke_ready": ("rotate-ccw", "revoke"),
    "push_to_production": ("radio-tower", "release live"),
    "rollback": ("undo-2", "roll back revert"),
    "lift_hold": ("circle-play", ""),
    "archive": ("archive", ""),
    "unarchive": ("archive", "restore"),
}
KINDS = {"development": "pencil", "staging": "flask-conical", "ready": "badge-check", "production": "radio-tower"}


@dataclass(frozen=True)
class Found:
    """An agent that fits, and where it stands when it is looked at closely."""

    agent: Agent
    standing: Standing | None = None
    rights: frozenset[str] = frozenset()


def found(request: HttpRequest, organization: Organization, question: Question, here: str) -> list[Found]:
    """The agents that fit, best first; `here` is the slug of the agent whose page is open.

    Without a name in the question it is about the agent in front, else about the first ones.
    """
    seen = Agent.objects.visible_to(person_of(request), organization).select_related("organization").current()
    agents = _named(seen, question.words) if question.words else []
    if not agents and question.is_about_acts and question.names:
        agents = _named(seen, question.names)
    if not agents and not question.names:
        agents = list(seen.filter(slug=here)) if here else []
        agents = agents or list(seen.order_by("name", "pk")[:LISTED])
    wanted = question.is_about_acts or question.version is not None
    close = LOOKED_AT if wanted else int(bool(question.words) or (len(agents) == 1 and bool(here)))
    return [_looked_at(request, agent) for agent in agents[:close]] + [Found(agent) for agent in agents[close:]]


def opening(one: Found) -> Entry:
    """The agent's page."""
    return Entry(
        label=one.agent.name,
        icon="bot",
        url=address(one.agent, "agent-overview"),
        detail=_("Agent"),
        words=one.agent.slug,
    )


def acts(request: HttpRequest, one: Found, question: Question) -> Iterator[Entry]:
    """Every act on the agent that its pages would show to this person, refused ones with their reason."""
    if one.standing is None:
        return
    for offer in offers(one.standing, actor_of(request), one.rights):
        icon, words = LOOKS.get(offer.verb, ("arrow-right", ""))
        if question.fits(offer.label, words, one.agent.name, one.agent.slug, offer.verb.replace("_", " ")):
            yield _act(one.agent, offer, icon, words)


def places(one: Found, question: Question) -> Iterator[Entry]:
    """The environments and pages of the agent, and the comparison of what is tested with what is live."""
    if one.standing is None:
        return
    name, slug = one.agent.name, one.agent.slug
    for pin in pin_strip(one.standing, one.rights):
        version = pin.get("text") or (f"v{pin['version']}" if pin["version"] else _("nothing"))
        if pin["url"] and question.fits(pin["name"], name, slug):
            label = f"{pin['name']}: {version}"
            yield Entry(label=label, icon=KINDS.get(pin["kind"], "bot"), url=pin["url"], detail=name)
    pages = [
        (_("Versions"), "list", address(one.agent, "version-list")),
        (_("Releases"), "rocket", address(one.agent, "releases")),
        (_("Compare"), "git-compare-arrows", _comparison(one.standing)),
    ]
    for label, icon, url in pages:
        if question.fits(label, name, slug):
            yield Entry(label=label, icon=icon, url=url, detail=name)


def version(one: Found, number: int) -> Iterator[Entry]:
    """One version of the agent by its number: its page, and against what is live."""
    if one.standing is None or not one.agent.versions.filter(number=number).exists():
        return
    name, url = one.agent.name, address(one.agent, "version", number)
    yield Entry(label=_("Open v%(number)d") % {"number": number}, icon="list", url=url, detail=name)
    live = one.standing.production
    if live and live.version.number != number:
        query = {"from": f"environment:{live.environment.slug}", "to": number}
        label = _("Compare v%(number)d with %(place)s") % {"number": number, "place": live.environment.name}
        yield Entry(label=label, icon="git-compare-arrows", url=address(one.agent, "compare", **query), detail=name)


def drafts(one: Found, question: Question) -> Iterator[Entry]:
    """The draft, for who may see it."""
    if "view_draft" in one.rights and question.fits(_("Edit the draft"), one.agent.name, one.agent.slug):
        url = reverse("agents:draft", args=[one.agent.organization.slug, one.agent.slug])
        yield Entry(label=_("Edit the draft"), icon="pencil", url=url, detail=one.agent.name)


def _named(seen: QuerySet[Agent], words: list[str]) -> list[Agent]:
    """Agents whose name or slug has each word; whose name begins with the first one come first."""
    for word in words:
        seen = seen.filter(Q(name__icontains=word) | Q(slug__icontains=word))
    text = " ".join(words)
    rank = Case(
        When(Q(slug=text) | Q(name__iexact=text), then=Value(0)),
        When(Q(slug__startswith=words[0]) | Q(name__istartswith=words[0]), then=Value(1)),
        default=Value(2),
    )
    return list(seen.order_by(rank, "name", "pk")[:LISTED])


def _looked_at(request: HttpRequest, agent: Agent) -> Found:
    return Found(agent, standing_of(agent), permissions_on_agent(person_of(request), agent))


def _act(agent: Agent, offer: Offer, icon: str, words: str) -> Entry:
    url = offer.url if offer.enabled else ""
    return Entry(
        label=offer.label,
        icon=icon,
        url=url,
        detail=agent.name,
        words=words,
        why="" if offer.enabled else offer.reason,
        holder=None if offer.enabled else offer.holder,
    )


def _comparison(standing: Standing) -> str:
    live, candidate = standing.production, standing.candidate
    if live is None or candidate is None or live.version_id == candidate.version_id:
        return address(standing.agent, "compare")
    sides = {"from": f"environment:{live.environment.slug}", "to": f"environment:{candidate.environment.slug}"}
    return address(standing.agent, "compare", **sides)
