"""Bulk promotion: a choice, its differences, one confirmation, then the job with its results (ux.md S16)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.organizations.doors import actor_of, organization_for, posted
from console.organizations.models import Organization
from environments.actions import cancel_job, undo_moved
from environments.attempts import Attempt, attempt
from environments.boards.live import stamp_of, stamped, unchanged
from environments.bulk_page import choice_of, hop_of, job_page, job_visible_to, jobs_visible_to
from environments.bulk_review import asked_of, review_of, start
from environments.forms import BulkForm, ChoiceFilter, UndoForm
from environments.models import Job

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, organization: str) -> HttpResponse:
    """What would move between two neighbours, and why the rest would not; nothing starts here.

    Looking for other agents is sent as a form, because it carries the chosen ones, and an address holds only so many.
    """
    tenant = organization_for(request, organization)
    hop, sent = hop_of(tenant, request.GET.get("source", "")), request.POST if request.method == "POST" else request.GET
    form = ChoiceFilter(sent)
    wanted = form.cleaned_data if form.is_valid() else {}
    choice = choice_of(request, hop, set(sent.getlist("agents")), **wanted) if hop else None
    context = {"organization": tenant, "hop": hop, "choice": choice, "form": form}
    return render(request, "environments/bulk.html", context, status=200 if form.is_valid() else 400)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, organization: str) -> HttpResponseBase:
    """The differences of everything that was chosen, and the one confirmation that starts the job."""
    tenant = organization_for(request, organization)
    follows = _followed(request, tenant)
    hop = hop_of(tenant, follows.source.slug if follows and follows.source else request.GET.get("source", ""))
    asked = asked_of(request, follows)
    if hop is None or not asked.names:
        messages.error(request, _("No agent is chosen. Nothing was started."))
        return redirect("environments:bulk", tenant.slug)
    found = review_of(request, hop, asked)
    form = BulkForm(posted(request), initial=asked.typed or _texts_of(follows))
    tried = Attempt()
    if request.POST.get("act") == "start":
        tried = attempt(request, form, lambda data: start(request, found, data, follows))
    if tried.done:
        return redirect("environments:job", tenant.slug, tried.done.pk)
    context = {"organization": tenant, "review": found, "form": form, "follows": follows, "refusal": tried.refusal}
    context["page_error"] = tried.status >= 400
    return render(request, "environments/bulk_review.html", context, status=tried.status)


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
    context = job_page(request, tenant, _job(request, tenant, job))
    stamp = stamp_of(request, tenant, context["job"].state, context["counts"])
    short = unchanged(request, stamp)
    return short or stamped(render(request, "environments/job.html", context), stamp)


@require_POST
def act(request: HttpRequest, organization: str, job: UUID) -> HttpResponseBase:
    """Cancel a job, or take back what moved."""
    tenant = organization_for(request, organization)
    found, wanted = _job(request, tenant, job), request.POST.get("act")
    if wanted == "cancel":
        followed = cancel_job(found, actor=actor_of(request))
    else:
        form = UndoForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(one) for errors in form.errors.values() for one in errors))
            return redirect("environments:job", tenant.slug, found.pk)
        followed = undo_moved(found, actor=actor_of(request), reason=form.cleaned_data["reason"])
    return redirect("environments:job", tenant.slug, followed.pk)


def _followed(request: HttpRequest, organization: Organization) -> Job | None:
    """The job whose failures are tried again, where the address names one."""
    text = request.GET.get("follows", "")
    try:
        return _job(request, organization, UUID(text)) if text else None
    except ValueError:
        raise Http404(_("No such job.")) from None


def _texts_of(job: Job | None) -> dict[str, str]:
    return {"note": job.note, "ticket": job.ticket} if job else {}


def _job(request: HttpRequest, organization: Organization, job: UUID) -> Job:
    found = job_visible_to(request, organization, job)
    if found is None:
        raise Http404(_("No such job."))
    return found
