"""Writes the pasts of many agents, batch by batch: memory stays flat, each batch is one transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from agents.contents import stored_parts
from agents.models import Agent, Draft, Manifest, Part, Version, VersionContributor
from audit.models import ChainHead, Event
from audit.sample import append_acts, fill
from console.benchmarks.sample.contents import Pool, content_of
from console.benchmarks.sample.telling import Scene, Told, tell
from console.organizations.models import Membership, Organization, User
from environments.approvals import rules_of
from environments.models import Deployment, Environment, Hold, Pin, Release, SignOff
from environments.pipeline import environments_of

BATCH = 200  # agents
ROWS = 2_000  # of one statement


@dataclass(frozen=True)
class Amount:
    """How much there is to be in the end."""

    agents: int
    versions: int
    events: int


def amount_of(organization: Organization) -> Amount:
    """How much there is."""
    kinds = (Agent, Version, Event)
    return Amount(*(kind.objects.filter(organization=organization).count() for kind in kinds))


def fill_organization(organization: Organization, amount: Amount, *, days: int = 25) -> None:
    """Give a new organization so many agents, versions and events, spread over the last days.

    Its members act in it: developers write, testers decide, admins push. What the agents' pasts leave of the
    events is filled up with others. An organization that has agents already is refused (`LookupError`).
    """
    if Agent.objects.filter(organization=organization).exists():
        raise LookupError("the organization has agents already")
    pool = Pool()
    scene = _scene(organization, pool)
    counts = list(_spread(amount))
    head = ChainHead.objects.get(organization=organization).at or timezone.now()
    began = max(timezone.now() - timedelta(days=days), head)
    span = (timezone.now() - began - timedelta(seconds=5)) / max(len(counts), 1)
    for start in range(0, len(counts), BATCH):
        chosen = range(start, min(start + BATCH, len(counts)))
        told = [tell(scene, number, counts[number], began + span * number, span) for number in chosen]
        _write(organization, told, pool)
    missing = amount.events - Event.objects.filter(organization=organization).count()
    if missing > 0:
        fill(organization, missing)
    _analyze()


def _analyze() -> None:
    """PostgreSQL plans by what it counted last; after so many rows at once it counts anew, as after any load."""
    contents = (Agent, Draft, Manifest, Part, Version, VersionContributor)
    written = (*contents, Deployment, Hold, Pin, Release, SignOff, Event)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(kind._meta.db_table for kind in written)}")


def _spread(amount: Amount) -> Iterator[int]:
    """How many versions each agent has: none for every 20th, a few or many for the others, exact in sum."""
    with_versions = [number for number in range(amount.agents) if number % 20]
    average = max(1, amount.versions // max(1, len(with_versions)))
    weights = {number: 1 + number * 7919 % (2 * average - 1) for number in with_versions}
    left = amount.versions - sum(weights.values())
    for place, number in enumerate(with_versions):
        share = left // (len(with_versions) - place)
        more = max(share, 1 - weights[number])
        weights[number] += more
        left -= more
    for number in range(amount.agents):
        yield weights.get(number, 0)


def _scene(organization: Organization, pool: Pool) -> Scene:
    pipeline = environments_of(organization)
    return Scene(
        organization=organization,
        staging=next(place for place in pipeline if place.kind == Environment.Kind.STAGING),
        production=next(place for place in pipeline if place.kind == Environment.Kind.PRODUCTION),
        developers=_people(organization, "developer"),
        testers=_people(organization, "qa"),
        admins=_people(organization, "org_admin"),
        rules=rules_of(pipeline, organization),
        content=lambda agent, version: content_of(pool, agent, version),
    )


def _people(organization: Organization, role: str) -> list[User]:
    members = Membership.objects.filter(organization=organization).with_role(role).select_related("user")
    people = [member.user for member in members.order_by("joined_at")]
    if not people:
        raise LookupError(f"the organization has no {role}")
    return people


@transaction.atomic
def _write(organization: Organization, told: list[Told], pool: Pool) -> None:
    _bulk(Part, stored_parts(organization, pool.taken()))
    manifests = _manifests(organization, told)
    _bulk(Agent, [one.agent for one in told])
    for one in told:
        for version in one.versions:
            version.manifest_id = manifests[version.digest]
        if one.draft:
            one.draft.manifest_id = manifests[one.saves[-1][0].digest]
    _bulk(Version, _all(one.versions for one in told))
    _bulk(VersionContributor, _all(one.contributors for one in told))
    _bulk(Release, _all(one.releases for one in told))
    _bulk(SignOff, _all(one.sign_offs for one in told))
    _bulk(Deployment, _all(one.moves for one in told))
    _bulk(Pin, _all(list(one.pins.values()) for one in told))
    _bulk(Hold, _all(one.holds for one in told))
    _bulk(Draft, [one.draft for one in told if one.draft])
    _remember(told, manifests)
    append_acts(organization, _all(one.acts for one in told))


def _manifests(organization: Organization, told: list[Told]) -> dict[str, int]:
    """The keys of all contents by digest; two agents never have equal ones, their prompts name them."""
    contents = {digest: content for one in told for digest, content in one.contents.items()}
    rows = [
        Manifest(organization=organization, digest=name, entries=one.entries, size=2_000)
        for name, one in contents.items()
    ]
    _bulk(Manifest, rows)
    return {row.digest: row.pk for row in rows}


def _remember(told: list[Told], manifests: dict[str, int]) -> None:
    """What simple-history would have kept: the creation of each agent and every save of its draft."""
    agents: Any = Agent.history.model
    drafts: Any = Draft.history.model
    made = [(one.agent, one.agent.created_by, one.agent.created_at, "+", "Created") for one in told]
    _bulk(agents, [_history(agents, *what) for what in made])
    saves = []
    for one in told:
        for place, (content, by, at) in enumerate(one.saves):
            if one.draft is None:
                continue
            row = _history(drafts, one.draft, by, at, "~" if place else "+", "Saved" if place else "Created")
            base = next((version for version in reversed(one.versions) if version.created_at < at), None)
            row.manifest_id, row.base_id = manifests[content.digest], base.pk if base else None
            row.updated_at, row.updated_by_id, row.contributors, row.authors = at, by.pk, [by.pk], {}
            saves.append(row)
    _bulk(drafts, saves)


def _history(model: Any, row: Any, by: User, at: Any, kind: str, reason: str) -> Any:
    columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    marks = {"history_user_id": by.pk, "history_date": at, "history_type": kind, "history_change_reason": reason}
    return model(**columns, **marks)


def _bulk(model: Any, rows: list[Any]) -> None:
    model.objects.bulk_create(rows, batch_size=ROWS)


def _all(lists: Iterable[list[Any]]) -> list[Any]:
    return [row for rows in lists for row in rows]
