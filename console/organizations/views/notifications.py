"""Which notifications a person wants."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from console.organizations.actions import switch_notifications
from console.organizations.doors import person_of, posted
from console.organizations.switches import SwitchForm


@require_http_methods(["GET", "HEAD", "POST"])
def switches(request: HttpRequest) -> HttpResponseBase:
    """A switch for each event and channel."""
    person = person_of(request)
    form = SwitchForm(posted(request), person)
    if form.is_valid():
        switch_notifications(person, form.wanted())
        messages.success(request, _("Your notifications are saved."))
        return redirect("notification_switches")
    context = {"form": form, "page_error": bool(form.errors)}
    return render(request, "organizations/notification_switches.html", context, status=422 if form.errors else 200)
