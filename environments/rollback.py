"""What an Org Admin reads before a rollback: where one can go back to, and what changes back."""

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from agents.comparison import Comparison
from agents.doors import rights_of
from agents.models import Agent
from environments.available import address
from environments.doors import standing_for
from environments.forms import RollbackForm
from environments.models import Deployment, Environment, Pin
from environments.reading import can_read, comparison_of, version_side, with_manifest
from environments.standing import Standing, earlier_in
from environments.timeline import moves_of


@dataclass(frozen=True)
class Earlier:
    """A version that the environment served before; `held` ones cannot be gone back to."""

    move: Deployment
    held: bool
    chosen: bool
    choose_url: str


@dataclass(frozen=True, kw_only=True)
class WayBack:
    """One environment's way back."""

    place: Environment
    pin: Pin | None
    earlier: list[Earlier] = field(default_factory=list)
    chosen: Deployment | None = None
    comparison: Comparison | None = None
    stays: list[str] = field(default_factory=list)

    @property
    def seen_live(self) -> int:
        """What the form carries: the number that the environment serves, 0 for nothing."""
        return self.pin.version.number if self.pin else 0


def way_back_of(request: HttpRequest, agent: Agent, slug: str, form: RollbackForm) -> WayBack:
    """The earlier versions of an environment (the first production one without a slug), one of them chosen."""
    standing = standing_for(request, agent)
    place = _place(standing, slug)
    pin = standing.pin(place)
    if pin is None:
        return WayBack(place=place, pin=None)
    held = {hold.version.digest for hold in standing.holds}
    moves = earlier_in(place, agent)
    found = moves_of(agent).in_bulk([move.pk for move in moves])  # the same moves, each with `until`
    moves = [found[move.pk] for move in moves]
    free = [move for move in moves if move.version.digest not in held]
    chosen = next((move for move in free if str(move.version.number) == _wanted(request, form)), next(iter(free), None))
    return WayBack(
        place=place,
        pin=pin,
        earlier=[_earlier(agent, place, move, move.version.digest in held, chosen) for move in moves],
        chosen=chosen,
        comparison=_comparison(request, agent, pin, chosen),
        stays=_stays(standing, place),
    )


def _place(standing: Standing, slug: str) -> Environment:
    place = standing.environment(slug) if slug else next(iter(standing.live), None)
    if place is None or place not in standing.places:
        raise Http404(_("No such environment."))
    return place


def _wanted(request: HttpRequest, form: RollbackForm) -> str:
    """The version chosen in the refused form, else in the address."""
    return str(form.data.get("number") or request.GET.get("version", ""))


def _earlier(agent: Agent, place: Environment, move: Deployment, held: bool, chosen: Any) -> Earlier:
    url = address(agent, "rollback", environment=place.slug, version=move.version.number)
    return Earlier(move=move, held=held, chosen=chosen is move, choose_url=url)


def _comparison(request: HttpRequest, agent: Agent, pin: Pin, chosen: Deployment | None) -> Comparison | None:
    if chosen is None or not can_read(rights_of(request, agent), pin.version, chosen.version):
        return None
    left = version_side(with_manifest(pin.version), pin.environment)
    return comparison_of(agent, left, version_side(with_manifest(chosen.version)))


def _stays(standing: Standing, place: Environment) -> list[str]:
    """What a rollback does not change."""
    others = [
        _("%(other)s keeps serving %(version)s.")
        % {"other": other.name, "version": f"v{pin.version.number}" if (pin := standing.pin(other)) else "nothing"}
        for other in standing.places
        if other != place
    ]
    return [*others, _("The draft stays as it is."), _("Variables and secrets of the environment stay as they are.")]
