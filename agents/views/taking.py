"""Taking parts of a version or an earlier save over into the draft: first the difference it makes, then the act."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents import policies
from agents.actions import draft_token, take_parts
from agents.actions.taking import source_of
from agents.compare import Side
from agents.doors import agent_for
from agents.errors import DraftUnchanged
from agents.forms import TakeForm
from agents.models import Agent
from agents.reading import compare_manifests, draft_side
from agents.summaries import title_of
from agents.views.page import draft_for, draft_page, malformed
from console.organizations.doors import actor_of
from console.organizations.errors import Stale
from console.refusals import status_of


@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, organization: str, agent: str) -> HttpResponseBase:
    """What taking these parts over would change in the draft; a POST does it."""
    found = agent_for(request, organization, agent)
    if request.method == "POST":
        return _take(request, found, TakeForm(request.POST))
    policies.require(actor_of(request), "edit_draft", found)
    form = TakeForm(request.GET)
    if not form.is_valid():
        raise malformed(form)
    return _page(request, found, form.cleaned_data["source"], form.cleaned_data["part"])


def _take(request: HttpRequest, agent: Agent, form: TakeForm) -> HttpResponseBase:
    if not form.is_valid():
        raise malformed(form)
    source, paths = form.cleaned_data["source"], form.cleaned_data["part"]
    try:
        take_parts(agent, actor=actor_of(request), source=source, paths=paths, token=form.cleaned_data["token"])
    except (Stale, DraftUnchanged) as refusal:
        return _page(request, agent, source, paths, refusal)
    names = ", ".join(title_of(path) for path in paths[:5]) + (", ..." if len(paths) > 5 else "")
    messages.success(
        request,
        _("Taken over into the draft: %(names)s. The former state is in the draft's history.") % {"names": names},
    )
    return redirect("agents:draft", agent.organization.slug, agent.slug)


def _page(
    request: HttpRequest, agent: Agent, source: str, paths: list[str], refusal: Stale | DraftUnchanged | None = None
) -> HttpResponse:
    """The parts as the draft has them against how the source has them."""
    _found, draft = draft_for(request, agent.organization.slug, agent.slug)
    origin, mine = source_of(agent, source), draft_side(draft)
    wanted = {path: part for path, part in origin.manifest.entries.items() if path in paths}
    before = {path: part for path, part in mine.manifest.items() if path in paths}
    comparison = compare_manifests(agent, Side(mine.label, before), Side(origin.label, wanted))
    form = TakeForm(initial={"source": source, "part": paths, "token": draft_token(draft)})
    context = {
        "origin": origin.label,
        "titles": [title_of(path) for path in paths],
        "comparison": comparison,
        "form": form,
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else 200
    return draft_page(request, agent, draft, "agents/take.html", _("Take parts over"), context, status)
