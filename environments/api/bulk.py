"""The API of bulk promotion: the difference first, then a job whose rows tell the truth."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from agents.models import Agent
from audit.cursors import LIMIT, Cursor, Limit, Text, read_cursor, write_cursor
from console.organizations.api import tenant_of
from console.organizations.doors import actor_of, person_of
from console.organizations.errors import NotFound
from console.organizations.policies import permissions_on
from environments.actions import cancel_job, retry_failed, start_promotion, undo_moved
from environments.api.pipelines import environment_called, environment_reached
from environments.api.shapes import job_item_out, job_out
from environments.differing import differences
from environments.errors import Contradiction
from environments.facts import LIVE
from environments.models import Job, JobItem
from environments.policies import environments_open_to
from environments.schemas import BulkIn, DifferencesOut, JobItemsOut, JobOut, JobsOut, ReasonIn, RetryIn, StartedOut

router = Router(tags=["Bulk promotion"])
WORKING = frozenset({"promote_to_staging", "push_to_production", "roll_back", "view_all_events"})


@router.get("/environments/diff", response=DifferencesOut, summary="What a bulk promotion would move")
def diff(
    request: HttpRequest, source: Text, target: Text, agents: Text = "", limit: Limit = LIMIT, cursor: Cursor = ""
) -> dict[str, Any]:
    """Per agent by slug: the versions, the sections that differ, and whether it could move now and if not why."""
    tenant, person = tenant_of(request), person_of(request)
    first, second = environment_reached(request, source), environment_reached(request, target)
    names = [name for name in agents.split(",") if name]
    binding = f"diff:{tenant.pk}:{first.pk}:{second.pk}:{agents}"
    visible = Agent.objects.visible_to(person, tenant).current()
    found = visible.filter(pk__in=[one.pk for one in _called(request, names)]) if names else visible
    found = found.filter(pins__environment=first).order_by("slug")
    if cursor:
        found = found.filter(slug__gt=read_cursor(cursor, binding))
    rows = list(found[: limit + 1])
    shown = rows[:limit]
    for agent in shown:
        agent.organization = tenant
    items = [
        {
            "agent": one.agent.slug,
            "name": one.agent.name,
            "source_version": one.source.number if one.source else None,
            "target_version": one.target.number if one.target else None,
            "digest": one.source.digest if one.source else None,
            "differs": one.differs,
            "sections": one.sections,
            "promotable": one.promotable,
            "why_not": one.why_not,
            "gates": [gate.as_json() for gate in one.gates],
        }
        for one in differences(shown, first, second, actor_of(request), LIVE)
    ]
    return {"items": items, "next_cursor": write_cursor(shown[-1].slug, binding) if len(rows) > limit else None}


@router.post("/environments/promote", response={202: StartedOut}, summary="Promote many agents")
def promote_many(request: HttpRequest, body: BulkIn) -> Any:
    """The list is frozen now; each agent moves on its own under all gates, and ends with its own result."""
    if body.agents is not None and body.flow_ids is not None:
        raise Contradiction("Send agents or flowIds, not both. Nothing was changed.")
    names = body.agents if body.agents is not None else body.flow_ids
    tenant = tenant_of(request)
    job = start_promotion(
        tenant,
        actor=actor_of(request),
        source=environment_called(tenant, body.source).slug,
        target=environment_called(tenant, body.target).slug,
        agents=None if names is None else _called(request, names),
        expected_digests=body.expected_digests,
        note=body.note,
        ticket=body.ticket,
    )
    return Status(202, {"job": job_out(job)})


@router.get("/jobs", response=JobsOut, summary="Jobs, newest first")
def list_jobs(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """One's own jobs, or all of the organization for who moves releases or audits them."""
    binding = f"jobs:{tenant_of(request).pk}"
    found = _visible(request).order_by("-pk")
    if cursor:
        found = found.filter(pk__lt=read_cursor(cursor, binding))
    rows = list(found[: limit + 1])
    shown = rows[:limit]
    more = write_cursor(str(shown[-1].pk), binding) if len(rows) > limit else None
    return {"items": [job_out(job) for job in shown], "next_cursor": more}


@router.get("/jobs/{job}", response=JobOut, summary="The progress of a job")
def one_job(request: HttpRequest, job: str) -> dict[str, Any]:
    """Counts are counted from the rows at this moment."""
    return job_out(_job(request, job))


@router.get("/jobs/{job}/items", response=JobItemsOut, summary="How each agent of a job ended")
def items(
    request: HttpRequest, job: str, state: Text = "", limit: Limit = LIMIT, cursor: Cursor = ""
) -> dict[str, Any]:
    """In the order of the job; `state` keeps one of pending, promoted, unchanged, skipped, failed."""
    found = _job(request, job)
    rows = JobItem.objects.filter(job=found).select_related("agent", "version").order_by("position")
    if state:
        rows = rows.filter(state=state)
    binding = f"items:{found.pk}:{state}"
    if cursor:
        rows = rows.filter(position__gt=read_cursor(cursor, binding))
    some = list(rows[: limit + 1])
    shown = some[:limit]
    more = write_cursor(shown[-1].position, binding) if len(some) > limit else None
    return {"items": [job_item_out(item) for item in shown], "next_cursor": more}


@router.post("/jobs/{job}/cancel", response=JobOut, summary="Cancel a job")
def cancel(request: HttpRequest, job: str) -> dict[str, Any]:
    """What is under way ends, what waits is skipped, what is done stays done."""
    return job_out(cancel_job(_job(request, job), actor=actor_of(request)))


@router.post("/jobs/{job}/retry", response={202: StartedOut}, summary="Try what failed again")
def retry(request: HttpRequest, job: str, body: RetryIn = RetryIn()) -> Any:  # noqa: B008
    """A new job with what failed, or with those `agents` of it.

    Each agent is expected to be what the first job was to move; who has seen something newer says so
    in `expected_digests`.
    """
    found = _job(request, job)
    again = retry_failed(
        found,
        actor=actor_of(request),
        agents=None if body.agents is None else _called(request, body.agents),
        expected_digests=body.expected_digests,
        note=body.note,
        ticket=body.ticket,
    )
    return Status(202, {"job": job_out(again)})


@router.post("/jobs/{job}/undo", response={202: StartedOut}, summary="Take back what a job moved")
def undo(request: HttpRequest, job: str, body: ReasonIn) -> Any:
    """A new job that rolls every moved agent back, where it is still served."""
    return Status(202, {"job": job_out(undo_moved(_job(request, job), actor=actor_of(request), reason=body.reason))})


def _called(request: HttpRequest, names: list[str]) -> list[Agent]:
    """The agents that a list names; one that does not exist for the caller makes the whole request 404 (T19)."""
    tenant = tenant_of(request)
    visible = Agent.objects.visible_to(person_of(request), tenant).current()
    ids = [name for name in names if _is_id(name)]
    slugs = [name for name in names if not _is_id(name) and "\0" not in name]
    found = {str(agent.pk): agent for agent in visible.filter(pk__in=ids)} if ids else {}
    found |= {agent.slug: agent for agent in visible.filter(slug__in=slugs)} if slugs else {}
    for name in names:
        if name.lower() not in found and name not in found:
            raise NotFound(f"There is no agent {name[:80]!r}, or not for you. Nothing was changed.")
    return [found.get(name) or found[name.lower()] for name in names]


def _visible(request: HttpRequest) -> Any:
    tenant, person = tenant_of(request), person_of(request)
    jobs = Job.objects.filter(organization=tenant).select_related("source", "target", "by", "key")
    jobs = jobs if permissions_on(person, tenant) & WORKING else jobs.filter(by=person)
    limit = environments_open_to(person)
    return jobs.filter(target__slug__in=limit) if limit else jobs


def _job(request: HttpRequest, name: str) -> Job:
    found: Job | None = _visible(request).filter(pk=name).first() if _is_id(name) else None
    if found is None:
        raise NotFound("There is no such job, or not for you.")
    found.organization = tenant_of(request)
    return found


def _is_id(name: str) -> bool:
    try:
        return len(name) == 36 and bool(UUID(name))
    except ValueError:
        return False
