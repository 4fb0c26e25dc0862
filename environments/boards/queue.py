"""What waits for a person, as a list: oldest first, in words, with the one page that settles it (ux.md S3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Agent
from agents.summaries import differing
from audit.models import Event
from audit.verbs import names_in
from console.organizations.models import Organization, User
from console.organizations.saved_views import saved_views
from environments.available import address, merge_address
from environments.boards.waiting import MANY, Waiting
from environments.lineage import behind
from environments.marks import id_in, moment_in
from environments.models import Claim, Hold, Pin, Release, SignOff
from environments.spans import in_words

SHOWN, PAGE = 20, 50
REFRESH_SECONDS = 15
TITLES = {
    "fix": gettext_lazy("Changes requested"),
    "behind": gettext_lazy("Your drafts that are behind"),
    "test": gettext_lazy("To test"),
    "push": gettext_lazy("Ready to push"),
    "held": gettext_lazy("On hold"),
}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that waits: what it is, since when, what was said or changed, and where it is settled."""

    id: str
    agent: Agent
    number: int | None
    since: datetime
    act: str
    url: str
    by: str = ""
    said: str = ""
    changes: str = ""
    compare_url: str = ""
    version_id: UUID | None = None
    claim: Claim | None = None

    @property
    def waited(self) -> str:
        """For how long, in words."""
        return in_words(timezone.now() - self.since)


@dataclass(frozen=True)
class Group:
    """What waits of one kind; `all_url` leads to the whole of it where only the oldest are shown."""

    kind: str
    title: str
    count: str
    items: list[Item] = field(default_factory=list)
    all_url: str = ""
    older_url: str = ""


def queue_page(request: HttpRequest, waiting: Waiting, *, kind: str, after: str) -> dict[str, Any]:
    """Everything that the page shows."""
    groups = queue_of(waiting, request.path, kind, after)
    return {
        "groups": groups,
        "next": next((item for group in groups for item in group.items if not _is_anothers(item, waiting)), None),
        "nothing": not any(group.items for group in groups),
        "last": last_done(waiting.person, waiting.organization),
        "kind": kind,
        "views": saved_views(request, waiting.organization, "queue"),
        "looks_on": not waiting.acts,
        "claim_url": reverse("environments:queue-claim", args=[waiting.organization.slug]),
        "person": waiting.person,
        "as_of": timezone.now(),
        "refresh": REFRESH_SECONDS,
    }


def queue_of(waiting: Waiting, path: str, kind: str = "", after: str = "") -> list[Group]:
    """The groups that this person can ever have, or one of them whole; a constant number of queries."""
    sources = {"fix": waiting.to_fix(), "test": waiting.to_test(), "push": waiting.to_push()}
    groups = []
    for name in (kind,) if kind else TITLES:
        if name == "behind":
            behind_ones = waiting.behind_drafts
            groups.append(Group(name, str(TITLES[name]), _count(len(behind_ones)), _drafts(waiting)))
        elif name == "held":
            holds = waiting.on_hold().select_related("agent", "version", "by")
            groups.append(_listed(waiting, name, path, holds, "at", after, whole=bool(kind)))
        else:
            found = sources[name].select_related("agent", "version__author", "version__manifest")
            groups.append(_listed(waiting, name, path, found, "changed_at", after, whole=bool(kind)))
    return [group for group in groups if group.items or _is_theirs(group.kind, waiting)]


def last_done(person: User, organization: Organization) -> Event | None:
    """The last release act of the person here."""
    events = Event.objects.filter(organization=organization, actor=person, verb__in=names_in("release"), outcome="done")
    return events.newest_first().first()


def claims_stamp(organization: Organization) -> object:
    """What the claims add to the stamp of a queue: they are no events."""
    return list(Claim.objects.filter(organization=organization).in_force().values_list("version", "by", "at"))


def way_on(request: HttpRequest, organization: Organization, otherwise: str) -> str:
    """After an act that was begun from the queue (`?queue=1`) the next one follows; else the act's own page."""
    return reverse("environments:queue", args=[organization.slug]) if request.GET.get("queue") else otherwise


def _is_anothers(item: Item, waiting: Waiting) -> bool:
    return item.claim is not None and item.claim.by_id != waiting.person.pk


def _is_theirs(kind: str, waiting: Waiting) -> bool:
    needed = {
        "fix": "edit_draft",
        "behind": "edit_draft",
        "test": "mark_ready",
        "push": "push_to_production",
        "held": "lift_hold",
    }
    return needed[kind] in waiting.rights


def _listed(
    waiting: Waiting, kind: str, path: str, found: QuerySet[Any], moment: str, after: str, *, whole: bool
) -> Group:
    """One group of rows, oldest first; the mark of the next page is a moment and an id."""
    count = _count(found.order_by()[: MANY + 1].count())
    size = PAGE if whole else SHOWN
    if after:
        at, row_id = _mark(after)
        found = found.filter(Q(**{f"{moment}__gt": at}) | Q(**{moment: at, "pk__gt": row_id}))
    rows = list(found.order_by(moment, "pk")[: size + 1])
    shown, more = rows[:size], len(rows) > size
    items = _holds(waiting, shown) if kind == "held" else _releases(waiting, kind, shown)
    last = f"{getattr(shown[-1], moment).isoformat()}~{shown[-1].pk}" if more else ""
    own = f"{path}?kind={kind}"
    next_url = f"{own}&after={last.replace('+', '%2B')}" if more and whole else ""
    return Group(kind, str(TITLES[kind]), count, items, own if more and not whole else "", next_url)


def _releases(waiting: Waiting, kind: str, rows: Sequence[Release]) -> list[Item]:
    versions = [row.pk for row in rows]
    pins = _pins(waiting, [row.agent_id for row in rows])
    claims = {claim.version_id: claim for claim in _claims(versions)}
    reasons = _reasons(versions) if kind == "fix" else {}
    items = []
    for row in rows:
        row.agent.organization = waiting.organization
        tested, live = (pins.get((row.agent_id, place.pk if place else None)) for place in waiting.ends)
        claim = claims.get(row.pk)
        items.append(
            Item(
                id=f"{kind}-{row.pk}",
                agent=row.agent,
                number=row.version.number,
                since=row.changed_at,
                act=_act(kind),
                url=_page(kind, row.agent),
                by=reasons[row.pk].by.name if kind == "fix" and reasons.get(row.pk) else _promoter(tested),
                said=reasons[row.pk].note if kind == "fix" and reasons.get(row.pk) else _note(tested, row),
                changes=_changes(row, live),
                compare_url=_compare(row, live),
                version_id=row.pk,
                claim=claim if claim and claim.state == row.state else None,
            )
        )
    return items


def _act(kind: str) -> str:
    return {"fix": _("Edit the draft"), "test": _("Start testing"), "push": _("Review push")}[kind]


def _page(kind: str, agent: Agent) -> str:
    if kind == "fix":
        return reverse("agents:draft", args=[agent.organization.slug, agent.slug])
    return address(agent, "decide" if kind == "test" else "push", queue=1)


def _promoter(pin: Pin | None) -> str:
    return pin.deployment.by.name if pin else ""


def _note(pin: Pin | None, row: Release) -> str:
    return (pin.deployment.note if pin else "") or row.version.description


def _changes(row: Release, live: Pin | None) -> str:
    """What differs from what is live, by part; the compare page says it line by line."""
    if live is None:
        return _("The first version for Production.")
    return differing(live.version.manifest.entries, row.version.manifest.entries) or _("Nothing but its number.")


def _compare(row: Release, live: Pin | None) -> str:
    if live is None:
        return address(row.agent, "version", row.version.number)
    return address(row.agent, "compare", **{"from": live.version.number, "to": row.version.number})


def _drafts(waiting: Waiting) -> list[Item]:
    items = []
    for draft, move in waiting.behind_drafts[:PAGE]:
        draft.agent.organization = waiting.organization
        refusal = behind(move)
        items.append(
            Item(
                id=f"behind-{draft.agent_id}",
                agent=draft.agent,
                number=None,
                since=move.at,
                act=_("Merge"),
                url=merge_address(draft.agent, refusal),
                by=move.by.name,
                said=refusal.detail.replace(" Nothing was published.", ""),
            )
        )
    return sorted(items, key=lambda item: item.since)


def _holds(waiting: Waiting, holds: Sequence[Hold]) -> list[Item]:
    claims = {claim.version_id: claim for claim in _claims([hold.version_id for hold in holds])}
    for hold in holds:
        hold.agent.organization = waiting.organization
    return [
        Item(
            id=f"held-{hold.pk}",
            agent=hold.agent,
            number=hold.version.number,
            since=hold.at,
            act=_("Lift hold: v%s") % hold.version.number,
            url=address(hold.agent, "lift-hold", hold.version.number, queue=1),
            by=hold.by.name,
            said=hold.reason,
            version_id=hold.version_id,
            claim=claims.get(hold.version_id),
        )
        for hold in holds
    ]


def _pins(waiting: Waiting, agents: Sequence[UUID]) -> dict[tuple[UUID, UUID | None], Pin]:
    """What the two ends serve: where QA decides, and the first production environment."""
    pins = Pin.objects.filter(agent__in=agents, environment__in=[place for place in waiting.ends if place])
    related = pins.select_related("deployment__by", "version__manifest")
    return {(pin.agent_id, pin.environment_id): pin for pin in related}


def _claims(versions: Sequence[UUID]) -> QuerySet[Claim]:
    return Claim.objects.filter(version__in=versions).in_force().select_related("by")


def _reasons(versions: Sequence[UUID]) -> dict[UUID, Any]:
    decided: Iterable[SignOff] = SignOff.objects.filter(
        version__in=versions, decision=SignOff.Decision.CHANGES_REQUESTED
    ).select_related("by")
    return {one.version_id: one for one in sorted(decided, key=lambda one: one.at)}


def _count(number: int) -> str:
    return f"{MANY}+" if number > MANY else str(number)


def _mark(text: str) -> tuple[datetime, UUID]:
    """The mark of a page; anything else is refused."""
    moment, _sep, row = text.partition("~")
    return moment_in(moment), id_in(row)
