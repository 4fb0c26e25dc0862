"""The project's own pages: health, and the errors that stand outside every organization."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from django.views.decorators.http import require_safe

from console.organizations.doors import asked_by_script
from console.refusals import fragment_response

AWAY: dict[str, int | Promise] = {
    "status": 503,
    "title": _("Not available at the moment"),
    "detail": _("The database does not answer in time. Look whether your change was made, then try again in a minute."),
}
BROKEN: dict[str, int | Promise] = {
    "status": 500,
    "title": _("Something broke"),
    "detail": _("The server made a mistake; that is our fault. Look whether your change was made. Your text is kept."),
}


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Whether the console can work: no secrets, no versions (T59)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable"}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """What the words mean, who does what, and the keys; at the same place of every page, signed in or not."""
    frame = "base.html" if request.user.is_authenticated else "base_plain.html"
    return render(request, "console/help.html", {"frame": frame})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """400, or 413 for a body over the limit; rendered without the request, which may be the trouble."""
    if isinstance(exception, RequestDataTooBig):
        return HttpResponse(render_to_string("413.html"), status=413)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500, or 503 while the database is away, overloaded or a lock is not free in time (G31).

    A statement refused for what it says (no such column, a broken constraint) stays our mistake: 500.
    """
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    if asked_by_script(request):
        return fragment_response(request, AWAY if away else BROKEN)
    context = {"request_id": getattr(request, "request_id", "")}
    if away:
        return HttpResponse(render_to_string("503.html", context), status=503, headers={"Retry-After": "5"})
    return HttpResponse(render_to_string("500.html", context), status=500)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token changes nothing; the page says how to go on and keeps the text."""
    context = {
        "status": 403,
        "title": "This form had expired",
        "detail": "The form was not sent from a current page of the console. Nothing was changed."
        " Go back, reload the page and send it again.",
        "typed": [(k, v) for k, v in request.POST.items() if v and "password" not in k and "token" not in k],
        "request_id": getattr(request, "request_id", ""),
    }
    return render(request, "refusal.html", context, status=403)
