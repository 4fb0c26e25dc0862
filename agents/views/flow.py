"""The flow of a draft: its outline and picture, one node, and single acts, each saved at once and undone at once."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.actions import save_section, section_token
from agents.documents import section_text
from agents.flow_acts import Done, act_on
from agents.flow_desk import FlowDesk
from agents.flow_forms import FlowActForm, NodeForm, UndoForm
from agents.models import Agent, Draft
from agents.part_forms import TextPartForm
from agents.undoing import part_before
from agents.views.autosaving import answers_autosave
from agents.views.conflicts import conflict
from agents.views.page import draft_for, draft_page, malformed, may
from agents.views.parts import editor
from agents.views.sections import save_form
from console.organizations.doors import actor_of
from console.organizations.errors import Invalid, Stale, TooLarge
from console.refusals import status_of


@require_safe
def flow(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """The outline, the picture, and a form for one more node."""
    found, draft = draft_for(request, organization, agent)
    desk = FlowDesk(draft, request.GET.get("was", ""), request.GET.get("into", ""))
    after = request.GET.get("after", "")
    initial = {"token": section_token(draft, "flow"), "after": after if after in desk.names else ""}
    initial["act"] = _("insert %(into)s") % {"into": desk.into["index"]} if desk.into else "add"
    return _flow_page(request, found, desk, FlowActForm(initial=initial, nodes=desk.names))


@require_POST
def act(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """Do one act on the flow that the page showed; colleagues' changes meanwhile lead to the conflict page."""
    found, draft = draft_for(request, organization, agent)
    desk = FlowDesk(draft)
    form = FlowActForm(request.POST, nodes=desk.names)
    if not form.is_valid():
        return _refused(request, found, desk, form, 422)
    seen, done = _seen(desk, form.cleaned_data["token"]), Done(None)
    try:
        if may(request, "edit_draft", found):  # else the verb refuses and keeps the attempt
            done = act_on(seen, form.cleaned_data["act"], form.typed())
        saved = _save(request, found, done.flow, form.cleaned_data["token"], _("Flow: %s") % form.cleaned_data["act"])
    except Stale as refusal:
        return _conflict(request, found, desk, done.flow, refusal, form.cleaned_data["token"])
    except (Invalid, TooLarge) as refusal:
        form.show(refusal)
        return _refused(request, found, desk, form, status_of(refusal))
    return _next_page(saved, form.cleaned_data["here"], done, section_token(draft, "flow"))


@require_POST
def undo(request: HttpRequest, organization: str, agent: str) -> HttpResponse:
    """The flow is again what it was before the last act; that act stays in the history, and can come back."""
    found, draft = draft_for(request, organization, agent)
    form = UndoForm(request.POST)
    if not form.is_valid():
        raise malformed(form)
    was, token = form.cleaned_data["was"], form.cleaned_data["token"]
    before = part_before(draft, "flow", was) if was else None
    if was and before is None:
        raise Http404(_("The history of this draft has no such flow."))
    saved = _save(request, found, before, token, _("Flow: undone"))
    return _next_page(saved, "", Done(before), section_token(draft, "flow"))


@require_http_methods(["GET", "HEAD", "POST"])
@answers_autosave
def node(request: HttpRequest, organization: str, agent: str, node: str) -> HttpResponseBase:
    """One node: its fields, which save themselves, and its transitions."""
    found, draft = draft_for(request, organization, agent)
    desk = FlowDesk(draft, request.GET.get("was", ""), name=node)
    if request.method == "POST":
        # A colleague may have deleted the node meanwhile: then the flow that the writer saw has it.
        flow = desk.flow if desk.node else part_before(draft, "flow", request.POST.get("token", ""))
        if node in (flow or {}).get("nodes", {}):
            config = {**desk.reading.config, "flow": flow}
            return save_form(request, found, desk, NodeForm(request.POST, node=node, path="flow", config=config))
    if desk.node is None:
        raise Http404(_("There is no such node in the flow."))
    token = {"token": section_token(draft, "flow")}
    return editor(request, found, desk, NodeForm(node=node, path="flow", config=desk.reading.config, initial=token))


def _flow_page(
    request: HttpRequest, agent: Agent, desk: FlowDesk, form: FlowActForm, status: int = 200
) -> HttpResponse:
    context = {"desk": desk, "form": form, "section_token": section_token(desk.draft, "flow")}
    return draft_page(request, agent, desk.draft, "agents/flow.html", desk.title, context, status)


def _seen(desk: FlowDesk, token: str) -> dict[str, Any] | None:
    """The flow that the writer of an act had seen."""
    if token == section_token(desk.draft, "flow"):
        return desk.flow
    before: dict[str, Any] | None = part_before(desk.draft, "flow", token)
    return before


def _save(request: HttpRequest, agent: Agent, flow: dict[str, Any] | None, token: str, reason: str) -> Draft:
    return save_section(agent, actor=actor_of(request), path="flow", value=flow, token=token, reason=reason[:200])


def _refused(request: HttpRequest, agent: Agent, desk: FlowDesk, form: FlowActForm, status: int) -> HttpResponse:
    """The page that asked, with what was typed and why it was not done."""
    here = form.data.get("here", "")
    if here not in desk.names:
        return _flow_page(request, agent, desk, form, status)
    desk = FlowDesk(desk.draft, name=here)
    token = {"token": section_token(desk.draft, "flow")}
    fields = NodeForm(node=here, path="flow", config=desk.reading.config, initial=token)
    fields.act = form
    return editor(request, agent, desk, fields, status)


def _conflict(
    request: HttpRequest, agent: Agent, desk: FlowDesk, flow: dict[str, Any] | None, refusal: Stale, token: str
) -> HttpResponse:
    """The flow after the act as text, beside what somebody else made of it meanwhile."""
    text = section_text({"flow": flow}, "flow") if flow else ""
    form = TextPartForm({"text": text, "token": token}, path="flow", config=desk.reading.config)
    form.is_valid()
    return conflict(request, agent, form, refusal)


def _next_page(draft: Draft, here: str, done: Done, was: str) -> HttpResponse:
    """Back to the page that asked, where what was done can be taken back."""
    place = [draft.agent.organization.slug, draft.agent.slug]
    nodes = (done.flow or {}).get("nodes", {})
    if here in nodes or (here and done.node in nodes):
        address = reverse("agents:draft-node", args=[*place, here if here in nodes else done.node])
        return redirect(f"{address}?{urlencode({'was': was})}#transitions")
    after = {"after": done.node} if done.node in nodes else {}
    address = reverse("agents:draft-flow", args=place)
    return redirect(f"{address}?{urlencode({'was': was, **after})}{f'#node-{done.node}' if after else ''}")
