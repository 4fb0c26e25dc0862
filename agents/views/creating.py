"""Making an agent: by name, or from a file."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents.actions import create_agent, import_agent
from agents.forms import CreateForm, ImportForm
from agents.models import Agent
from agents.outline import outline
from agents.summaries import in_one_sentence
from agents.uploads import Upload, kept_text, read_upload
from agents.views.page import SHOWN_IN_PLACE, organization_page, told
from console.organizations import policies
from console.organizations.doors import actor_of, organization_for, person_of
from console.organizations.models import Organization

_NOTHING = Upload("", {}, "file")


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, organization: str) -> HttpResponseBase:
    """A new agent with its draft, empty or with an outline."""
    current = organization_for(request, organization)
    if request.method == "GET":
        policies.require(actor_of(request), "create_agent", current)
        return _create_page(request, current, CreateForm())
    form, status = CreateForm(request.POST), 422
    if form.is_valid():
        data = dict(form.cleaned_data)
        config = outline(data["name"]) if data.pop("start") == "outline" else {}
        try:
            agent = create_agent(current, actor=actor_of(request), config=config, **data)
        except SHOWN_IN_PLACE as refusal:
            status = told(form, refusal, "name")
        else:
            messages.success(
                request,
                _("%(agent)s is created. It is in Development: nobody is served by it yet.") % {"agent": agent.name},
            )
            return redirect("agents:draft", current.slug, agent.slug)
    policies.require(actor_of(request), "create_agent", current)
    return _create_page(request, current, form, status)


@require_http_methods(["GET", "HEAD", "POST"])
def from_file(request: HttpRequest, organization: str) -> HttpResponseBase:
    """A new agent from a document: ours, Vapi's or ElevenLabs'."""
    current = organization_for(request, organization)
    if request.method == "GET":
        policies.require(actor_of(request), "create_agent", current)
        return _import_page(request, current, ImportForm())
    form, status = ImportForm(request.POST, request.FILES), 422
    if form.is_valid():
        raw, filename = b"", ""
        try:
            raw, filename = form.content()
            upload = _read(request, current, raw, filename)
            agent = _import(request, current, upload, form.cleaned_data["slug"] or upload.slug)
        except SHOWN_IN_PLACE as refusal:
            form.keep(kept_text(raw), filename)
            status = told(form, refusal, "file")
        else:
            messages.success(request, _imported(upload))
            return redirect("agents:draft", current.slug, agent.slug)
    policies.require(actor_of(request), "create_agent", current)
    return _import_page(request, current, form, status)


def _read(request: HttpRequest, organization: Organization, raw: bytes, filename: str) -> Upload:
    # Without the right nothing is read: the verb refuses and keeps the attempt.
    allowed = "create_agent" in policies.permissions_on(person_of(request), organization)
    return read_upload(raw, filename) if allowed else _NOTHING


def _import(request: HttpRequest, organization: Organization, upload: Upload, slug: str) -> Agent:
    actor = actor_of(request)
    return import_agent(organization, actor=actor, slug=slug, document=upload.document, source=upload.source)


def _imported(upload: Upload) -> str:
    return _("Imported %(source)s, read as %(read_as)s: %(in_one_sentence)s.") % {
        "source": upload.source,
        "read_as": upload.read_as,
        "in_one_sentence": in_one_sentence(upload.config),
    }


def _create_page(request: HttpRequest, organization: Organization, form: CreateForm, status: int = 200) -> HttpResponse:
    context = {"form": form}
    return organization_page(request, organization, "agents/create.html", _("New agent"), context, status)


def _import_page(request: HttpRequest, organization: Organization, form: ImportForm, status: int = 200) -> HttpResponse:
    taken = form.data.get("slug") if status == 409 else ""
    visible = Agent.objects.visible_to(person_of(request), organization)
    context = {"form": form, "existing": visible.filter(slug=taken).first() if taken else None}
    return organization_page(request, organization, "agents/import.html", _("Import an agent"), context, status)
