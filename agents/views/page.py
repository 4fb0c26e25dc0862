"""What the pages of an agent share: their frame's crumbs, who may edit, and refusals shown in place."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.actions import draft_token
from agents.doors import agent_for, rights_of
from agents.forms import TextForm
from agents.models import Agent, Draft
from agents.reading import draft_of_agent
from console.organizations.errors import Conflict, ContentError, Invalid, Refusal, Stale, TooLarge
from console.organizations.forms import ExactForm
from console.organizations.models import Organization
from console.organizations.policies import missing
from console.refusals import status_of

# Refusals of a page with text: the same page comes back with the text. All others have a page of their own.
SHOWN_IN_PLACE = (Invalid, TooLarge, Stale, Conflict)
# Pages that stand above others in the breadcrumb.
PARENTS = {"agents:draft": "Draft", "environments:version-list": "Versions"}


def draft_for(request: HttpRequest, organization: str, agent: str) -> tuple[Agent, Draft]:
    """The agent of the address with its draft; 404 when it is not visible, 403 when drafts are not read."""
    found = agent_for(request, organization, agent)
    if "view_draft" not in rights_of(request, found):
        raise missing("view_draft", found.organization)
    return found, draft_of_agent(found)


def may(request: HttpRequest, permission: str, agent: Agent) -> bool:
    """Whether the person of this request holds the permission on the agent."""
    return permission in rights_of(request, agent)


def told(form: TextForm, refusal: Refusal, field: str) -> int:
    """Show a refusal in the form it belongs to; the status of the page."""
    form.take_refusal(refusal, field)
    return status_of(refusal)


def malformed(form: ExactForm) -> Invalid:
    """The refusal for a form of hidden fields that a page of ours would not have sent."""
    errors = [ContentError(f"/{name}", str(found[0])) for name, found in form.errors.items() if found]
    return Invalid(_("The form was not complete. Nothing was changed. Reload the page and try again."), errors)


def organization_page(
    request: HttpRequest, organization: Organization, template: str, title: str, context: Mapping[str, Any], status: int
) -> HttpResponse:
    """A page beside the agents, before there is one."""
    crumbs = [{"label": "Agents", "url": reverse("environments:agent-list", args=[organization.slug])}]
    shared = {"organization": organization, "crumbs": [*crumbs, {"label": title}], "page_error": status >= 400}
    return render(request, template, shared | dict(context), status=status)


def agent_page(
    request: HttpRequest,
    agent: Agent,
    template: str,
    title: str,
    context: Mapping[str, Any] | None = None,
    status: int = 200,
    parent: str = "",
) -> HttpResponse:
    """A page of an agent: `subject` is it, `may_edit` whether this person may change it; `parent` is the page above."""
    permissions = rights_of(request, agent)
    shared = {
        "subject": agent,
        "organization": agent.organization,
        "permissions": permissions,
        "may_edit": "edit_draft" in permissions and agent.archived_at is None,
        "crumbs": [*_above(agent, parent), {"label": title}],
        "page_error": status >= 400,
    }
    return render(request, template, shared | dict(context or {}), status=status)


def _above(agent: Agent, parent: str) -> list[dict[str, str]]:
    """The pages above one of the agent's, for the breadcrumb."""
    place = [agent.organization.slug, agent.slug]
    above = [
        {"label": "Agents", "url": reverse("environments:agent-list", args=place[:1])},
        {"label": agent.name, "url": reverse("environments:agent-overview", args=place)},
    ]
    return [*above, {"label": PARENTS[parent], "url": reverse(parent, args=place)}] if parent else above


def draft_page(
    request: HttpRequest,
    agent: Agent,
    draft: Draft,
    template: str,
    title: str,
    context: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page of an agent's draft, with the token of the draft that it shows."""
    shared = {"draft": draft, "token": draft_token(draft)}
    parent = "" if title == PARENTS["agents:draft"] else "agents:draft"
    return agent_page(request, agent, template, title, shared | dict(context or {}), status, parent)
