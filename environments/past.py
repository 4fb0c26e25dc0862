"""The question "what was live then?", asked on the versions and on an environment's page (ux.md S17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from environments.available import address
from environments.models import Deployment, Environment
from environments.then import served_at
from environments.timeline import moves_of

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"]


class PastForm(forms.Form):
    """A moment, in the time zone of who asks."""

    at = forms.DateTimeField(
        label=_("What was live at"),
        required=False,
        input_formats=FORMATS,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Give a moment like 2026-05-03 14:32.")},
    )

    def clean_at(self) -> datetime | None:
        """A year that every time zone can hold."""
        at: datetime | None = self.cleaned_data["at"]
        if at and not 1970 <= at.year < 9999:
            raise forms.ValidationError(_("The year must lie between 1970 and 9998."))
        return at


@dataclass(frozen=True)
class Answer:
    """What one environment served at the moment; `move` is None where it served nothing yet."""

    place: Environment
    move: Deployment | None
    url: str = ""
    compare_url: str = ""
    is_now: bool = False


def past_of(request: HttpRequest, agent: Agent, places: Iterable[Environment]) -> dict[str, Any]:
    """The form, and with `?at=` the answers; `at` is None as long as nothing (or nonsense) was asked."""
    form = PastForm(request.GET if "at" in request.GET else None)
    at = form.cleaned_data["at"] if form.is_valid() else None
    return {
        "past_form": form,
        "past_at": at,
        "past_zone": zone_in_words(),
        "past_answers": answers(agent, places, at) if at else [],
    }


def answers(agent: Agent, places: Iterable[Environment], at: datetime) -> list[Answer]:
    """What each environment served at the moment, with its record and the difference to what it serves now."""
    moves = served_at(agent, at)
    known = moves_of(agent).in_bulk([move.pk for move in moves.values()])  # the same moves, each with `until`
    found = []
    for place in places:
        move = known.get(moves[place.pk].pk) if place.pk in moves else None
        found.append(_answer(agent, place, move) if move else Answer(place, None))
    return found


def zone_in_words() -> str:
    """The time zone in which moments are read and shown: "UTC", "Europe/Berlin (CET, UTC+01:00)"."""
    name = timezone.get_current_timezone_name()
    now = timezone.localtime()
    if name == "UTC":
        return "UTC, Coordinated Universal Time"
    return f"{name} ({now.strftime('%Z')}, UTC{now.strftime('%z')[:3]}:{now.strftime('%z')[3:]})"


def _answer(agent: Agent, place: Environment, move: Deployment) -> Answer:
    is_now = getattr(move, "until", None) is None
    sides = {"from": move.version.number, "to": f"environment:{place.slug}"}
    return Answer(
        place=place,
        move=move,
        url=address(agent, "release", move.pk),
        compare_url="" if is_now else address(agent, "compare", **sides),
        is_now=is_now,
    )
