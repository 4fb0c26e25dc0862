"""What an agent is called, and the schema of the agent document."""

from functools import cache

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agents.actions import agent_token, change_agent
from agents.doors import agent_for
from agents.forms import DetailsForm
from agents.models import Agent
from agents.schema import json_schema
from agents.uploads import labels_text
from agents.views.page import SHOWN_IN_PLACE, agent_page, may, told
from console.organizations.doors import actor_of


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, organization: str, agent: str) -> HttpResponseBase:
    """Name, description and labels; the short name stays for good."""
    found = agent_for(request, organization, agent)
    if request.method == "GET":
        return _page(request, found, _form_of(found))
    form, status = DetailsForm(request.POST), 422
    if form.is_valid() or not may(request, "edit_draft", found):
        data = {"name": "", "description": "", "labels": {}, "token": ""} | form.cleaned_data
        try:
            change_agent(found, actor=actor_of(request), **data | {"token": data["token"] or None})
        except SHOWN_IN_PLACE as refusal:
            status = told(form, refusal, "name")
        else:
            messages.success(request, _("Saved. The agent is called so from now on."))
            return redirect("agents:agent-edit", organization, agent)
    return _page(request, agent_for(request, organization, agent), form, status)


@login_not_required
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the agent document, open to everybody: it holds nobody's data."""
    response = HttpResponse(_schema(), content_type="application/schema+json")
    response.headers["Cache-Control"] = _("public, max-age=3600")
    return response


@cache
def _schema() -> bytes:
    return orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _form_of(agent: Agent) -> DetailsForm:
    return DetailsForm(
        initial={
            "name": agent.name,
            "description": agent.description,
            "labels": labels_text(agent.labels),
            "token": agent_token(agent),
        }
    )


def _page(request: HttpRequest, agent: Agent, form: DetailsForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "now": _form_of(agent).initial, "is_stale": status == 412}
    return agent_page(request, agent, "agents/settings.html", "Settings", context, status)
