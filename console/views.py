"""The project's own pages: home, health, and what stands outside every organization."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@login_not_required
@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """Whether the console can work: no secrets, no versions (T59)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable"}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ok"})


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
