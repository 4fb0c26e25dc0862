"""The review of a bulk promotion: what was chosen, frozen, with its differences unfolded (ux.md S16, criterion 29).

Nothing is kept on the server. The page carries what it showed of each agent, so that a pin that moves between the
review and the confirmation is noticed: then nothing starts, and the new difference is shown.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.compare import Options
from agents.comparison import Comparison
from agents.models import Agent
from console.organizations.doors import actor_of, person_of, typed_before
from console.organizations.errors import Conflict, Invalid, Stale
from environments.actions import retry_failed, start_promotion
from environments.bulk_page import Hop
from environments.differing import Difference, differences
from environments.gathering import gather
from environments.models import Job, JobItem
from environments.pipeline import environments_of
from environments.policies import permissions_on_agent
from environments.reading import BETWEEN, can_read, comparison_of, served_side

AT_ONCE = 10  # agents whose differences one page shows
PARTS = 8  # parts of one agent
ROWS = 25  # rows of one part
SHORT = Options(context=2, most=40, total=160, source=False)


@dataclass(frozen=True)
class Asked:
    """What the form asks for: the agents in their order, which of them are ticked, what was seen of each."""

    names: list[str]
    ticked: set[str]
    seen: dict[str, str] = field(default_factory=dict)
    page: int = 1
    typed: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One chosen agent. `seen`: what an earlier page showed of it, in the form of `frozen`."""

    difference: Difference
    hop: Hop
    ticked: bool
    seen: str = ""
    comparison: Comparison | None = None
    hidden: int = 0

    @property
    def agent(self) -> Agent:
        """The agent."""
        return self.difference.agent

    @property
    def live(self) -> int:
        """The number of the version that the target serves, 0 for none."""
        return self.difference.target.number if self.difference.target else 0

    @property
    def digest(self) -> str:
        """What the source serves."""
        return self.difference.source.digest if self.difference.source else ""

    @property
    def frozen(self) -> str:
        """What the page shows of this agent, for the form that confirms it."""
        return f"{self.agent.slug} {self.digest} {self.live}"

    @property
    def pair(self) -> str:
        """Both sides as an address names them."""
        return f"v{self.live}{BETWEEN}v{self.difference.source.number}" if self.difference.source else ""

    @property
    def prefix(self) -> str:
        """What the ids of its parts begin with."""
        return f"{self.agent.slug}-"

    @property
    def changed(self) -> bool:
        """Whether a pin of it moved after it was shown."""
        return self.seen not in {"", self.frozen}

    @property
    def facts(self) -> str:
        """What replaces what."""
        source, target = self.difference.source, self.difference.target
        names: dict[str, Any] = {"place": self.hop.target.name, "new": source.number if source else 0}
        if target is None:
            return _("%(place)s gets v%(new)d. It serves nothing yet.") % names
        return _("%(place)s gets v%(new)d. It replaces v%(old)d.") % (names | {"old": target.number})


@dataclass(frozen=True)
class Review:
    """All that was chosen, and the page of it that is shown."""

    hop: Hop
    entries: list[Entry]
    shown: list[Entry]
    page: int
    pages: int
    gone: list[str] = field(default_factory=list)

    @property
    def chosen(self) -> list[Entry]:
        """What starts once it is confirmed."""
        return [entry for entry in self.entries if entry.ticked and entry.difference.is_movable]

    @property
    def kept_back(self) -> list[Entry]:
        """What was chosen and cannot move now."""
        return [entry for entry in self.entries if not entry.difference.is_movable]

    @property
    def earlier(self) -> int:
        """The page before, 0 for none."""
        return self.page - 1

    @property
    def later(self) -> int:
        """The page after, 0 for none."""
        return self.page + 1 if self.page < self.pages else 0

    @property
    def elsewhere(self) -> list[Entry]:
        """What other pages show; the form carries along what was seen of it, not what it is by now."""
        shown = {entry.agent.pk for entry in self.shown}
        return [entry for entry in self.entries if entry.agent.pk not in shown]


def asked_of(request: HttpRequest, follows: Job | None) -> Asked:
    """What was sent; after a detour to the sign-in, what had been sent before; else what the address names.

    Of a job that is tried again, what failed in it.
    """
    sent: dict[str, Any] = dict(request.POST.lists()) if request.method == "POST" else typed_before(request)
    lists = {name: value if isinstance(value, list) else [value] for name, value in sent.items()}
    seen = {text.partition(" ")[0]: text for text in lists.get("frozen", [])}
    ticked = lists.get("agents", []) if sent else request.GET.getlist("agents")
    if not sent and follows:
        failed = follows.items.filter(state=JobItem.State.FAILED)
        ticked = list(failed.values_list("agent__slug", flat=True))
    page = next(iter(lists.get("page", [])), "")
    return Asked(
        names=list(dict.fromkeys([*seen, *ticked])),
        ticked=set(ticked),
        seen=seen,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1,
        typed={name: lists[name][0] for name in ("note", "ticket") if lists.get(name)},
    )


def review_of(request: HttpRequest, hop: Hop, asked: Asked) -> Review:
    """What moves and why the rest does not, by this person now; the differences of one page.

    What changed since it was reviewed comes first. What the person may not list counts as gone.
    """
    organization = hop.organization
    visible = Agent.objects.visible_to(person_of(request), organization).current()
    found = {agent.slug: agent for agent in visible.filter(slug__in=asked.names)}
    agents = [found[name] for name in asked.names if name in found]
    standings = gather(agents, organization, environments_of(organization)) if agents else {}
    facts = next(iter(standings.values())).facts if standings else None
    ticket = asked.typed.get("ticket", "").strip()
    moves = differences(agents, hop.source, hop.target, actor_of(request), facts, ticket) if facts else []
    entries = [_entry(hop, move, asked) for move in moves]
    entries.sort(key=lambda entry: (not entry.changed, entry.agent.slug))
    pages = max(1, -(-len(entries) // AT_ONCE))
    page = min(max(1, asked.page), pages)
    shown = [_with_difference(request, entry) for entry in entries[(page - 1) * AT_ONCE : page * AT_ONCE]]
    gone = [name[:63] for name in asked.names if name not in found]
    return Review(hop, entries, shown, page, pages, gone)


def start(request: HttpRequest, review: Review, data: dict[str, Any], follows: Job | None) -> Job:
    """Start what was reviewed, and exactly that; refused as a whole when anything of it is different now."""
    if review.gone:
        raise Stale(_("%(agent)s is not there any more. Nothing was started.") % {"agent": review.gone[0]})
    ticked = [entry for entry in review.entries if entry.ticked]
    if not ticked:
        raise Invalid(_("No agent is chosen. Nothing was started."))
    if moved := [entry.agent.name for entry in ticked if entry.changed]:
        raise Stale(_moved(moved))
    for entry in ticked:
        if not entry.difference.promotable:
            raise _refusal(entry)
    more = {"actor": actor_of(request), "note": data["note"], "ticket": data["ticket"]}
    more["agents"] = [entry.agent for entry in ticked]
    more["expected_digests"] = {entry.agent.slug: entry.digest for entry in ticked}
    more["expected_live"] = {entry.agent.slug: entry.live for entry in ticked}
    if follows:
        return retry_failed(follows, **more)
    hop = review.hop
    return start_promotion(hop.organization, source=hop.source.slug, target=hop.target.slug, **more)


def _entry(hop: Hop, move: Difference, asked: Asked) -> Entry:
    slug = move.agent.slug
    return Entry(move, hop, ticked=slug in asked.ticked, seen=asked.seen.get(slug, ""))


def _with_difference(request: HttpRequest, entry: Entry) -> Entry:
    """The entry with what differs, as far as this person may read it; long ones are cut and say so."""
    move, hop = entry.difference, entry.hop
    rights = permissions_on_agent(person_of(request), entry.agent)
    if move.source is None or not move.differs or not can_read(rights, move.source, move.target):
        return entry
    sides = served_side(hop.target, move.target), served_side(hop.source, move.source)
    whole = comparison_of(entry.agent, *sides, SHORT)
    parts = tuple(replace(part, rows=part.rows[:ROWS]) for part in whole.sections[:PARTS])
    hidden = sum(len(part.rows) for part in whole.sections) - sum(len(part.rows) for part in parts)
    return replace(entry, comparison=replace(whole, sections=parts), hidden=hidden + len(whole.sections[PARTS:]))


def _moved(names: list[str]) -> str:
    words = ngettext(
        "%(agents)s changed after this review was opened. Nothing was started. Its difference comes first now.",
        "%(agents)s changed after this review was opened. Nothing was started. Their differences come first now.",
        len(names),
    )
    return words % {"agents": ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")}


def _refusal(entry: Entry) -> Exception:
    gate = entry.difference.failing
    if gate and gate.rule == "fresh_sign_in" and gate.refusal:
        return gate.refusal  # leads to the sign-in and back, with everything that was chosen
    names = {"agent": entry.agent.name, "why": entry.difference.why_not.rstrip(".")}
    return Conflict(_("%(agent)s cannot move: %(why)s. Nothing was started.") % names)
