"""Bulk promotion: the difference first, one confirmation, then the job with its results (ux.md S16)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.organizations.doors import actor_of, organization_for, posted
from console.organizations.errors import Conflict, Invalid
from environments.actions import cancel_job, retry_failed, start_promotion, undo_moved
from environments.bulk_page import Hop, choice_of, hop_of, job_page, job_visible_to, jobs_visible_to
from environments.forms import BulkForm, UndoForm

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, organization: str) -> HttpResponseBase:
    """What would move between two neighbours, why the rest would not, and the one confirmation."""
    tenant = organization_for(request, organization)
    hop = hop_of(tenant, request.GET.get("source", ""))
    form = BulkForm(posted(request))
    refusal, status = None, 200
    if hop and form.is_valid():
        try:
            job = _start(request, hop, form)
        except (Invalid, Conflict) as error:
            refusal, status = error, 422
        else:
            return redirect("environments:job", tenant.slug, job.pk)
    context = {
        "organization": tenant,
        "hop": hop,
        "form": form,
        "refusal": refusal,
        "page_error": status != 200,
        "choice": choice_of(request, tenant, hop, chosen=set(request.POST.getlist("agents"))) if hop else None,
    }
    return render(request, "environments/bulk.html", context, status=status)


@require_safe
def job_list(request: HttpRequest, organization: str) -> HttpResponse:
    """The jobs, newest first."""
    tenant = organization_for(request, organization)
    jobs = list(jobs_visible_to(request, tenant)[:PAGE])
    return render(request, "environments/jobs.html", {"organization": tenant, "jobs": jobs})


@require_safe
def job(request: HttpRequest, organization: str, job: UUID) -> HttpResponse:
    """One job: progress while it runs, results by agent, and what can be done next."""
    tenant = organization_for(request, organization)
    return render(request, "environments/job.html", job_page(request, tenant, _job(request, tenant, job)))


@require_POST
def act(request: HttpRequest, organization: str, job: UUID) -> HttpResponseBase:
    """Cancel a job, try what failed again, or take back what moved."""
    tenant = organization_for(request, organization)
    found, wanted = _job(request, tenant, job), request.POST.get("act")
    if wanted == "cancel":
        followed = cancel_job(found, actor=actor_of(request))
    elif wanted == "retry":
        followed = retry_failed(found, actor=actor_of(request))
    else:
        form = UndoForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(one) for errors in form.errors.values() for one in errors))
            return redirect("environments:job", tenant.slug, found.pk)
        followed = undo_moved(found, actor=actor_of(request), reason=form.cleaned_data["reason"])
    return redirect("environments:job", tenant.slug, followed.pk)


def _start(request: HttpRequest, hop: Hop, form: BulkForm) -> Any:
    chosen = hop.agents_named(request, request.POST.getlist("agents"))
    return start_promotion(
        hop.organization,
        actor=actor_of(request),
        source=hop.source.slug,
        target=hop.target.slug,
        agents=chosen,
        expected_digests={one.slug: request.POST.get(f"digest-{one.slug}", "") for one in chosen},
        note=form.cleaned_data["note"],
        ticket=form.cleaned_data["ticket"],
    )


def _job(request: HttpRequest, organization: Any, job: UUID) -> Any:
    found = job_visible_to(request, organization, job)
    if found is None:
        raise Http404("No such job.")
    return found
