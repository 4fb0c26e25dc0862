"""The environments beside one: where its page leads on, and what it is compared with."""

from typing import Any

from environments.available import address
from environments.models import Environment
from environments.policies import can_open
from environments.standing import Standing


def beside(standing: Standing, place: Environment, rights: frozenset[str]) -> dict[str, Any]:
    """The pages of the environments before and after that this person may open, and the comparison with the next.

    The last environment is compared with the one before it; what serves nothing is compared with nothing.
    """
    places, here = standing.places, standing.places.index(place)
    before, after = places[:here][::-1], places[here + 1 :]
    other = next((one for one in (*after, *before) if standing.pin(one)), None)
    return {
        "earlier": _page(standing, next((one for one in before if can_open(rights, one)), None)),
        "later": _page(standing, next((one for one in after if can_open(rights, one)), None)),
        "comparison": _comparison(standing, place, other) if other and standing.pin(place) else None,
    }


def _page(standing: Standing, place: Environment | None) -> dict[str, str] | None:
    return {"name": place.name, "url": address(standing.agent, "environment", place.slug)} if place else None


def _comparison(standing: Standing, place: Environment, other: Environment) -> dict[str, str]:
    older, newer = sorted((place, other), key=lambda one: one.position, reverse=True)
    sides = {"from": f"environment:{older.slug}", "to": f"environment:{newer.slug}"}
    return {"name": other.name, "url": address(standing.agent, "compare", **sides)}
