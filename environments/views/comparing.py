"""Two sides against each other: the page, the lines it leaves out, and all of it as a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agents.doors import agent_for
from agents.patches import FOR_PATCH, patch_of
from agents.views.page import malformed
from audit.diff_markup import RowsMarkup
from environments.compare_lines import unfolded
from environments.compare_page import ComparePage
from environments.forms import LinesForm
from environments.reading import comparison_of


@require_safe
def compare_page(request: HttpRequest, organization: str, agent: str, pair: str = "") -> HttpResponse:
    """Any two of: a version, the draft, an environment, an earlier save."""
    found = agent_for(request, organization, agent)
    context, status = ComparePage(request, found, pair).context()
    return render(request, "environments/compare.html", context, status=status)


@require_safe
def compare_lines(request: HttpRequest, organization: str, agent: str, pair: str) -> HttpResponse:
    """Unchanged lines that the page left out, as rows of its table."""
    found = agent_for(request, organization, agent)
    form = LinesForm(request.GET)
    if not form.is_valid():
        raise malformed(form)
    _left, right = ComparePage(request, found, pair).sides
    asked = form.cleaned_data
    rows = unfolded(found, right, asked)
    place = {"address": request.path.removesuffix("/lines"), "path": asked["part"], "digest": asked["digest"]}
    return HttpResponse(RowsMarkup("", asked["layout"] == "unified", at=asked["at"], **place).of(rows))


@require_safe
def compare_patch(request: HttpRequest, organization: str, agent: str, pair: str) -> HttpResponse:
    """Every changed line of two sides as a unified diff."""
    found = agent_for(request, organization, agent)
    page = ComparePage(request, found, pair)
    text = patch_of(comparison_of(found, *page.sides, FOR_PATCH)).encode("utf-8", "replace")
    name = "-".join((found.slug, *page.names)).replace(":", "-")
    headers = {"Content-Disposition": _('attachment; filename="%(name)s.diff"') % {"name": name}}
    return HttpResponse(text, content_type=_("text/x-diff; charset=utf-8"), headers=headers)
