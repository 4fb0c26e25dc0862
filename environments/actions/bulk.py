"""Verbs of bulk work: the list is frozen here; a worker moves each agent by the ordinary verb (environments.bulk)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent, Version
from audit.clock import database_time
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.errors import Conflict, ContentError, Invalid, NotFound
from console.organizations.models import Organization
from console.organizations.policies import require
from console.organizations.texts import checked_text
from environments import policies
from environments.actions.loading import person
from environments.models import Environment, Job, JobItem, Pin
from environments.pipeline import environment_named, next_environment
from environments.tasks import wake

MOST = 5_000  # T19
TICKET_LENGTH = 100


@dataclass(frozen=True)
class Wanted:
    """One agent of a bulk act: what is to move, and what the target serves as the list is frozen."""

    agent: Agent
    version: Version | None
    live: int = 0
    digest: str = ""  # what is expected unless the caller says otherwise; empty for what the source serves now


@verb("bulk.started")
def start_promotion(
    organization: Organization,
    *,
    actor: Actor,
    source: str,
    target: str,
    agents: Sequence[Agent] | None = None,
    expected_digests: Mapping[str, str] | None = None,
    expected_live: Mapping[str, int] | None = None,
    note: str = "",
    ticket: str = "",
) -> Job:
    """Move what the source serves into the next environment, agent by agent, each under all its gates.

    `agents` must be visible to the actor, which the caller has seen to; None takes every agent that they may list
    and that is pinned in the source. `expected_digests` (slug -> digest) and `expected_live` (slug -> number of the
    version that the target serves, 0 for none) are what the caller reviewed: an agent whose environments serve
    something else fails alone. Refuses an empty list and more than 5,000 agents (T19).
    """
    organization = Organization.objects.steady(organization)
    place, destination = _places(organization, source, target)
    permission = "push_to_production" if destination.is_production else "promote_to_staging"
    require(actor, permission, organization)
    policies.require_within_key(actor, destination)
    note, ticket = checked_text(note, "note"), checked_text(ticket, "ticket", limit=TICKET_LENGTH)
    wanted = _as_seen(_wanted(actor, organization, place, destination, agents), expected_live or {})
    job = _make(organization, actor, Job.Kind.PROMOTION, place, destination, note, ticket)
    _freeze(job, wanted, expected_digests or {})
    _tell(job, actor, len(wanted))
    return job


@verb("bulk.retried")
def retry_failed(
    job: Job,
    *,
    actor: Actor,
    agents: Sequence[Agent] | None = None,
    expected_digests: Mapping[str, str] | None = None,
    expected_live: Mapping[str, int] | None = None,
    note: str | None = None,
    ticket: str | None = None,
) -> Job:
    """Start a new job with the items that failed, or those of them that are named.

    What is expected is what the caller reviewed, as for `start_promotion`; of an agent of which they say nothing, what
    the first job was to move, so that nothing goes out that nobody has seen. Without a note or a ticket of its own the
    new job has those of the job that it follows.
    """
    organization = Organization.objects.steady(job.organization)
    current = _over(job)
    permission = "push_to_production" if current.target.is_production else "promote_to_staging"
    require(actor, permission, organization)
    policies.require_within_key(actor, current.target)
    failed = current.items.filter(state=JobItem.State.FAILED).select_related("agent")
    items = list(failed if agents is None else failed.filter(agent__in=agents))
    if not items or current.source is None or current.kind != Job.Kind.PROMOTION:
        raise Conflict(_("Nothing failed that could be tried again. Nothing was changed."))
    note = checked_text(current.note if note is None else note, "note")
    ticket = checked_text(current.ticket if ticket is None else ticket, "ticket", limit=TICKET_LENGTH)
    now = _wanted(actor, organization, current.source, current.target, [item.agent for item in items])
    first = {item.agent_id: item.digest for item in items}
    wanted = _as_seen([replace(one, digest=first[one.agent.pk]) for one in now], expected_live or {})
    again = _make(organization, actor, Job.Kind.PROMOTION, current.source, current.target, note, ticket, current)
    _freeze(again, wanted, expected_digests or {})
    _tell(again, actor, len(wanted), "bulk.retried")
    return again


@verb("bulk.undone")
def undo_moved(job: Job, *, actor: Actor, reason: str) -> Job:
    """Roll back what the job moved, where it is still served; each by the ordinary rollback, with its hold."""
    organization = Organization.objects.steady(job.organization)
    current = _over(job)
    require(actor, "roll_back", organization)
    policies.require_within_key(actor, current.target)
    reason = checked_text(reason, "reason", required=True)
    moved = current.items.filter(state=JobItem.State.PROMOTED).select_related(
        "agent", "deployment__from_version", "version"
    )
    wanted = [
        Wanted(item.agent, item.deployment.from_version, item.version.number if item.version else 0)
        for item in moved
        if item.deployment is not None
    ]
    if not wanted or current.kind != Job.Kind.PROMOTION:
        raise Conflict(_("This job moved nothing that could be taken back. Nothing was changed."))
    back = _make(organization, actor, Job.Kind.ROLLBACK, None, current.target, reason, "", current)
    _freeze(back, wanted, {})
    _tell(back, actor, len(wanted), "bulk.undone")
    return back


@verb("bulk.cancelled")
def cancel_job(job: Job, *, actor: Actor) -> Job:
    """Let a job end after the agents that are under way; what is done stays done.

    Who started it, or could have; another key of the same person must be one that could have.
    """
    organization = Organization.objects.steady(job.organization)
    current = Job.objects.select_for_update(of=("self",), no_key=True).select_related("target").get(pk=job.pk)
    current.organization = organization
    if actor.user is None or current.by_id != actor.user.pk or (actor.key and actor.key.pk != current.key_id):
        require(actor, "push_to_production" if current.target.is_production else "promote_to_staging", organization)
    policies.require_within_key(actor, current.target)
    if current.is_over:
        raise Conflict(_("This job is over. Nothing was changed."))
    if current.cancel_asked_at is None:
        current.cancel_asked_at = database_time()
        current.save(update_fields=["cancel_asked_at"])
        record("bulk.cancelled", current.audit_target(), actor=actor, environment=current.target.slug)
        transaction.on_commit(lambda: wake(current.pk))
    return current


def _places(organization: Organization, source: str, target: str) -> tuple[Environment, Environment]:
    found = {name: environment_named(organization, name) for name in (source, target)}
    for name, place in found.items():
        if place is None:
            raise NotFound(_("There is no environment %(name)s.") % {"name": f"{name[:63]!r}"})
    first, second = found[source], found[target]
    if first is None or second is None or first.is_development or next_environment(first) != second:
        follows = next_environment(first) if first and not first.is_development else None
        hint = (
            _("After %(first)s comes %(follows)s.") % {"first": first.name, "follows": follows.name}
            if first and follows
            else _("A bulk act moves one hop.")
        )
        raise Conflict(_("Hops are never skipped. %(hint)s Nothing was changed.") % {"hint": hint})
    return first, second


def _wanted(
    actor: Actor,
    organization: Organization,
    source: Environment,
    target: Environment,
    agents: Sequence[Agent] | None,
) -> list[Wanted]:
    """The frozen list: each agent once, in the order of the request, with what source and target serve now."""
    if agents is None:
        visible = Agent.objects.visible_to(person(actor), organization).current()
        agents = list(visible.filter(pins__environment=source).order_by("slug"))
    unique = list({agent.pk: agent for agent in agents}.values())
    if not unique:
        raise _refused(_("No agent is named, and none is pinned there."))
    if len(unique) > MOST:
        raise _refused(
            _("%(count)s agents are named; %(most)s are allowed in one act.")
            % {"count": f"{len(unique):,}", "most": f"{MOST:,}"}
        )
    pins = Pin.objects.filter(agent__in=unique, environment__in=[source, target]).select_related("version")
    served = {(pin.agent_id, pin.environment_id): pin.version for pin in pins}
    found = []
    for agent in unique:
        live = served.get((agent.pk, target.pk))
        found.append(Wanted(agent, served.get((agent.pk, source.pk)), live.number if live else 0))
    return found


def _as_seen(wanted: list[Wanted], live: Mapping[str, int]) -> list[Wanted]:
    """The list with what the caller saw in the target, where they say so; a move from anything else is refused."""
    return [replace(one, live=live.get(one.agent.slug, one.live)) for one in wanted]


def _make(
    organization: Organization,
    actor: Actor,
    kind: str,
    source: Environment | None,
    target: Environment,
    note: str,
    ticket: str,
    follows: Job | None = None,
) -> Job:
    return Job.objects.create(
        organization=organization,
        kind=kind,
        source=source,
        target=target,
        note=note,
        ticket=ticket,
        by=person(actor),
        key=actor.key,
        proven_at=actor.proven_at,
        created_at=database_time(),
        follows=follows,
    )


def _freeze(job: Job, wanted: Sequence[Wanted], expected: Mapping[str, str]) -> None:
    known = {one.agent.slug for one in wanted} | {str(one.agent.pk) for one in wanted}
    unknown = sorted(set(expected) - known)
    if unknown:
        raise Invalid(
            _("A digest is expected of %(unknown)s, which is not in the list. Nothing was changed.")
            % {"unknown": f"{unknown[0]!r}"},
            [ContentError(f"/expected_digests/{unknown[0]}", _("This agent is not in the list."))],
        )
    JobItem.objects.bulk_create(
        JobItem(
            job=job,
            position=position,
            agent=one.agent,
            version=one.version,
            live=one.live,
            digest=expected.get(one.agent.slug)
            or expected.get(str(one.agent.pk))
            or one.digest
            or (one.version.digest if one.version else ""),
        )
        for position, one in enumerate(wanted)
    )


def _tell(job: Job, actor: Actor, total: int, name: str = "bulk.started") -> None:
    data: dict[str, Any] = {"total": total, "source": job.source.slug if job.source else None}
    if job.follows_id:
        data["follows"] = str(job.follows_id)
    record(name, job.audit_target(), actor=actor, environment=job.target.slug, reason=job.note, data=data)
    transaction.on_commit(lambda: wake(job.pk))


def _over(job: Job) -> Job:
    current = Job.objects.select_related("source", "target").get(pk=job.pk)
    current.organization = job.organization
    if not current.is_over:
        raise Conflict(_("This job is still under way. Nothing was changed. Wait for its end or cancel it."))
    return current


def _refused(message: str) -> Invalid:
    return Invalid(_("%(message)s Nothing was changed.") % {"message": message}, [ContentError("/agents", message)])
