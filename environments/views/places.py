"""One environment of one agent: what it serves, since when, and what it served before."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agents.doors import agent_for, rights_of
from console.organizations.doors import actor_of
from environments.available import offers
from environments.doors import only_looks_on, require_open, standing_for
from environments.models import Environment
from environments.neighbours import beside
from environments.overview import action_of
from environments.past import past_of
from environments.spans import spans_of

STAYS = 20


@require_safe
def environment_page(request: HttpRequest, organization: str, agent: str, environment: str) -> HttpResponse:
    """What the environment serves of the agent; Development shows the draft and leads to it."""
    found = agent_for(request, organization, agent)
    standing, rights = standing_for(request, found), rights_of(request, found)
    place = standing.environment(environment)
    if place is None:
        raise Http404(_("No such environment."))
    require_open(rights, place, found)
    if place.kind == Environment.Kind.DEVELOPMENT:
        return redirect("agents:draft", organization, agent)
    acts = [one for one in offers(standing, actor_of(request), rights) if one.place == place.slug]
    context = {
        "agent": found,
        "place": place,
        "pin": standing.pin(place),
        "spans": spans_of(found, place, now=timezone.now(), most=STAYS),
        **beside(standing, place, rights),
        "actions": [action_of(one, "ink" if number == 0 else "") for number, one in enumerate(acts)],
        "looks_on": only_looks_on(rights),
        "env_kind": place.kind,
        **past_of(request, found, [place]),
    }
    status = 400 if context["past_form"].errors else 200
    return render(request, "environments/environment.html", context, status=status)
