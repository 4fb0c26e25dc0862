"""Find and act: the fragment of the palette, and the same answer as a page for browsers without scripts."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.context import page
from console.organizations.doors import organization_for
from console.palette import Question, answer


@require_safe
def palette(request: HttpRequest, organization: str) -> HttpResponse:
    """The options for what was typed so far."""
    return render(request, "components/_palette_options.html", _answered(request, organization))


@require_safe
def search(request: HttpRequest, organization: str) -> HttpResponse:
    """What the palette finds, as links."""
    return render(request, "console/search.html", _answered(request, organization))


def _answered(request: HttpRequest, organization: str) -> dict[str, Any]:
    tenant = organization_for(request, organization)
    question = Question(request.GET.get("q", ""))
    nav = cast("dict[str, Any]", page(request)["nav"])
    groups = answer(request, tenant, question, nav, here=request.GET.get("agent", ""))
    return {"groups": groups, "question": question.text.strip(), "count": sum(len(group.entries) for group in groups)}
