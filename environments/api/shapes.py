"""Rows as the API spells them; every reader of one kind of row goes through one function."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from agents.api import person_out
from agents.models import Agent, Version
from console.organizations.models import Organization
from environments.models import Deployment, Environment, Hold, Job, JobItem, Pin, SignOff
from environments.pipeline import environments_of


def agents_out(agents: list[Agent], organization: Organization, limit: Collection[str] = ()) -> list[dict[str, Any]]:
    """Agents with their active versions maps, in a constant number of queries.

    `limit`: the only environments (slugs) that the caller's key knows; none for all.
    """
    pipeline = [place for place in environments_of(organization) if not limit or place.slug in limit]
    pins: dict[Any, dict[Any, Pin]] = defaultdict(dict)
    for pin in Pin.objects.filter(agent__in=agents).with_facts().select_related("deployment__key"):
        pins[pin.agent_id][pin.environment_id] = pin
    cut = _latest(agents) if any(place.kind == Environment.Kind.DEVELOPMENT for place in pipeline) else {}
    return [_agent(agent, pipeline, pins[agent.pk], cut.get(agent.pk)) for agent in agents]


def version_out(version: Version, places: Iterable[str], on_hold: bool) -> dict[str, Any]:
    """A version; it has release, author, base and contributors loaded."""
    return {
        "agent": version.agent.slug,
        "version": version.number,
        "digest": version.digest,
        "state": version.release.state,
        "description": version.description,
        "created_by": person_out(version.author.name, version.author.pk),
        "created_at": version.created_at,
        "contributors": [person_out(person.name, person.pk) for person in version.contributors.all()],
        "base_version": version.base.number if version.base else None,
        "environments": list(places),
        "on_hold": on_hold,
    }


def deployment_out(move: Deployment, *, current: bool) -> dict[str, Any]:
    """One move of a pin."""
    return {
        "id": move.pk,
        "agent": move.agent.slug,
        "version": move.version.number,
        "digest": move.version.digest,
        "environment": move.environment.slug,
        "action": move.action,
        "from_version": move.from_version.number if move.from_version else None,
        "by": person_out(move.by.name, move.by.pk, move.key.name if move.key else None),
        "at": move.at,
        "until": getattr(move, "until", None),
        "note": move.note,
        "ticket": move.ticket or None,
        "sign_off": sign_off_out(move.sign_off) if move.sign_off else None,
        "self_approval": move.is_self_approval,
        "current": current,
    }


def sign_off_out(decision: SignOff) -> dict[str, Any]:
    """A decision of QA; `by` is null for the console itself (an approval that became stale)."""
    key = decision.key.name if decision.key else None
    return {
        "decision": decision.decision,
        "by": person_out(decision.by.name, decision.by.pk, key) if decision.by else None,
        "at": decision.at,
        "environment": decision.environment.slug,
        "note": decision.note,
        "digest": decision.digest,
        "self_approval": decision.is_self_approval,
    }


def job_out(job: Job) -> dict[str, Any]:
    """A job with its counts as they are now."""
    counts = job.counts()
    state = JobItem.State
    return {
        "id": job.pk,
        "kind": job.kind,
        "state": job.state,
        "source": job.source.slug if job.source else None,
        "target": job.target.slug,
        "total": sum(counts.values()),
        "done": counts[state.PROMOTED] + counts[state.UNCHANGED],
        "failed": counts[state.FAILED],
        "skipped": counts[state.SKIPPED],
        "items_url": f"/api/v1/jobs/{job.pk}/items",
        "by": person_out(job.by.name, job.by.pk, job.key.name if job.key else None),
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def job_item_out(item: JobItem) -> dict[str, Any]:
    """How one agent of a job ended."""
    return {
        "agent": item.agent.slug,
        "version": item.version.number if item.version else None,
        "state": item.state,
        "code": item.code,
        "message": item.message,
        "deployment": item.deployment_id,
    }


def held_versions(agent: Agent) -> set[Any]:
    """The versions of an agent that are on hold."""
    return set(Hold.objects.filter(agent=agent, lifted_at=None).values_list("version_id", flat=True))


def _agent(agent: Agent, pipeline: list[Environment], pins: Mapping[Any, Pin], cut: Version | None) -> dict[str, Any]:
    served = {place.slug: _served(pins.get(place.pk)) for place in pipeline}
    for place in pipeline:
        if place.kind == Environment.Kind.DEVELOPMENT and cut is not None:
            served[place.slug] = _cut(cut)
    return {
        "id": agent.pk,
        "slug": agent.slug,
        "name": agent.name,
        "description": agent.description,
        "labels": agent.labels,
        "created_at": agent.created_at,
        "archived_at": agent.archived_at,
        "environments": served,
    }


def _served(pin: Pin | None) -> dict[str, Any] | None:
    if pin is None:
        return None
    move = pin.deployment
    return {
        "version": pin.version.number,
        "digest": pin.version.digest,
        "state": pin.version.release.state,
        "since": move.at,
        "by": person_out(move.by.name, move.by.pk, move.key.name if move.key else None),
    }


def _cut(version: Version) -> dict[str, Any]:
    return {
        "version": version.number,
        "digest": version.digest,
        "state": version.release.state,
        "since": version.created_at,
        "by": person_out(version.author.name, version.author.pk),
    }


def _latest(agents: list[Agent]) -> dict[Any, Version]:
    """The latest version of each agent, which Development shows (ADR 004)."""
    newest = Version.objects.filter(agent__in=agents).order_by("agent", "-number").distinct("agent")
    return {version.agent_id: version for version in newest.select_related("release", "author")}
